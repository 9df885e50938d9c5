"""One's own words afterwards: changed, withdrawn, put back; a topic closed and opened again."""

from flask import flash
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.circles import commands
from tutoring.circles.circle_views import lesson_choices
from tutoring.circles.forms import AnswerForm, TopicForm
from tutoring.circles.places import answer_for, topic_for
from tutoring.circles.routes import back_to, blueprint, refused, undo
from tutoring.kernel.errors import Missing, NotAllowed, Refusal
from tutoring.web.signin import me


@blueprint.route("/circles/topics/<int:topic_id>/edit", methods=["GET", "POST"])
def edit_topic(topic_id: int) -> Response:
    found, here = topic_for(me(), topic_id)
    if not here.about(me(), found).own:
        raise NotAllowed
    form, refusal = TopicForm(), None
    lesson_choices(form)
    if form.validate_on_submit():
        try:
            commands.edit_topic(me(), topic_id, form.title.data or "", form.text.data or "", form.lesson.data)
            flash(gettext("Đã lưu."), "ok")
            return back_to(found)
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            found, here = topic_for(me(), topic_id)
    elif not form.is_submitted():
        form.title.data, form.text.data, form.lesson.data = found.title, found.text, found.lesson_slug or ""
    return form_page("circles/edit.html", form, refusal, circle=here, topic=found, answer=None)


@blueprint.route("/circles/answers/<int:answer_id>/edit", methods=["GET", "POST"])
def edit_answer(answer_id: int) -> Response:
    row, found, here = answer_for(me(), answer_id)
    if not here.about(me(), found, row).own:
        raise NotAllowed
    form, refusal = AnswerForm(), None
    if form.validate_on_submit():
        try:
            commands.edit_answer(me(), answer_id, form.text.data or "")
            flash(gettext("Đã lưu."), "ok")
            return back_to(found, f"a{answer_id}")
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            row, found, here = answer_for(me(), answer_id)
    elif not form.is_submitted():
        form.text.data = row.text
    return form_page("circles/edit.html", form, refusal, circle=here, topic=found, answer=row)


@blueprint.post("/circles/topics/<int:topic_id>/withdraw")
def withdraw_topic(topic_id: int) -> Response:
    found, _circle = topic_for(me(), topic_id)
    try:
        commands.withdraw_topic(me(), topic_id, undo())
        flash(gettext("Đã đăng lại.") if undo() else gettext("Đã rút. Trong 30 ngày bạn đăng lại được."), "ok")
    except Refusal as refusal:
        return refused(refusal, found)
    return back_to(found)


@blueprint.post("/circles/answers/<int:answer_id>/withdraw")
def withdraw_answer(answer_id: int) -> Response:
    _row, found, _circle = answer_for(me(), answer_id)
    try:
        commands.withdraw_answer(me(), answer_id, undo())
        flash(gettext("Đã đăng lại.") if undo() else gettext("Đã rút. Trong 30 ngày bạn đăng lại được."), "ok")
    except Refusal as refusal:
        return refused(refusal, found)
    return back_to(found, f"a{answer_id}")


@blueprint.post("/circles/topics/<int:topic_id>/close")
def close_topic(topic_id: int) -> Response:
    found, _circle = topic_for(me(), topic_id)
    try:
        commands.close_topic(me(), topic_id, not undo())
        flash(gettext("Đã mở lại.") if undo() else gettext("Đã đóng. Mọi người vẫn đọc và tìm được."), "ok")
    except Refusal as refusal:
        return refused(refusal, found)
    return back_to(found)
