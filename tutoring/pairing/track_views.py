"""When nobody came at once: the learner's times, a weekly meeting, an answer in writing."""

from flask import flash, redirect, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.kernel.errors import Conflict, Invalid, Missing, Refusal
from tutoring.lessons import queries as lessons
from tutoring.pairing import commands, queries
from tutoring.pairing.eligibility import may_answer_in_writing
from tutoring.pairing.forms import MoreForm, WriteForm
from tutoring.pairing.request_views import show_request
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.pairing.times_form import TimesForm
from tutoring.web.i18n import said
from tutoring.web.signin import me


def _back(request_id: int) -> Response:
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/times")
def wish_times(request_id: int) -> Response | tuple[str, int]:
    form = TimesForm.of(request.form)
    try:
        commands.wish_times(me(), request_id, form.times())
    except Invalid as refusal:
        form.errors = {"times": [said(refusal)]}
        return show_request(request_id, MoreForm(formdata=None), form), refusal.status
    flash(gettext("Đã ghi giờ hẹn. Có người nhận là bạn được báo."), "ok")
    return _back(request_id)


@blueprint.post("/requests/<int:request_id>/now")
def look_now(request_id: int) -> Response:
    commands.look_now(me(), request_id)
    flash(gettext("Đang tìm người giúp ngay."), "ok")
    return _back(request_id)


@blueprint.post("/requests/<int:request_id>/weekly")
def wait_weekly(request_id: int) -> Response:
    commands.wait_weekly(me(), request_id)
    flash(gettext("Đã chuyển sang hẹn hằng tuần. Hãy ghi giờ rảnh để ghép được với người hợp giờ."), "ok")
    return redirect(url_for("pairing.hours"))


@blueprint.post("/requests/<int:request_id>/claim-time")
def claim_time(request_id: int) -> Response:
    try:
        commands.claim_time(me(), request_id, request.form.get("at", ""))
        flash(gettext("Bạn đã nhận giờ hẹn. Đang chờ người học đồng ý."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "warn")
    return redirect(url_for("pairing.helping"))


@blueprint.route("/requests/<int:request_id>/write", methods=["GET", "POST"])
def write_answer(request_id: int) -> Response:
    asked, author = queries.request(request_id), me()
    if not may_answer_in_writing(author, asked):
        raise Missing
    form, refusal = WriteForm(), None
    if form.validate_on_submit():
        try:
            commands.write_answer(author, request_id, form.words.data or "")
            flash(gettext("Đã gửi câu trả lời. Người học đọc rồi cho biết có xong không."), "ok")
            return redirect(url_for("pairing.helping"))
        except Refusal as caught:
            refusal = caught
    lesson = lessons.find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    return form_page(
        "pairing/write.html", form, refusal, asked=asked, more=queries.added_words(asked.id),
        skill=skill_names().get(asked.topic, asked.topic), lesson=lesson.title(str(get_locale())) if lesson else None,
        open_to_answers=asked.stage == "waiting" and asked.later_at is not None,
    )  # fmt: skip


@blueprint.post("/requests/<int:request_id>/judge")
def judge_answer(request_id: int) -> Response:
    commands.judge_answer(me(), request_id, request.form.get("word", ""))
    flash(gettext("Cảm ơn bạn đã cho biết."), "ok")
    return _back(request_id)
