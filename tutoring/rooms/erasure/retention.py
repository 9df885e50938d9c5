"""Empties messages of erased people and of sessions past the retention period.

The messages keep their numbers as hidden ones, so a room's history has no gaps.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import file_storage
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.rooms.calls.models import RoomCall
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.hooks import rooms_on_legal_hold
from tutoring.rooms.models import (
    LASTS,
    Feedback,
    Message,
    MessageAppeal,
    MessageOriginal,
    MessageVersion,
    Room,
    SentPicture,
    VoiceNote,
)
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.queries import locked_message_ids
from tutoring.rooms.shared_lesson.models import ProgressMarker

AT_ONCE = 200  # rooms in one transaction


def drop_attachments(messages: sa.Select[Any]) -> None:
    """Deletes the pictures of these messages, with their annotations, and the voice notes."""
    shown = sa.select(SentPicture.name).where(SentPicture.message_id.in_(messages))
    after_commit(file_storage.delete, list(db.session.scalars(shown)))
    db.session.execute(sa.delete(VoiceNote).where(VoiceNote.message_id.in_(messages)))
    db.session.execute(sa.delete(SentPicture).where(SentPicture.message_id.in_(messages)))


def empty_messages(messages: sa.Select[Any]) -> None:
    """Erases every stored form of the text of these messages."""
    db.session.execute(sa.delete(MessageOriginal).where(MessageOriginal.message_id.in_(messages)))
    db.session.execute(sa.delete(MessageVersion).where(MessageVersion.message_id.in_(messages)))
    db.session.execute(sa.update(MessageAppeal).where(MessageAppeal.message_id.in_(messages)).values(words=""))
    erased: dict[str, Any] = {
        "text": "",
        "folded": "",
        "found": [],
        "status": "hidden",
        "held_for": "",
        "lesson_slug": None,
        "step_number": None,
    }
    db.session.execute(sa.update(Message).where(Message.id.in_(messages)).values(**erased))


@command
def forget_transcripts(before: datetime) -> int:
    """Empties sessions closed before this moment, and older messages of persistent rooms.

    Rooms on legal hold and locked pictures are skipped. Returns the number of rooms; the caller repeats until it is
    zero.

    Emptied messages are not scanned again (`Room.emptied_seq`). The cost of a nightly run depends on one day of half a
    year ago, not on the age of the site. An interrupted run continues where it stopped.
    """
    rooms = db.session.scalars(_over(before)).all() or db.session.scalars(_lasting(before)).all()
    if rooms:
        _forget(rooms, before)
    return len(rooms)


def _unread_by_night(before: datetime) -> sa.Select[Any]:
    """Subquery correlated to Room: its messages that are old enough and not emptied yet."""
    return sa.select(Message.id).where(
        Message.room_id == Room.id, Message.seq > Room.emptied_seq, Message.at < before,
        Message.kind == "text", _says_something(), Message.id.not_in(locked_message_ids()),
    )  # fmt: skip


def _says_something() -> sa.ColumnElement[bool]:
    """SQL condition: the message has a text, or a picture, which may stand without one."""
    return sa.or_(Message.text != "", sa.exists().where(SentPicture.message_id == Message.id))


def _has_locked() -> sa.ColumnElement[bool]:
    """SQL condition: a picture of the room is locked, so the room stays due until a decision."""
    return sa.exists().where(Message.room_id == Room.id, Message.id.in_(locked_message_ids()))


def _over(before: datetime) -> sa.Select[Any]:
    """Query of long-closed sessions, by the partial index of those not emptied."""
    to_empty = sa.and_(Room.closed_at.is_not(None), Room.emptied_seq < Room.last_seq)
    todo = sa.or_(sa.not_(_has_locked()), _unread_by_night(before).exists())
    return (
        sa.select(Room.id)
        .where(to_empty, Room.closed_at < before, Room.id.not_in(rooms_on_legal_hold()), todo)
        .order_by(Room.closed_at, Room.id)
        .limit(AT_ONCE)
    )


def _lasting(before: datetime) -> sa.Select[Any]:
    """Query of persistent rooms whose first message that is not emptied is old; one lookup each."""
    first = (
        sa.select(Message.at).where(Message.room_id == Room.id, Message.seq == Room.emptied_seq + 1).scalar_subquery()
    )
    lasts = sa.text(f"room.{LASTS}")
    todo = sa.or_(sa.not_(_has_locked()), _unread_by_night(before).exists())
    return (
        sa.select(Room.id)
        .where(lasts, first < before, Room.id.not_in(rooms_on_legal_hold()), todo)
        .order_by(Room.id)
        .limit(AT_ONCE)
    )


def _forget(rooms: Sequence[int], before: datetime) -> None:
    messages = (
        sa.select(Message.id)
        .join(Room, Room.id == Message.room_id)
        .where(
            Message.room_id.in_(rooms), Message.seq > Room.emptied_seq, Message.at < before, Message.kind == "text",
            _says_something(), Message.id.not_in(locked_message_ids()),
        )
    )  # fmt: skip
    shown = sa.select(SentPicture.id).where(SentPicture.message_id.in_(messages))
    db.session.execute(sa.delete(PictureAnnotation).where(PictureAnnotation.picture_id.in_(shown)))
    drop_attachments(messages)
    db.session.execute(sa.delete(ProgressMarker).where(ProgressMarker.room_id.in_(rooms), ProgressMarker.at < before))
    db.session.execute(sa.delete(RoomCall).where(RoomCall.room_id.in_(rooms), RoomCall.ended_at < before))
    said = (Feedback.room_id.in_(rooms), Feedback.at < before)
    db.session.execute(sa.update(Feedback).where(*said).values(words=""))
    db.session.execute(sa.delete(ComfortAnswer).where(ComfortAnswer.room_id.in_(rooms), ComfortAnswer.at < before))
    db.session.execute(sa.update(Room).where(Room.id.in_(rooms), Room.closed_at < before).values(summary=""))
    empty_messages(messages)
    _go_on_after(rooms, before)


def _go_on_after(rooms: Sequence[int], before: datetime) -> None:
    """Moves `emptied_seq` to just before the first message that is not old enough yet."""
    younger = (
        sa.select(Message.seq)
        .where(Message.room_id == Room.id, Message.seq > Room.emptied_seq, Message.at >= before)
        .order_by(Message.seq)
        .limit(1)
        .scalar_subquery()
    )
    change = sa.update(Room).where(Room.id.in_(rooms), sa.not_(_has_locked()))
    reached = sa.func.coalesce(younger - 1, Room.last_seq)
    db.session.execute(change.values(emptied_seq=reached).execution_options(synchronize_session=False))
