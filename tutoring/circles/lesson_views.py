"""An answer on its way to the lessons: suggested, agreed to, sent to the editors."""

from pathlib import Path

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page
from tutoring.circles import commands, queries
from tutoring.circles.forms import NEW, STEP, WHERE, ToLessonForm
from tutoring.circles.models import Topic
from tutoring.circles.places import answer_for
from tutoring.circles.routes import back_to, blueprint, refused
from tutoring.config import Settings
from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed, Refusal
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.lessons.models import Proposal
from tutoring.policy.circles import may_send
from tutoring.web.i18n import language
from tutoring.web.signin import held_roles, me


@blueprint.post("/circles/answers/<int:answer_id>/suggest")
def suggest(answer_id: int) -> Response:
    row, found, _circle = answer_for(me(), answer_id)
    own = row.author_id == me().id
    try:
        commands.suggest(me(), answer_id)
        words = gettext("Đã báo thầy cô.") if own else gettext("Đã hỏi người viết. Họ đồng ý thì thầy cô gửi đi.")
        flash(words, "ok")
    except Refusal as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


@blueprint.post("/circles/answers/<int:answer_id>/agree")
def agree(answer_id: int) -> Response:
    _row, found, _circle = answer_for(me(), answer_id)
    yes = request.form.get("word") in ("yes", "signed")
    try:
        commands.agree(me(), answer_id, yes, request.form.get("word") == "signed")
        flash(gettext("Cảm ơn bạn. Thầy cô sẽ gửi cho ban biên tập.") if yes else gettext("Đã ghi: không dùng."), "ok")
    except Refusal as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


# ---- to the editors ----------------------------------------------------------------------------------------------


def _form(found: Topic) -> ToLessonForm:
    form = ToLessonForm()
    lesson = lessons.find_lesson(found.lesson_slug) if found.lesson_slug else None
    titles = lesson.step_titles(language()) if lesson is not None else []
    if titles:
        form.step.choices = [option(str(n), f"{n}. {title}") for n, title in enumerate(titles, 1)]
    else:
        del form.step
    form.where.choices = [WHERE[STEP], WHERE[NEW]] if titles else [WHERE[NEW]]
    form.path.choices = [option(one.slug, one.title) for one in lessons.paths(language())]
    form.skill.choices = [option(*topic) for topic in lessons.topics(language())]
    if not form.is_submitted():
        form.where.data = STEP if titles else NEW
        form.title.data = found.title[:90]
        teaches = lesson.facts["teaches"] if lesson is not None else []
        form.skill.data = teaches[0] if teaches else None
        form.path.data = lesson.path_slug if lesson is not None else None
    return form


def _send(form: ToLessonForm, answer_id: int) -> Proposal:
    settings: Settings = current_app.config["SETTINGS"]
    folder = Path(settings.content)
    if form.where.data == STEP:
        return commands.send_to_step(me(), folder, answer_id, int(form.step.data or 0))
    if len(form.title.data or "") < 3:
        raise Invalid(N_("Hãy đặt tên cho bài mới."), field="title")
    return commands.send_to_new_lesson(
        me(), folder, answer_id, form.title.data or "", form.path.data or "", form.skill.data or ""
    )


@blueprint.route("/circles/answers/<int:answer_id>/to-lesson", methods=["GET", "POST"])
def to_lesson(answer_id: int) -> Response:
    row, found, here = answer_for(me(), answer_id)
    if not may_send(here.about(me(), found, row), held_roles()):
        raise NotAllowed
    known = queries.to_lesson(answer_id)
    if known is None or known.said != "agreed":
        return refused(Conflict(N_("Người viết câu trả lời chưa đồng ý.")), found, f"a{answer_id}")
    form, refusal = _form(found), None
    if form.validate_on_submit():
        limits.hit("act", me().id)
        try:
            sent = _send(form, answer_id)
            if sent.state == "submitted":
                flash(gettext("Đã gửi cho ban biên tập. Một người khác đọc rồi mới đăng."), "ok")
                return back_to(found, f"a{answer_id}")
            flash(gettext("Đã có bản nháp với lời này. Viết nốt chỗ còn thiếu rồi bấm Gửi cho người duyệt."), "ok")
            return redirect(url_for("lessons.write", proposal_id=sent.id))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            row, found, here = answer_for(me(), answer_id)
    return form_page("circles/to_lesson.html", form, refusal, circle=here, topic=found, answer=row)
