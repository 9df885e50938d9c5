"""Views of volunteer minutes and of certificates, with the public page of a certificate.

Helpers see their minutes and thanks, and issue, print and revoke certificates. The learner's side confirms help. Unit
staff see and strike sessions. The page behind a certificate's code is public.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import absolute_url, svg
from tutoring.community import queries as community
from tutoring.community.papers.response import papers_file
from tutoring.community.year_ends import queries as year_ends
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.certificates import commands as certificates_commands
from tutoring.pairing.certificates import queries as certificates_queries
from tutoring.pairing.certificates.leaver_papers import papers_of
from tutoring.pairing.certificates.models import HoursCertificate
from tutoring.pairing.presence import helper_state
from tutoring.policy.rooms.volunteer_minutes import (
    MOST_A_DAY,
    MOST_A_DAY_WITH_ONE,
    MOST_WATCHED,
    WATCHED,
    is_tired,
    may_see_minutes,
    state,
)
from tutoring.rooms.volunteer_minutes import commands as volunteer_minutes_commands
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import (
    counts,
    helped_session,
    on_the_same_days,
    sessions_of,
    sessions_watched_by,
    thanks_in,
    to_confirm,
)
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_unlisted
from tutoring.web.urls import safe_redirect_target

SHOWN = timedelta(days=366)


@dataclass(frozen=True)
class Row:
    """A session as its helper or staff see it: the minutes that count, or why none do."""

    session: HelpSession
    counts: int
    state: str


@dataclass(frozen=True)
class Week:
    """A helper's load of the last seven days, and whether a rest is due."""

    sessions: int
    minutes: int
    tired: bool


def rows_of(sessions: list[HelpSession], found: dict[int, int]) -> list[Row]:
    """Returns these sessions with the minutes that count of each."""
    moment = clock.now()
    return [
        Row(one, found[one.id], state(one.word, one.struck_at is not None, one.minutes, found[one.id], one.ended_at,
                                      moment))
        for one in sessions
    ]  # fmt: skip


def week_of(sessions: list[HelpSession]) -> Week:
    """Returns the load of the last seven days."""
    rooms: dict[int, HelpSession] = {}  # a room with several learners counts once, with the longest session
    for one in sessions:
        if one.ended_at > clock.now() - timedelta(days=7) and one.minutes:
            rooms[one.room_id] = max(one, rooms.get(one.room_id, one), key=lambda some: some.minutes)
    lately = rooms.values()
    minutes, today = sum(one.minutes for one in lately), sum(one.day == clock.today() for one in lately)
    return Week(len(lately), minutes, is_tired(len(lately), minutes, today))


def _month(row: Row) -> date:
    return row.session.day.replace(day=1)


@blueprint.get("/helping/minutes")
def minutes() -> Response:
    return minutes_page()


def minutes_page(refusal: DomainError | None = None) -> Response:
    """Renders the helper's page; `refusal` is the error of a rejected certificate."""
    person = require_user()
    sessions = sessions_of(person.id)
    found = counts(sessions)
    rows = rows_of([one for one in sessions if one.ended_at > clock.now() - SHOWN], found)
    thanks = thanks_in([one.room_id for one in sessions], person.id)
    page = render_template(
        "pairing/certificates/minutes.html",
        months=[(month, list(some)) for month, some in groupby(rows, _month)],
        total=sum(found.values()),
        thanks=thanks,
        week=week_of(sessions),
        state=helper_state(person.id),
        papers=[(one, certificates_queries.state(one)) for one in certificates_queries.certificates_of(person.id)],
        allowed=certificates_queries.may_publish_certificate(person),
        person=person,
        skills=skill_names(),
        most_with_one=MOST_A_DAY_WITH_ONE,
        most=MOST_A_DAY,
        first=request.form.get("from_day") or (min((one.day for one in sessions), default=clock.today()).isoformat()),
        last=request.form.get("until_day") or clock.today().isoformat(),
        wrong=translate_error(refusal) if refusal else "",
        wrong_field=refusal.field if refusal else "",
    )
    return make_response(page, refusal.status if refusal else 200)


