"""Views of fallbacks: wished times, a weekly meeting, a written answer."""

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput, NotFound, RateLimited
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.eligibility import may_answer_in_writing
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.fallbacks import spoken_answers
from tutoring.pairing.fallbacks.forms import TimesForm
from tutoring.pairing.hooks import decides_case_of
from tutoring.pairing.requests import models as requests_models
from tutoring.pairing.requests import queries
from tutoring.pairing.requests.forms import MoreForm, WriteForm
from tutoring.pairing.requests.models import SpokenAnswer
from tutoring.pairing.requests.request_page import render_request
from tutoring.pairing.scheduling import appointments
from tutoring.pairing.scheduling.free_days import NO_HOURS, FreeDaysForm
from tutoring.pairing.scheduling.queries import without_hours
from tutoring.safety.sound_sanitizer import LARGEST_INPUT, NOTE_COLUMNS
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_sound, may_record, takes_files


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
    speaks = spoken_answers.takes_voice(author, asked)
    if speaks:
        may_record()
    lesson = catalogue_queries.find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    return render_form(
        "pairing/fallbacks/write_answer.html", form, refusal, asked=asked, more=queries.added_words(asked.id),
        skill=skill_names().get(asked.topic, asked.topic), lesson=lesson.title(str(get_locale())) if lesson else None,
        speaks=speaks, open_to_answers=asked.stage == "waiting" and asked.later_at is not None,
    )  # fmt: skip


@blueprint.post("/requests/<int:request_id>/write/spoken")
@takes_files(LARGEST_INPUT + 16 * 1024)
def speak_answer(request_id: int) -> Response:
    sent, there = request.files.get("file"), url_for("pairing.helping")
    try:
        spoken_answers.speak_answer(require_user(), request_id, sent.read() if sent else b"")
        flash(gettext("Đã gửi câu trả lời. Người học nghe rồi cho biết có xong không."), "ok")
    except (InvalidInput, Conflict, RateLimited) as refusal:
        if wants_json():
            raise
        flash(translate_error(refusal), "bad")
        there = url_for("pairing.write_answer", request_id=request_id)
    return jsonify(ok=True, to=there) if wants_json() else redirect(there)


@blueprint.get("/requests/<int:request_id>/answers/<int:spoken_id>.<ending>")
def spoken_answer(request_id: int, spoken_id: int, ending: str) -> Response:
    if not decides_case_of(require_user(), spoken_id):
        queries.request_for(require_user(), request_id)
    if ending not in NOTE_COLUMNS:
        raise NotFound
    column = NOTE_COLUMNS[ending]
    row = requests_models.spoken_answer(request_id, spoken_id, undefer(getattr(SpokenAnswer, column)))
    return as_sound(getattr(row, column), ending, f"{spoken_id}-{ending}")


@blueprint.post("/requests/<int:request_id>/judge")
def judge_answer(request_id: int) -> Response:
    fallbacks_commands.judge_answer(require_user(), request_id, request.form.get("word", ""))
    flash(gettext("Cảm ơn bạn đã cho biết."), "ok")
    return _back(request_id)
