"""Pages of parent circles.

They list the user's circles and topics, create topics and answers, and mark helpful answers and wishes for a session.
Authors edit, withdraw and restore their own text, and close and reopen topics.

Staff of a circle pin answers and hide text with a reason. Panels link here from the pages of units and rooms.
"""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.circles import commands as circles_commands
from tutoring.circles import queries
from tutoring.circles.access import Circle, answer_for, circle_of, circles_of, topic_for
from tutoring.circles.blueprint import back_to, blueprint, refused, undo
from tutoring.circles.commands import origin_of
from tutoring.circles.forms import AnswerForm, HideForm, TopicForm
from tutoring.circles.models import Answer, Topic
from tutoring.circles.queries import TopicFilter
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.progress import queries as progress_queries
from tutoring.pairing.group_sessions.queries import units_for
from tutoring.policy import circles as policy
from tutoring.policy.circles import KINDS, CircleFacts, may_enter, may_hide
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.safety.free_text import listen
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import language

FAMILY_PATH = "cha-me-cung-con"  # the lessons that parents and children take together


@blueprint.get("/circles")
def index() -> str:
    units = circles_of(require_user())
    return render_template("circles/index.html", units=units, counts=queries.counts([unit.id for unit in units]))


def _before() -> tuple[datetime, int] | None:
    """Returns the cursor of the page: the last topic of the previous one, from the link."""
    at, _comma, number = request.args.get("before", "").partition(",")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo is not None else None
    except ValueError:
        return None


def _wanted(typed: str) -> TopicFilter:
    show = request.args.get("show", "")
    return TopicFilter(
        words=queries.words_of(typed),
        only=show if show in ("unanswered", "mine") else "",
        lesson=request.args.get("lesson", "")[:80],
        before=_before(),
    )


@blueprint.get("/circles/<int:unit_id>")
def circle(unit_id: int) -> str:
    here, typed = circle_of(require_user(), unit_id), request.args.get("q", "").strip()[: queries.MAX_QUERY_CHARS]
    if typed:
        rate_limits.hit("search", require_user().id)
    wanted = _wanted(typed)
    asked_about, found = queries.lessons_asked_about(require_user(), here), queries.topics(require_user(), here, wanted)
    return render_template(
        "circles/circle.html",
        circle=here,
        wanted=wanted,
        typed=typed,
        found=found,
        pieces=queries.pieces(found.items, wanted.words),
        lessons=catalogue_queries.titles(asked_about, language()),
        room=persistent_rooms_queries.open_in(unit_id).get("circle"),
        family=progress_queries.teach_back_of(FAMILY_PATH, require_user().id, language()) if here.guards else [],
    )


def lesson_choices(form: TopicForm) -> None:
    """Fills in the choice of all lessons, the ones for families first."""
    paths = sorted(catalogue_queries.paths(language()), key=lambda path: path.slug != FAMILY_PATH)
    rows = [choice(one.slug, f"{path.title}: {one.title}") for path in paths for one in path.lessons]
    form.lesson.choices = [choice("", gettext("Không về bài nào")), *rows]


