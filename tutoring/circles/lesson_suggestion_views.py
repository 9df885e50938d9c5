"""Pages that turn an answer into a lesson: suggest, consent, send to the editors."""

from pathlib import Path

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.circles import lesson_suggestions, queries
from tutoring.circles.access import answer_for
from tutoring.circles.blueprint import back_to, blueprint, refused
from tutoring.circles.forms import NEW, STEP, WHERE, ToLessonForm
from tutoring.circles.models import Topic
from tutoring.config import Settings
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.proposals.models import Proposal
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy.circles import may_send
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import language


@blueprint.post("/circles/answers/<int:answer_id>/suggest")
def suggest(answer_id: int) -> Response:
    row, found, _circle = answer_for(require_user(), answer_id)
    own = row.author_id == require_user().id
    try:
        lesson_suggestions.suggest(require_user(), answer_id)
        words = gettext("Đã báo thầy cô.") if own else gettext("Đã hỏi người viết. Họ đồng ý thì thầy cô gửi đi.")
        flash(words, "ok")
    except DomainError as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


@blueprint.post("/circles/answers/<int:answer_id>/agree")
def agree(answer_id: int) -> Response:
    _row, found, _circle = answer_for(require_user(), answer_id)
    yes = request.form.get("word") in ("yes", "signed")
    try:
        lesson_suggestions.agree(require_user(), answer_id, yes, request.form.get("word") == "signed")
        flash(gettext("Cảm ơn bạn. Thầy cô sẽ gửi cho ban biên tập.") if yes else gettext("Đã ghi: không dùng."), "ok")
    except DomainError as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


# ---- sending to the editors --------------------------------------------------------------------------------------


def _form(found: Topic) -> ToLessonForm:
    form = ToLessonForm()
    lesson = catalogue_queries.find_lesson(found.lesson_slug) if found.lesson_slug else None
    titles = lesson.step_titles(language()) if lesson is not None else []
    if titles:
        form.step.choices = [choice(str(n), f"{n}. {title}") for n, title in enumerate(titles, 1)]
    else:
        del form.step
    form.where.choices = [WHERE[STEP], WHERE[NEW]] if titles else [WHERE[NEW]]
    form.path.choices = [choice(one.slug, one.title) for one in catalogue_queries.paths(language())]
    form.skill.choices = [choice(*topic) for topic in skills_queries.topics(language())]
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
        return lesson_suggestions.send_to_step(require_user(), folder, answer_id, int(form.step.data or 0))
    if len(form.title.data or "") < 3:
        raise InvalidInput(N_("Hãy đặt tên cho bài mới."), field="title")
    return lesson_suggestions.send_to_new_lesson(
        require_user(), folder, answer_id, form.title.data or "", form.path.data or "", form.skill.data or ""
    )


@blueprint.route("/circles/answers/<int:answer_id>/to-lesson", methods=["GET", "POST"])
def to_lesson(answer_id: int) -> Response:
    row, found, here = answer_for(require_user(), answer_id)
    if not may_send(here.about(require_user(), found, row), current_roles()):
        raise Forbidden
    known = queries.to_lesson(answer_id)
    if known is None or known.said != "agreed":
        return refused(Conflict(N_("Người viết câu trả lời chưa đồng ý.")), found, f"a{answer_id}")
    form, refusal = _form(found), None
    if form.validate_on_submit():
        rate_limits.hit("act", require_user().id)
        try:
            sent = _send(form, answer_id)
            if sent.state == "submitted":
                flash(gettext("Đã gửi cho ban biên tập. Một người khác đọc rồi mới đăng."), "ok")
                return back_to(found, f"a{answer_id}")
            flash(
                gettext("Đã có bản nháp với câu trả lời này. Viết nốt chỗ còn thiếu rồi bấm Gửi cho người duyệt."), "ok"
            )
            return redirect(url_for("lessons.write", proposal_id=sent.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            row, found, here = answer_for(require_user(), answer_id)
    return render_form("circles/to_lesson.html", form, refusal, circle=here, topic=found, answer=row)
