"""Views of fallbacks: wished times, a weekly meeting, a written answer."""

from flask import flash, redirect, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput, NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.eligibility import may_answer_in_writing
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.fallbacks.forms import TimesForm
from tutoring.pairing.requests import queries
from tutoring.pairing.requests.forms import MoreForm, WriteForm
from tutoring.pairing.requests.request_page import render_request
from tutoring.pairing.scheduling import appointments
from tutoring.pairing.scheduling.free_days import NO_HOURS, FreeDaysForm
from tutoring.pairing.scheduling.queries import without_hours
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


def _back(request_id: int) -> Response:
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/times")
def wish_times(request_id: int) -> Response | tuple[str, int]:
    form = TimesForm.of(request.form)
    try:
        fallbacks_commands.wish_times(require_user(), request_id, form.times())
    except (InvalidInput, Conflict) as refusal:
        form.errors = {"times": [translate_error(refusal)]}
        return render_request(request_id, MoreForm(formdata=None), form), refusal.status
    flash(gettext("Đã ghi giờ hẹn. Có người nhận là bạn được báo."), "ok")
    return _back(request_id)


@blueprint.post("/requests/<int:request_id>/now")
def look_now(request_id: int) -> Response:
    try:
        fallbacks_commands.look_now(require_user(), request_id)
        flash(gettext("Đang tìm người giúp ngay."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "warn")
    return _back(request_id)


@blueprint.post("/requests/<int:request_id>/weekly")
def wait_weekly(request_id: int) -> Response | tuple[str, int]:
    free, asked = FreeDaysForm.of(request.form), queries.request_to_keep(require_user(), request_id)
    try:
        week = free.week()
        if week is None and asked.stage == "waiting" and without_hours([asked.learner_id]):
            raise InvalidInput(NO_HOURS, field="free")
        fallbacks_commands.wait_weekly(require_user(), request_id, week)
        flash(gettext("Đã chờ hẹn hằng tuần. Có người hợp giờ thì bạn được báo."), "ok")
    except InvalidInput as refusal:
        free.errors.append(translate_error(refusal))
        return render_request(request_id, MoreForm(formdata=None), free=free), refusal.status
    except Conflict as refusal:
        flash(translate_error(refusal), "warn")
    return _back(request_id)


@blueprint.post("/requests/<int:request_id>/claim-time")
def claim_time(request_id: int) -> Response:
    try:
        appointments.claim_time(require_user(), request_id, request.form.get("at", ""))
        flash(gettext("Bạn đã nhận giờ hẹn. Đang chờ người học đồng ý."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "warn")
    return redirect(url_for("pairing.helping"))


@blueprint.route("/requests/<int:request_id>/write", methods=["GET", "POST"])
def write_answer(request_id: int) -> Response:
    asked, author = queries.request(request_id), require_user()
    if not may_answer_in_writing(author, asked):
        raise NotFound
    form, refusal = WriteForm(), None
    if form.validate_on_submit():
        try:
            fallbacks_commands.write_answer(author, request_id, form.words.data or "")
            flash(gettext("Đã gửi câu trả lời. Người học đọc rồi cho biết có xong không."), "ok")
            return redirect(url_for("pairing.helping"))
        except DomainError as caught:
            refusal = caught
    lesson = catalogue_queries.find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    return render_form(
        "pairing/fallbacks/write_answer.html", form, refusal, asked=asked, more=queries.added_words(asked.id),
        skill=skill_names().get(asked.topic, asked.topic), lesson=lesson.title(str(get_locale())) if lesson else None,
        open_to_answers=asked.stage == "waiting" and asked.later_at is not None,
    )  # fmt: skip


@blueprint.post("/requests/<int:request_id>/judge")
def judge_answer(request_id: int) -> Response:
    fallbacks_commands.judge_answer(require_user(), request_id, request.form.get("word", ""))
    flash(gettext("Cảm ơn bạn đã cho biết."), "ok")
    return _back(request_id)
