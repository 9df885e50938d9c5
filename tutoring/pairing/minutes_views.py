"""The helper's own minutes and thanks, the word of the learner's side, and what staff of a unit see of both."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.panels import on_child_page
from tutoring.community import queries as community
from tutoring.kernel import clock, limits
from tutoring.kernel.errors import Missing, Refusal
from tutoring.pairing import papers
from tutoring.pairing.presence import helper_state
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.policy.minutes import MOST_A_DAY, MOST_A_DAY_WITH_ONE, is_tired, may_see_minutes, state
from tutoring.rooms import commands as rooms
from tutoring.rooms.helped import (
    counts,
    helped_session,
    on_the_same_days,
    sessions_of,
    sessions_watched_by,
    thanks_in,
    to_confirm,
)
from tutoring.rooms.helped_models import HelpedSession
from tutoring.web.i18n import said
from tutoring.web.pages import own_path
from tutoring.web.signin import me

SHOWN = timedelta(days=366)
WATCHED = timedelta(days=60)
MOST_WATCHED = 200


@dataclass(frozen=True)
class Row:
    """A session as its helper, or staff, sees it: how many minutes count, or why none."""

    session: HelpedSession
    counts: int
    state: str


@dataclass(frozen=True)
class Week:
    """What somebody has done in the last seven days, and whether a rest is due."""

    sessions: int
    minutes: int
    tired: bool


def rows_of(sessions: list[HelpedSession], found: dict[int, int]) -> list[Row]:
    """These sessions with what counts of each."""
    moment = clock.now()
    return [
        Row(one, found[one.id], state(one.word, one.struck_at is not None, one.minutes, found[one.id], one.ended_at,
                                      moment))
        for one in sessions
    ]  # fmt: skip


def week_of(sessions: list[HelpedSession]) -> Week:
    """The load of the last seven days."""
    rooms: dict[int, HelpedSession] = {}  # of several learners the one who was there longest
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


def minutes_page(refusal: Refusal | None = None) -> Response:
    """The helper's page; with what was wrong with the paper that was asked for."""
    person = me()
    sessions = sessions_of(person.id)
    found = counts(sessions)
    rows = rows_of([one for one in sessions if one.ended_at > clock.now() - SHOWN], found)
    thanks = thanks_in([one.room_id for one in sessions], person.id)
    page = render_template(
        "pairing/minutes.html",
        months=[(month, list(some)) for month, some in groupby(rows, _month)],
        total=sum(found.values()),
        thanks=thanks,
        week=week_of(sessions),
        state=helper_state(person.id),
        papers=[(one, papers.state(one)) for one in papers.papers_of(person.id)],
        allowed=papers.allowed(person),
        person=person,
        skills=skill_names(),
        most_with_one=MOST_A_DAY_WITH_ONE,
        most=MOST_A_DAY,
        first=request.form.get("from_day") or (min((one.day for one in sessions), default=clock.today()).isoformat()),
        last=request.form.get("until_day") or clock.today().isoformat(),
        wrong=said(refusal) if refusal else "",
        wrong_field=refusal.field if refusal else "",
    )
    return make_response(page, refusal.status if refusal else 200)


@blueprint.post("/helped/<int:session_id>")
def say_helped(session_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        session = rooms.say_helped(me(), session_id, request.form.get("helped", ""))
        flash(gettext("Đã ghi lại câu trả lời. Cảm ơn bạn."), "ok")
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        session = helped_session(session_id)
    return redirect(own_path(request.form.get("back"), url_for("rooms.end", room_id=session.room_id)))


def _of_child(child: User) -> dict[str, object]:
    """For a guardian: help that waits for their word, and the child's papers."""
    return {
        "waiting": [one for one in to_confirm(me()) if one.learner_id == child.id],
        "papers": [one for one in papers.papers_of(child.id) if papers.state(one) == "valid"],
    }


on_child_page("pairing/_child_minutes.html", _of_child)


# ---- staff -----------------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/minutes")
def unit_minutes(unit_id: int) -> str:
    place, held = community.unit(unit_id), community.acting_roles_at(me(), unit_id)
    if not (may_see_minutes(held, True) or may_see_minutes(held, False)):
        raise Missing
    units = community.branch(unit_id)
    sessions = sessions_watched_by(me(), units, clock.now() - WATCHED, MOST_WATCHED)
    return render_template(
        "pairing/unit_minutes.html",
        place=place,
        rows=rows_of(sessions, counts(on_the_same_days(sessions))),
        papers=papers.papers_in(units) if "coordinator" in held else [],
        skills=skill_names(),
        most_with_one=MOST_A_DAY_WITH_ONE,
    )


@blueprint.post("/helped/<int:session_id>/strike")
def strike(session_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        if request.form.get("word") == "stand":
            session = rooms.let_stand(me(), session_id)
            flash(gettext("Buổi này được tính lại."), "ok")
        else:
            session = rooms.strike(me(), session_id, request.form.get("reason", ""))
            flash(gettext("Đã bỏ buổi này. Người giúp được báo cùng lý do."), "ok")
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        session = helped_session(session_id)
    return redirect(own_path(request.form.get("back"), url_for("pairing.unit_minutes", unit_id=session.unit_id)))