@blueprint.post("/helped/<int:session_id>")
def say_helped(session_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        session = volunteer_minutes_commands.say_helped(require_user(), session_id, request.form.get("helped", ""))
        flash(gettext("Đã ghi lại câu trả lời. Cảm ơn bạn."), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        session = helped_session(session_id)
    return redirect(safe_redirect_target(request.form.get("back"), url_for("rooms.end", room_id=session.room_id)))


@child_panels.register
def _of_child(child: User) -> Panel:
    """Returns a guardian's help to confirm and the child's valid certificates."""
    return Panel(
        "pairing/certificates/_child_minutes.html",
        {
            "waiting": [one for one in to_confirm(require_user()) if one.learner_id == child.id],
            "papers": [
                one
                for one in certificates_queries.certificates_of(child.id)
                if certificates_queries.state(one) == "valid"
            ],
        },
    )


# ---- staff -----------------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/minutes")
def unit_minutes(unit_id: int) -> str:
    place, held = community.unit(unit_id), community.acting_roles_at(require_user(), unit_id)
    if not (may_see_minutes(held, True) or may_see_minutes(held, False)):
        raise NotFound
    units = community.descendants(unit_id)
    sessions = sessions_watched_by(require_user(), units, clock.now() - WATCHED, MOST_WATCHED)
    return render_template(
        "pairing/certificates/unit_minutes.html",
        place=place,
        rows=rows_of(sessions, counts(on_the_same_days(sessions))),
        papers=certificates_queries.papers_in(units) if "coordinator" in held else [],
        skills=skill_names(),
        most_with_one=MOST_A_DAY_WITH_ONE,
    )


@blueprint.get("/units/<int:unit_id>/year-end/<int:year_end_id>/papers.pdf")
def leaver_papers(unit_id: int, year_end_id: int) -> Response:
    """Returns the papers of the pupils who leave the school as one file."""
    rate_limits.hit("paper", require_user().id)
    done = year_ends.done_at(require_user(), unit_id, year_end_id)
    with force_locale("vi"):
        found = papers_of(done)
    if not found.papers:
        say = gettext(
            "Chưa có giấy để in: %(minutes)s em chưa có phút được xác nhận, %(consent)s em chưa có lời đồng ý.",
            minutes=found.without_minutes, consent=found.without_consent,
        )  # fmt: skip
        flash(say, "warn")
        return redirect(url_for("community.year_end", unit_id=unit_id))
    return papers_file(found.papers, "giay-xac-nhan")


@blueprint.post("/helped/<int:session_id>/strike")
def strike(session_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        if request.form.get("word") == "stand":
            session = volunteer_minutes_commands.undo_strike(require_user(), session_id)
            flash(gettext("Buổi này được tính lại."), "ok")
        else:
            session = volunteer_minutes_commands.strike(require_user(), session_id, request.form.get("reason", ""))
            flash(gettext("Đã bỏ buổi này. Người giúp được báo cùng lý do."), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        session = helped_session(session_id)
    return redirect(
        safe_redirect_target(request.form.get("back"), url_for("pairing.unit_minutes", unit_id=session.unit_id))
    )


@blueprint.post("/helping/papers")
def issue_paper() -> Response:
    try:
        rate_limits.hit("paper", require_user().id)
        row = certificates_commands.issue_paper(require_user(), _day("from_day"), _day("until_day"))
    except DomainError as refusal:
        return minutes_page(refusal)
    flash(gettext("Giấy đã lập xong. Bạn in được ngay."), "ok")
    return redirect(url_for("pairing.paper", paper_id=row.id))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput(N_("Hãy chọn ngày đầu và ngày cuối."), field=name) from None


@blueprint.get("/helping/papers/<int:paper_id>")
def paper(paper_id: int) -> Response:
    return _paper_page(paper_id)


def _paper_page(paper_id: int, refusal: DomainError | None = None) -> Response:
    row = certificates_queries.paper_for(require_user(), paper_id)
    known = certificates_queries.state(row)
    own, guardian, _roles = certificates_queries.standing_of(require_user(), row)
    # Only the holder may share the code; a guardian or coordinator can revoke the certificate without it.
    address = absolute_url(url_for("pairing.verify", token=row.token)) if own and known == "valid" and row.token else ""
    page = render_template(
        "pairing/certificates/certificate.html",
        paper=row,
        state=known,
        own=own,
        guardian=guardian,
        topics=_topics(row),
        address=address,
        code=svg(address) if address else "",
        wrong=translate_error(refusal) if refusal else "",
    )
    return make_response(page, refusal.status if refusal else 200)


def _topics(row: HoursCertificate) -> list[str]:
    return skills_queries.skill_names(row.topics, str(get_locale()))


@blueprint.post("/helping/papers/<int:paper_id>/revoke")
def revoke_paper(paper_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        certificates_commands.revoke_paper(require_user(), paper_id, request.form.get("reason", ""))
    except NotFound:
        raise
    except DomainError as refusal:
        return _paper_page(paper_id, refusal)
    flash(gettext("Đã thu hồi. Ai quét mã trên giấy sẽ thấy giấy không còn hiệu lực."), "ok")
    return redirect(url_for("pairing.paper", paper_id=paper_id))


@blueprint.get("/verify/<token>")
def verify(token: str) -> Response:
    rate_limits.hit("verify", request.remote_addr or "")
    found = certificates_queries.verified(token)
    page = render_template(
        "pairing/certificates/verify.html",
        found=found,
        paper=found.paper,
        topics=_topics(found.paper) if found.paper else [],
    )
    return as_unlisted(page, 404 if found.state == "unknown" else 200)
