"""Commands of helpers' private notes: save, delete, read on duty, and delete where a pair has ended."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms.helper_notes import ENDS_AFTER, MAX_NOTE_CHARS
from tutoring.rooms.helper_notes import queries
from tutoring.rooms.helper_notes.models import HelperNote
from tutoring.rooms.models import Room, Seat
from tutoring.safety.free_text import for_minor, listen

NEWER = "newer"


@dataclass(frozen=True)
class NoteInput:
    """The input of a note; `version` is that of the page it was typed on, 0 for a new note."""

    worked: str
    next_time: str
    version: int = 0


def _checked(typed: str, field: str) -> str:
    """Returns a text as it may be stored; raises InvalidInput with the reason, or SaidDanger.

    It is judged as if a minor read it, for adults too: a note is no place for contact data or for plans to meet.
    """
    text = nfc(typed)
    listen(text)
    if len(text) > MAX_NOTE_CHARS:
        raise InvalidInput(
            N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field=field, code="too_long", max=MAX_NOTE_CHARS
        )
    return for_minor(text, field=field)


@command
def save_note(helper: User, learner_id: int, written: NoteInput) -> HelperNote | None:
    """Saves the helper's note on a learner; two empty fields delete it.

    Raises NotFound when the pair does not stand, InvalidInput for a text that is not stored, or Conflict when another
    device saved meanwhile.
    """
    learner = queries.learner_of(helper, learner_id)
    worked, next_time = _checked(written.worked, "worked"), _checked(written.next_time, "next_time")
    # Serializes the devices of one helper: both must not insert the same note.
    db.session.get_one(User, helper.id, with_for_update={"key_share": True})
    row = queries.note_of(helper.id, learner.id)
    if (row.version if row else 0) != written.version:
        raise Conflict(
            N_("Ghi chú này vừa được sửa ở máy khác. Xem bản đang lưu rồi bấm Lưu lần nữa nếu muốn ghi như bạn viết."),
            code=NEWER,
        )
    if not (worked or next_time):
        if row is not None:
            db.session.delete(row)
        return None
    if row is None:
        row = HelperNote(helper_id=helper.id, learner_id=learner.id, version=0)
        db.session.add(row)
    row.worked, row.next_time, row.changed_at = worked, next_time, clock.now()
    row.version += 1
    db.session.flush()
    return row


@command
def delete_note(helper: User, learner_id: int) -> None:
    """Deletes the helper's note on a learner, also when the pair has ended."""
    _delete(HelperNote.helper_id == helper.id, HelperNote.learner_id == learner_id)


@command
def read_notes_on_duty(actor: User, room_id: int) -> tuple[Room, list[HelperNote]]:
    """Returns the notes on the pair of a room for a teacher on duty; each reading is audited. Raises NotFound."""
    room, notes = queries.notes_on_pair(actor, room_id)
    for note in notes:
        audit.record(actor.id, "read_helper_note", f"room:{room.id}", user=note.learner_id, helper=note.helper_id)
    return room, notes


# ---- the end of a pair ---------------------------------------------------------------------------------------


@command
def forget_pair(one_id: int, other_id: int) -> None:
    """Deletes the notes between two people whose pair has ended."""
    both = (one_id, other_id)
    _delete(HelperNote.helper_id.in_(both), HelperNote.learner_id.in_(both))


@command
def forget_notes_of(user_id: int) -> None:
    """Deletes the notes by and about a user whose data is erased."""
    _delete(sa.or_(HelperNote.helper_id == user_id, HelperNote.learner_id == user_id))


@command
def forget_notes_by(helper_id: int) -> None:
    """Deletes the notes of a helper who may not help any more."""
    _delete(HelperNote.helper_id == helper_id)


@command
def forget_ended_pairs() -> None:
    """Deletes the notes of pairs that have not met for so long that they have ended."""
    helps, learns = aliased(Seat), aliased(Seat)
    met = (
        sa.select(Room.id)
        .join(helps, helps.room_id == Room.id)
        .join(learns, learns.room_id == Room.id)
        .where(
            helps.user_id == HelperNote.helper_id, helps.role == "helper",
            learns.user_id == HelperNote.learner_id, learns.role == "learner",
            Room.kind == "pair", Room.opened_at > clock.now() - ENDS_AFTER,
        )
    )  # fmt: skip
    _delete(sa.not_(met.exists()))


def _delete(*which: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(HelperNote).where(*which).execution_options(synchronize_session=False))
