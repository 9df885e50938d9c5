"""The helpers' side."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.community.panels import on_member_page
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, Refusal
from tutoring.lessons import queries as lessons
from tutoring.pairing import commands, queries, vetting
from tutoring.pairing.board import Locked, board_of
from tutoring.pairing.conduct_texts import conduct_for
from tutoring.pairing.forms import ConductForm
from tutoring.pairing.presence import helper_state
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.pairing.session_queries import group_led_by
from tutoring.pairing.similar import groups_on
from tutoring.pairing.stewards import no_shows_of
from tutoring.pairing.words import board_words, reason_words
from tutoring.policy.pairing import YOUNGEST_HELPER_GRADE
from tutoring.policy.vetting import OBSERVED_SESSIONS
from tutoring.web.i18n import said
from tutoring.web.signin import me


def _unlocks(locked: list[Locked], user_id: int) -> dict[str, tuple[str, str, bool]]:
    """For each locked skill the lesson that teaches it: where it, or its quiz, stands, its title, and whether the quiz
    gives the skill (not what a teacher took back)."""
    if not locked:
        return {}
    topics = sorted({one.topic for one in locked})
    known, taken = lessons.lessons_for(topics, str(get_locale())), lessons.skills_taken_back(user_id, topics)
    found = {}
    for topic, (slug, title, has_quiz) in known.items():
        gives = has_quiz and topic not in taken
        found[topic] = (url_for("lessons.quiz" if gives else "lessons.lesson", slug=slug), title, gives)
    return found


@blueprint.get("/helping")
def helping() -> str:
    person = me()
    board = board_of(person, locked=True)
    mine = queries.helping_now(person.id)
    offer = queries.offer_to(person.id) if board.vouched else None
    waiting = [asked for asked in board.waiting if offer is None or asked.id != offer.request_id]
    meetings = queries.meetings_of(person.id)
    shown = {asked.id for asked in (*waiting, *meetings, *board.timed, *board.unanswered)}
    shown |= {offer.request_id} if offer else set()
    return render_template(
        "pairing/helping.html",
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
        training=vetting.TRAINING,
        youngest_grade=YOUNGEST_HELPER_GRADE,
        first_sessions=OBSERVED_SESSIONS,
    )


@blueprint.route("/helping/promises", methods=["GET", "POST"])
def conduct() -> Response:
    person = me()
    words = conduct_for(person.is_minor)
    form = ConductForm(text_hash=words.text_hash)
    refusal = None
    if form.validate_on_submit():
        try:
            commands.accept_conduct(person, form.text_hash.data or "")
            flash(gettext("Cảm ơn bạn. Lời hứa đã được ghi lại."), "ok")
            return redirect(url_for("pairing.helping"))
        except Refusal as caught:
            refusal = caught
            form.text_hash.data = words.text_hash
    promised = vetting.standing(person).promised
    return form_page("pairing/conduct.html", form, refusal, words=words, promised=promised)


def _standing(user: User) -> dict[str, object]:
    return {
        "standing": vetting.standing(user),
        "first_sessions": OBSERVED_SESSIONS,
        "no_shows": no_shows_of(user.id),
    }


on_member_page("pairing/_standing.html", _standing)


@blueprint.post("/helping/offers/<int:offer_id>/decline")
def decline_offer(offer_id: int) -> Response:
    commands.decline_offer(me(), offer_id)
    if request.form.get("mute"):
        commands.mute_topic(me(), request.form["mute"])
    flash(gettext("Cảm ơn bạn đã trả lời ngay. Người khác sẽ được hỏi."), "ok")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/helping/presence")
def presence() -> Response:
    if request.form.get("word") == "away":
        commands.go_away(me())
    else:
        commands.come_back(me())
    return redirect(url_for("pairing.helping"))


@blueprint.post("/helping/topics")
def mute() -> Response:
    commands.mute_topic(me(), request.form.get("topic", ""), request.form.get("word") == "mute")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/requests/<int:request_id>/claim")
def claim(request_id: int) -> Response:
    try:
        commands.claim(me(), request_id)
        flash(gettext("Bạn đã nhận. Đang chờ người học đồng ý."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "warn")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/requests/<int:request_id>/give-back")
def give_back(request_id: int) -> Response:
    commands.give_back(me(), request_id)
    flash(gettext("Đã trả yêu cầu lại hàng chờ."), "ok")
    return redirect(url_for("pairing.helping"))
