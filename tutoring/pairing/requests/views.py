"""Views of requests: ask, the page of a request and its actions, ask the same helper again.

Pages of rooms link to the last.
"""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.accounts.reader_names import said_to_reader
from tutoring.kernel import file_storage
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.eligibility import home_unit, open_hours
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import pictures, queries, voice_notes
from tutoring.pairing.requests.forms import AskOnForm, MoreForm
from tutoring.pairing.requests.models import RequestVoiceNote, picture_of, voice_note_of
from tutoring.pairing.requests.queries import pair_for_follow_up
from tutoring.pairing.requests.request_page import render_request
from tutoring.policy.pairing.requests import may_read_request
from tutoring.rooms import queries as rooms
from tutoring.rooms.hooks import follow_ups
from tutoring.rooms.models import Room
from tutoring.rooms.room_page import room_title
from tutoring.rooms.volunteer_minutes.queries import to_confirm
from tutoring.safety.image_sanitizer import LARGEST_INPUT
from tutoring.safety.sound_sanitizer import LARGEST_INPUT as LARGEST_SOUND
from tutoring.safety.sound_sanitizer import NOTE_COLUMNS
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_picture, as_sound, takes_files
from tutoring.web.urls import parse_int


@blueprint.get("/requests/<int:request_id>", endpoint="request")
def request_page(request_id: int) -> str:
    return render_request(request_id, MoreForm(formdata=None))


@blueprint.post("/requests/<int:request_id>/pause")
def pause(request_id: int) -> Response:
    requests_commands.pause(require_user(), request_id)
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/resume")
def resume(request_id: int) -> Response:
    requests_commands.resume(require_user(), request_id)
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/pictures")
@takes_files(LARGEST_INPUT)
def add_picture(request_id: int) -> Response:
    sent = request.files.get("file")
    try:
        pictures.add_picture(require_user(), request_id, sent.read() if sent else b"")
        flash(gettext("Đã thêm ảnh. Ảnh vào phòng học khi phòng mở."), "ok")
    except (InvalidInput, Conflict, Forbidden, RateLimited) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="pictures"))


@blueprint.get("/requests/<int:request_id>/pictures/<int:picture_id>")
def waiting_picture(request_id: int, picture_id: int) -> Response:
    asked = queries.request(request_id)
    guardian = asked.minor and is_guardian(require_user().id, asked.learner_id)
    if not may_read_request(require_user().id == asked.learner_id, guardian, False):
        raise NotFound
    return as_picture(file_storage.read(picture_of(request_id, picture_id).name))


@blueprint.post("/requests/<int:request_id>/pictures/<int:picture_id>/remove")
def remove_picture(request_id: int, picture_id: int) -> Response:
    pictures.remove_picture(require_user(), request_id, picture_id)
    flash(gettext("Đã bỏ ảnh."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="pictures"))


@blueprint.post("/requests/<int:request_id>/voice-note")
@takes_files(LARGEST_SOUND + 16 * 1024)
def add_voice_note(request_id: int) -> Response:
    sent = request.files.get("file")
    try:
        voice_notes.add_voice_note(require_user(), request_id, sent.read() if sent else b"")
        flash(gettext("Đã thêm tin thoại. Tin vào phòng học khi phòng mở."), "ok")
    except (InvalidInput, Conflict, Forbidden, RateLimited) as refusal:
        if wants_json():
            raise
        flash(translate_error(refusal), "bad")
    if wants_json():
        return jsonify(ok=True)
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="voice"))


@blueprint.get("/requests/<int:request_id>/voice-note.<ending>")
def waiting_voice_note(request_id: int, ending: str) -> Response:
    asked = queries.request(request_id)
    guardian = asked.minor and is_guardian(require_user().id, asked.learner_id)
    if ending not in NOTE_COLUMNS or not may_read_request(require_user().id == asked.learner_id, guardian, False):
        raise NotFound
    row = voice_note_of(request_id, undefer(getattr(RequestVoiceNote, NOTE_COLUMNS[ending])))
    if row is None or not voice_notes.may_hear(require_user(), asked, row, own_side=True):
        raise NotFound
    return as_sound(getattr(row, NOTE_COLUMNS[ending]), ending, f"{row.client_id}-{ending}")


