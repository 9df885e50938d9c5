"""Views of helpers and of the coordinators of waiting requests.

A coordinator sees who waits in a unit, who was asked, and the alarm when no helper is left.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import queries as community
from tutoring.community.hooks import member_panels
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.awaiting_device.queries import count_parked
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.group_sessions.queries import group_led_by, groups_on
from tutoring.pairing.labels import board_words, reason_words
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers import queries as offers_queries
from tutoring.pairing.offers.queries import LockedSkill, board_of, no_shows_of
from tutoring.pairing.presence import helper_state
from tutoring.pairing.requests import queries
from tutoring.pairing.requests.forms import ConductForm
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting import queries as vetting_queries
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.policy.pairing.offers import may_see_waiting
from tutoring.policy.pairing.requests import YOUNGEST_HELPER_GRADE
from tutoring.policy.pairing.vetting import OBSERVED_SESSIONS
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


def _unlocks(locked: list[LockedSkill], user_id: int) -> dict[str, tuple[str, str, bool]]:
    """Returns the lesson for each locked skill: link, title, and whether its quiz gives it.

    The link is to the quiz, or to the lesson when the quiz does not give the skill. The quiz does not give a skill
    that a teacher revoked.
    """
    if not locked:
        return {}
    topics = sorted({one.topic for one in locked})
    known, taken = (
        catalogue_queries.lessons_for(topics, str(get_locale())),
        skills_queries.find_revoked_skills(user_id, topics),
    )
    found = {}
    for topic, (slug, title, has_quiz) in known.items():
        gives = has_quiz and topic not in taken
        found[topic] = (url_for("lessons.quiz" if gives else "lessons.lesson", slug=slug), title, gives)
    return found


@blueprint.get("/helping")
def helping() -> str:
    person = require_user()
    board = board_of(person, locked=True)
    mine = queries.helping_now(person.id)
    offer = queries.offer_to(person.id) if board.vouched else None
    waiting = [asked for asked in board.waiting if offer is None or asked.id != offer.request_id]
    meetings = queries.meetings_of(person.id)
    shown = {asked.id for asked in (*waiting, *meetings, *board.timed, *board.unanswered)}
    shown |= {offer.request_id} if offer else set()
    return render_template(
        "pairing/offers/helping.html",
        mine=mine,
        offer=offer,
        why=reason_words(offer.reasons) if offer else [],
        left=max(0, int((offer.reserved_until - clock.now()).total_seconds())) if offer else 0,
        waiting=waiting,
        meetings=meetings,
        group=group_led_by(person.id),
        groups=groups_on(board.waiting),
        more=queries.added_to(shown),
        now=clock.now(),
        state=helper_state(person.id),
        muted=queries.muted_topics(person.id) if board.skills else [],
        board=board,
        board_words=board_words,
        unlocks=_unlocks(board.locked, person.id),
        standing=board.standing,
        skills=skill_names(),
        person=person,
        training=vetting_queries.TRAINING,
        youngest_grade=YOUNGEST_HELPER_GRADE,
        first_sessions=OBSERVED_SESSIONS,
    )


@blueprint.route("/helping/promises", methods=["GET", "POST"])
def conduct() -> Response:
    person = require_user()
    words = conduct_for(person.is_minor)
    form = ConductForm(text_hash=words.text_hash)
    refusal = None
    if form.validate_on_submit():
        try:
            vetting_commands.accept_conduct(person, form.text_hash.data or "")
            flash(gettext("Cảm ơn bạn. Lời hứa đã được ghi lại."), "ok")
            return redirect(url_for("pairing.helping"))
        except DomainError as caught:
            refusal = caught
            form.text_hash.data = words.text_hash
    promised = vetting_queries.vetting_status_of(person).promised
    return render_form("pairing/offers/conduct.html", form, refusal, words=words, promised=promised)


@member_panels.register
def _standing(user: User) -> Panel:
    return Panel(
        "pairing/offers/_standing.html",
        {
            "standing": vetting_queries.vetting_status_of(user),
            "first_sessions": OBSERVED_SESSIONS,
            "no_shows": no_shows_of(user.id),
        },
    )


@blueprint.post("/helping/offers/<int:offer_id>/decline")
def decline_offer(offer_id: int) -> Response:
    offers_commands.decline_offer(require_user(), offer_id)
    if request.form.get("mute"):
        offers_commands.mute_topic(require_user(), request.form["mute"])
    flash(gettext("Cảm ơn bạn đã trả lời ngay. Người khác sẽ được hỏi."), "ok")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/helping/presence")
def presence() -> Response:
    if request.form.get("word") == "away":
        offers_commands.go_away(require_user())
    else:
        offers_commands.come_back(require_user())
    return redirect(url_for("pairing.helping"))


@blueprint.post("/helping/topics")
def mute() -> Response:
    offers_commands.mute_topic(require_user(), request.form.get("topic", ""), request.form.get("word") == "mute")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/requests/<int:request_id>/claim")
def claim(request_id: int) -> Response:
    helper = require_user()
    try:
        offers_commands.claim(helper, request_id)
        flash(gettext("Bạn đã nhận. Đang chờ người học đồng ý."), "ok")
    except Conflict as refusal:
        flash(_busy_words(helper.id) if refusal.code == "busy" else translate_error(refusal), "warn")
    return redirect(url_for("pairing.helping"))


def _busy_words(helper_id: int) -> Markup:
    """Returns what a busy helper must finish first, with a link to their open room."""
    mine, group = queries.helping_now(helper_id), group_led_by(helper_id)
    room_id = (mine.room_id if mine else None) or (group.room_id if group else None)
    return Markup(render_template("pairing/offers/_busy.html", mine=mine, room_id=room_id))


@blueprint.post("/requests/<int:request_id>/give-back")
def give_back(request_id: int) -> Response:
    offers_commands.give_back(require_user(), request_id)
    flash(gettext("Đã trả yêu cầu lại hàng chờ."), "ok")
    return redirect(url_for("pairing.helping"))


@blueprint.get("/units/<int:unit_id>/waiting")
def waiting(unit_id: int) -> str:
    place = community.unit(unit_id)
    if not may_see_waiting(community.acting_roles_at(require_user(), unit_id)):
        raise NotFound
    rows = offers_queries.waiting_in(unit_id)
    return render_template(
        "pairing/offers/waiting.html",
        place=place,
        rows=rows,
        offers=offers_queries.offers_of(rows),
        parked=count_parked(unit_id),
        skills=skill_names(),
        reason_words=reason_words,
    )


@blueprint.post("/requests/<int:request_id>/alarm")
def see_alarm(request_id: int) -> Response:
    unit_id = offers_commands.see_alarm(require_user(), request_id)
    return redirect(url_for("pairing.waiting", unit_id=unit_id))