@blueprint.route("/circles/<int:unit_id>/ask", methods=["GET", "POST"])
def ask(unit_id: int) -> Response:
    here, form, refusal = circle_of(require_user(), unit_id), TopicForm(), None
    lesson_choices(form)
    if not form.is_submitted():
        form.lesson.data = request.args.get("lesson", "")
    alike = []
    if form.validate_on_submit():
        listen(f"{form.title.data or ''}. {form.text.data or ''}")
        alike = queries.similar(require_user(), here, form.title.data or "") if not form.sure.data else []
        try:
            if not alike:
                made = circles_commands.ask(
                    require_user(), unit_id, form.title.data or "", form.text.data or "", form.lesson.data
                )
                flash(gettext("Đã gửi câu hỏi. Có người trả lời thì bạn được báo."), "ok")
                return redirect(url_for("circles.topic", unit_id=unit_id, topic_id=made.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, here = caught, circle_of(require_user(), unit_id)
    return render_form("circles/ask.html", form, refusal, circle=here, alike=alike)


# ---- links from other pages ------------------------------------------------------------------------------------


@unit_links.register
def _of_unit(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or unit.kind not in KINDS or not may_enter(CircleFacts(False, held)):
        return None
    count = queries.unanswered(unit.id)
    waiting = ngettext("%(num)d câu chưa có trả lời", "%(num)d câu chưa có trả lời", count) if count else ""
    href = url_for("circles.circle", unit_id=unit.id)
    return UnitLink(gettext("Góc hỏi đáp phụ huynh"), href, "people", waiting)


def circle_name(here: Circle | Unit) -> str:
    """Returns the display name of a circle."""
    unit = here if isinstance(here, Unit) else here.unit
    return str(gettext("Góc hỏi đáp phụ huynh %(unit)s", unit=unit.name))


blueprint.add_app_template_global(circle_name)


@blueprint.route("/circles/<int:unit_id>/topics/<int:topic_id>", methods=["GET", "POST"])
def topic(unit_id: int, topic_id: int) -> Response:
    found, here = _found(unit_id, topic_id)
    form, refusal = AnswerForm(), None
    if form.validate_on_submit():
        try:
            made = circles_commands.answer(require_user(), topic_id, form.text.data or "")
            flash(gettext("Đã gửi câu trả lời. Cảm ơn bạn."), "ok")
            return back_to(found, f"a{made.id}")
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            found, here = _found(unit_id, topic_id)
    return render_form("circles/topic.html", form, refusal, **_facts(found, here))


def _found(unit_id: int, topic_id: int) -> tuple[Topic, Circle]:
    found, here = topic_for(require_user(), topic_id)
    if found.unit_id != unit_id:
        raise NotFound
    return found, here


def _facts(found: Topic, here: Circle) -> dict[str, object]:
    """Returns the template values of a topic page."""
    person = require_user()
    wished = queries.wishers(found.id)
    lesson = catalogue_queries.find_lesson(found.lesson_slug) if found.lesson_slug else None
    lines = progress_queries.teach_back(lesson, language()) if lesson is not None and here.guards else {}
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
        "ticked": progress_queries.taught_back(person.id, lesson.slug) if lesson is not None and lines else set(),
        "room": persistent_rooms_queries.open_in(here.unit.id).get("circle"),
        "held": current_roles(),
        "open_session": _session_page(found, here) if leads and session is None else "",
    }


def _session_page(found: Topic, here: Circle) -> str:
    """Returns the link to the form of a new group session, filled in from this topic."""
    places = {unit.id for unit in units_for(require_user().id)}
    unit_id = next((one for one in (here.unit.id, here.unit.school_id) if one in places), "")
    lesson = catalogue_queries.find_lesson(found.lesson_slug) if found.lesson_slug else None
    teaches = lesson.facts["teaches"][:1] if lesson is not None else []
    return url_for(
        "pairing.new_session", words=found.title[:80], unit=unit_id, topic=teaches[0] if teaches else "",
        audience="adults", origin=origin_of(found.id),
    )  # fmt: skip


@blueprint.post("/circles/answers/<int:answer_id>/helped")
def helped(answer_id: int) -> Response:
    _answer, found, _circle = answer_for(require_user(), answer_id)
    try:
        circles_commands.mark_helped(require_user(), answer_id, not undo())
    except DomainError as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


@blueprint.post("/circles/topics/<int:topic_id>/wish")
def wish(topic_id: int) -> Response:
    found, _circle = topic_for(require_user(), topic_id)
    try:
        circles_commands.wish(require_user(), topic_id, not undo())
        flash(gettext("Đã bỏ yêu cầu.") if undo() else gettext("Đã xin. Khi có buổi học, bạn được báo."), "ok")
    except DomainError as refusal:
        return refused(refusal, found)
    return back_to(found, "live")


@blueprint.route("/circles/topics/<int:topic_id>/edit", methods=["GET", "POST"])
def edit_topic(topic_id: int) -> Response:
    found, here = topic_for(require_user(), topic_id)
    if not here.about(require_user(), found).own:
        raise Forbidden
    form, refusal = TopicForm(), None
    lesson_choices(form)
    if form.validate_on_submit():
        try:
            circles_commands.edit_topic(
                require_user(), topic_id, form.title.data or "", form.text.data or "", form.lesson.data
            )
            flash(gettext("Đã lưu."), "ok")
            return back_to(found)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            found, here = topic_for(require_user(), topic_id)
    elif not form.is_submitted():
        form.title.data, form.text.data, form.lesson.data = found.title, found.text, found.lesson_slug or ""
    return render_form("circles/edit.html", form, refusal, circle=here, topic=found, answer=None)


@blueprint.route("/circles/answers/<int:answer_id>/edit", methods=["GET", "POST"])
def edit_answer(answer_id: int) -> Response:
    row, found, here = answer_for(require_user(), answer_id)
    if not here.about(require_user(), found, row).own:
        raise Forbidden
    form, refusal = AnswerForm(), None
    if form.validate_on_submit():
        try:
            circles_commands.edit_answer(require_user(), answer_id, form.text.data or "")
            flash(gettext("Đã lưu."), "ok")
            return back_to(found, f"a{answer_id}")
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            row, found, here = answer_for(require_user(), answer_id)
    elif not form.is_submitted():
        form.text.data = row.text
    return render_form("circles/edit.html", form, refusal, circle=here, topic=found, answer=row)


@blueprint.post("/circles/topics/<int:topic_id>/withdraw")
def withdraw_topic(topic_id: int) -> Response:
    found, _circle = topic_for(require_user(), topic_id)
    try:
        circles_commands.withdraw_topic(require_user(), topic_id, undo())
        flash(gettext("Đã đăng lại.") if undo() else gettext("Đã rút. Trong 30 ngày bạn đăng lại được."), "ok")
    except DomainError as refusal:
        return refused(refusal, found)
    return back_to(found)


@blueprint.post("/circles/answers/<int:answer_id>/withdraw")
def withdraw_answer(answer_id: int) -> Response:
    _row, found, _circle = answer_for(require_user(), answer_id)
    try:
        circles_commands.withdraw_answer(require_user(), answer_id, undo())
        flash(gettext("Đã đăng lại.") if undo() else gettext("Đã rút. Trong 30 ngày bạn đăng lại được."), "ok")
    except DomainError as refusal:
        return refused(refusal, found)
    return back_to(found, f"a{answer_id}")


@blueprint.post("/circles/topics/<int:topic_id>/close")
def close_topic(topic_id: int) -> Response:
    found, _circle = topic_for(require_user(), topic_id)
    try:
        circles_commands.close_topic(require_user(), topic_id, not undo())
        flash(gettext("Đã mở lại.") if undo() else gettext("Đã đóng. Mọi người vẫn đọc và tìm được."), "ok")
    except DomainError as refusal:
        return refused(refusal, found)
    return back_to(found)


@blueprint.post("/circles/answers/<int:answer_id>/pin")
def pin(answer_id: int) -> Response:
    _row, found, _circle = answer_for(require_user(), answer_id)
    try:
        circles_commands.pin(require_user(), answer_id, not undo())
    except DomainError as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


@blueprint.route("/circles/topics/<int:topic_id>/hide", methods=["GET", "POST"])
def hide_topic(topic_id: int) -> Response:
    found, here = topic_for(require_user(), topic_id)
    return _hide(found, here, None)


@blueprint.route("/circles/answers/<int:answer_id>/hide", methods=["GET", "POST"])
def hide_answer(answer_id: int) -> Response:
    row, found, here = answer_for(require_user(), answer_id)
    return _hide(found, here, row)


def _hide(found: Topic, here: Circle, row: Answer | None) -> Response:
    if not may_hide(here.about(require_user(), found, row)):
        raise Forbidden
    form, refusal, anchor = HideForm(), None, f"a{row.id}" if row is not None else ""
    if undo() or form.validate_on_submit():
        why = "" if undo() else form.reason.data or ""
        try:
            if row is not None:
                circles_commands.hide_answer(require_user(), row.id, not undo(), why)
            else:
                circles_commands.hide_topic(require_user(), found.id, not undo(), why)
            flash(gettext("Mọi người lại thấy.") if undo() else gettext("Đã ẩn. Người viết được báo."), "ok")
            return back_to(found, anchor)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            found, here = topic_for(require_user(), found.id)
    return render_form("circles/hide.html", form, refusal, circle=here, topic=found, answer=row)