@blueprint.post("/requests/<int:request_id>/voice-note/remove")
def remove_voice_note(request_id: int) -> Response:
    voice_notes.remove_voice_note(require_user(), request_id)
    flash(gettext("Đã bỏ tin thoại."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id, _anchor="voice"))


@blueprint.post("/requests/<int:request_id>/words")
def add_words(request_id: int) -> Response | tuple[str, int]:
    form = MoreForm()
    try:
        requests_commands.add_words(require_user(), request_id, form.words.data or "")
    except (InvalidInput, Conflict) as refusal:
        form.refuse(refusal)
        return render_request(request_id, form), refusal.status
    flash(gettext("Đã ghi thêm. Người giúp sẽ đọc được."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id))


@follow_ups.register
def _where(viewer: User, room: Room) -> str | None:
    return url_for("pairing.ask_on", room_id=room.id) if pair_for_follow_up(viewer, room) else None


@blueprint.route("/rooms/<int:room_id>/again", methods=["GET", "POST"])
def ask_on(room_id: int) -> Response | tuple[str, int]:
    room = rooms.room(room_id)
    pair = pair_for_follow_up(require_user(), room)
    if pair is None:
        raise NotFound
    form, status = AskOnForm(), 200
    name = said_to_reader(pair.helper)
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                asked, first = requests_commands.ask_on(require_user(), room_id, form.words.data or "")
                if first:
                    flash(gettext("Đã hỏi %(name)s trước.", name=name), "ok")
                else:
                    flash(gettext("Lúc này %(name)s chưa nhận được, nên ai rảnh sẽ giúp.", name=name), "warn")
                return redirect(url_for("pairing.request", request_id=asked.id))
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
    page = render_template(
        "pairing/requests/ask_on.html", form=form, room=room, pair=pair, title=room_title(room, str(get_locale())),
        open_hours=open_hours(home_unit(pair.learner.id)) if pair.learner.is_minor else None,
    )  # fmt: skip
    return page, status


@blueprint.get("/requests")
def requests() -> str:
    return render_template(
        "pairing/requests/requests.html",
        requests=queries.requests_of(require_user().id),
        skills=skill_names(),
        waiting=[one for one in to_confirm(require_user()) if one.learner_id == require_user().id],
    )


@blueprint.post("/requests/<int:request_id>/answer")
def answer(request_id: int) -> Response:
    asked = requests_commands.answer(require_user(), request_id, request.form.get("word", ""))
    return _after_answer(asked.id, asked.room_id)


@blueprint.post("/requests/<int:request_id>/guardian")
def guardian_answer(request_id: int) -> Response:
    word = request.form.get("word", "")
    try:
        if is_guardian(require_user().id, queries.request(request_id).learner_id):
            asked = requests_commands.answer_as_guardian(require_user(), request_id, word)
        else:
            asked = requests_commands.approve_on_childs_device(
                require_user(),
                request_id,
                request.form.get("guardian", type=parse_int) or 0,
                request.form.get("password", ""),
                word,
                request.remote_addr or "",
            )
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("pairing.request", request_id=request_id))
    return _after_answer(asked.id, asked.room_id)


def _after_answer(request_id: int, room_id: int | None) -> Response:
    if room_id is not None:
        return redirect(url_for("rooms.show", room_id=room_id))
    return redirect(url_for("pairing.request", request_id=request_id))


@blueprint.post("/requests/<int:request_id>/cancel")
def cancel(request_id: int) -> Response:
    requests_commands.cancel(require_user(), request_id, request.form.get("reason", ""))
    flash(gettext("Đã huỷ yêu cầu. Khi cần, bạn cứ hỏi lại."), "ok")
    return redirect(url_for("pairing.requests"))
