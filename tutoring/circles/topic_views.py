"""One topic: its answers, a new answer, what helped, who wishes for a live session."""

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.circles import commands, queries
from tutoring.circles.forms import AnswerForm
from tutoring.circles.models import Topic
from tutoring.circles.origin import origin_of
from tutoring.circles.places import Circle, answer_for, topic_for
from tutoring.circles.routes import back_to, blueprint, refused, undo
from tutoring.kernel import clock
from tutoring.kernel.errors import Missing, Refusal
from tutoring.lessons import queries as lessons
from tutoring.pairing.session_places import units_for
from tutoring.policy import circles as policy
from tutoring.rooms import lasting
from tutoring.web.i18n import language
from tutoring.web.signin import held_roles, me


@blueprint.route("/circles/<int:unit_id>/topics/<int:topic_id>", methods=["GET", "POST"])
def topic(unit_id: int, topic_id: int) -> Response:
    found, here = _found(unit_id, topic_id)
    form, refusal = AnswerForm(), None
    if form.validate_on_submit():
        try:
            made = commands.answer(me(), topic_id, form.text.data or "")
            flash(gettext("Đã gửi câu trả lời. Cảm ơn bạn."), "ok")
            return back_to(found, f"a{made.id}")
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            found, here = _found(unit_id, topic_id)
    return form_page("circles/topic.html", form, refusal, **_facts(found, here))


def _found(unit_id: int, topic_id: int) -> tuple[Topic, Circle]:
    found, here = topic_for(me(), topic_id)
    if found.unit_id != unit_id:
        raise Missing
    return found, here


def _facts(found: Topic, here: Circle) -> dict[str, object]:
    """What the page of a topic shows."""
    person = me()
    wished = queries.wishers(found.id)
    lesson = lessons.find_lesson(found.lesson_slug) if found.lesson_slug else None
    lines = lessons.teach_back(lesson, language()) if lesson is not None and here.guards else {}
    session = found.session if found.session is not None and found.session.state in ("open", "begun") else None
    leads = here.facts.leads
    return {
        "topic": found,
        "circle": here,
        "mine": here.about(person, found),
        "about": lambda answer: here.about(person, found, answer),
        "age": lambda words: clock.now() - words.created_at,
        "rules": policy,
        "answers": queries.answers(person, here, found),
        "wished": wished,
        "session": session,
        "lesson": lesson,
        "lang": language(),
        "lines": lines,
        "ticked": lessons.taught_back(person.id, lesson.slug) if lesson is not None and lines else set(),
        "room": lasting.open_in(here.unit.id).get("circle"),
        "held": held_roles(),
        "open_session": _session_page(found, here) if leads and session is None else "",
    }


def _session_page(found: Topic, here: Circle) -> str:
    """The page of a new group session, filled in with what is known of this topic."""
    places = {unit.id for unit in units_for(me().id)}
    unit_id = next((one for one in (here.unit.id, here.unit.school_id) if one in places), "")
    lesson = lessons.find_lesson(found.lesson_slug) if found.lesson_slug else None
    teaches = lesson.facts["teaches"][:1] if lesson is not None else []
    return url_for(
        "pairing.new_session", words=found.title[:80], unit=unit_id, topic=teaches[0] if teaches else "",
        audience="adults", origin=origin_of(found.id),
    )  # fmt: skip


@blueprint.post("/circles/answers/<int:answer_id>/helped")
def helped(answer_id: int) -> Response:
    _answer, found, _circle = answer_for(me(), answer_id)
    try:
        commands.mark_helped(me(), answer_id, not undo())
    except Refusal as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


@blueprint.post("/circles/topics/<int:topic_id>/wish")
def wish(topic_id: int) -> Response:
    found, _circle = topic_for(me(), topic_id)
    try:
        commands.wish(me(), topic_id, not undo())
        flash(gettext("Đã bỏ lời xin.") if undo() else gettext("Đã xin. Khi có buổi học, bạn được báo."), "ok")
    except Refusal as refusal:
        return refused(refusal, found)
    return back_to(found, "live")
