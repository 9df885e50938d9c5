"""Forms of observers' actions in a room."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.reader_names import shown_to_reader
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import may_moderate, may_read_room
from tutoring.rooms import queries
from tutoring.rooms.blueprint import Page, back, blueprint, form_number, reason, run_moderation_command
from tutoring.rooms.forms import CloseForm
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json


@blueprint.post("/rooms/<int:room_id>/enter")
def enter(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.enter_as_observer)


def _on_somebody(room_id: int, command: Any, *values: Any) -> Response:
    """Runs an action on the chosen person; no person is preselected."""
    if not request.form.get("user") and not wants_json():
        flash(gettext("Hãy chọn một người trước."), "bad")
        return back(room_id, "order")
    return run_moderation_command(room_id, command, form_number("user"), *values, reason())


@blueprint.post("/rooms/<int:room_id>/mute")
def mute(room_id: int) -> Response:
    return _on_somebody(room_id, moderation_commands.mute, form_number("minutes"))


@blueprint.post("/rooms/<int:room_id>/unmute")
def unmute(room_id: int) -> Response:
    return _on_somebody(room_id, moderation_commands.unmute)


@blueprint.post("/rooms/<int:room_id>/remove")
def remove(room_id: int) -> Response:
    return _on_somebody(room_id, moderation_commands.remove_member)


@blueprint.post("/rooms/<int:room_id>/lock")
def lock(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.lock_writing, reason())


@blueprint.post("/rooms/<int:room_id>/unlock")
def unlock(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.unlock_writing, reason())


@blueprint.route("/rooms/<int:room_id>/close", methods=["GET", "POST"])
def close(room_id: int) -> Page:
    """Confirms an irreversible close on a page of its own."""
    form, status = CloseForm(), 200
    if request.method == "POST":
        if wants_json():
            return run_moderation_command(
                room_id, moderation_commands.close_room, reason(), request.form.get("summary", "")
            )
        rate_limits.hit("act", require_user().id)
        try:
            if form.validate():
                moderation_commands.close_room(require_user(), room_id, form.reason.data or "", form.summary.data or "")
                return back(room_id)
            status = 422
        except InvalidInput as refusal:
            form.refuse(refusal)
            status = refusal.status
    room = queries.room(room_id)
    known = queries.room_facts(room, require_user())
    if not may_moderate(known):
        if not may_read_room(known):
            raise NotFound
        raise (Conflict(N_("Buổi học này đã kết thúc."), code="closed") if known.closed else Forbidden)
    names = [] if room.lasts else [shown_to_reader(seat.user) for seat in queries.seats(room_id)]
    return render_template("rooms/moderation/close.html", form=form, room=room, names=names), status


@blueprint.post("/rooms/<int:room_id>/hold")
def hold(room_id: int) -> Response:
    return run_moderation_command(
        room_id, moderation_commands.hold_everything, request.form.get("on", "1") != "0", reason()
    )


@blueprint.post("/rooms/<int:room_id>/release")
def release(room_id: int) -> Response:
    return run_moderation_command(
        room_id, moderation_commands.release_message, form_number("seq"), request.form.get("whole") == "1"
    )


@blueprint.post("/rooms/<int:room_id>/refuse")
def refuse(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.refuse_message, form_number("seq"), reason())


@blueprint.post("/rooms/<int:room_id>/refuse/undo")
def undo_refuse(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.take_back_refusal, form_number("seq"))


@blueprint.post("/rooms/<int:room_id>/hide/undo")
def undo_hide(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.take_back_hiding, form_number("seq"))


@blueprint.post("/rooms/<int:room_id>/hide")
def hide(room_id: int) -> Response:
    return run_moderation_command(room_id, moderation_commands.hide_message, form_number("seq"), reason())
