"""Pages of helpers' private notes: the helper's list and form, and the reading by a teacher on duty."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.rooms.blueprint import blueprint
from tutoring.rooms.helper_notes import commands as helper_notes_commands
from tutoring.rooms.helper_notes import queries
from tutoring.rooms.helper_notes.commands import NEWER, NoteInput
from tutoring.rooms.helper_notes.forms import NoteForm
from tutoring.web.auth import require_user
from tutoring.web.form_versions import words_of
from tutoring.web.urls import parse_int


@blueprint.get("/helper-notes")
def helper_notes() -> str:
    return render_template("rooms/helper_notes/helper_notes.html", notes=queries.notes_by(require_user()))


@blueprint.route("/helper-notes/<int:learner_id>", methods=["GET", "POST"])
def helper_note(learner_id: int) -> Response:
    helper, refusal = require_user(), None
    learner = queries.learner_of(helper, learner_id)
    stored = queries.note_of(helper.id, learner_id)
    form = NoteForm(version=stored.version if stored else 0)
    if stored is not None and not form.is_submitted():
        form.process(obj=stored)
    if form.validate_on_submit():
        rate_limits.hit("act", helper.id)
        try:
            helper_notes_commands.save_note(helper, learner_id, _written(form))
            flash(gettext("Đã lưu ghi chú."), "ok")
            return redirect(_back())
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            _show_newer(form, helper.id, learner_id, refusal)
    return render_form(
        "rooms/helper_notes/helper_note.html", form, refusal,
        learner=learner, has_note=stored is not None, room_id=_room_id(), back=_back(),
    )  # fmt: skip


def _written(form: NoteForm) -> NoteInput:
    try:
        version = parse_int(request.form.get("version", ""))
    except ValueError:
        version = -1  # no page of ours: it was made from no version
    return NoteInput(form.worked.data or "", form.next_time.data or "", version)


def _show_newer(form: NoteForm, helper_id: int, learner_id: int, refusal: DomainError) -> None:
    """After a conflict puts the stored text above each field; sending the form again overwrites it on purpose."""
    if refusal.code != NEWER:
        return
    stored = queries.note_of(helper_id, learner_id)
    form.version.data = str(stored.version if stored else 0)
    for name in ("worked", "next_time"):
        field, text = form[name], getattr(stored, name, "")
        if (field.data or "") != text:
            field.newer = words_of(field, text)


def _room_id() -> int | None:
    """Returns the room that the page was opened from, which the link back leads to."""
    return request.values.get("room", type=parse_int)


def _back() -> str:
    room_id = _room_id()
    return url_for("rooms.helper_notes") if room_id is None else url_for("rooms.show", room_id=room_id)


@blueprint.post("/helper-notes/<int:learner_id>/delete")
def delete_helper_note(learner_id: int) -> Response:
    helper = require_user()
    queries.learner_of(helper, learner_id)
    helper_notes_commands.delete_note(helper, learner_id)
    flash(gettext("Đã xoá ghi chú."), "ok")
    return redirect(_back())


@blueprint.post("/rooms/<int:room_id>/helper-notes")
def read_helper_notes(room_id: int) -> str:
    """Shows the notes on a room's pair to a teacher on duty; a button asks for them, since each reading is recorded."""
    rate_limits.hit("act", require_user().id)
    room, notes = helper_notes_commands.read_notes_on_duty(require_user(), room_id)
    return render_template("rooms/helper_notes/read_helper_notes.html", room=room, notes=notes)
