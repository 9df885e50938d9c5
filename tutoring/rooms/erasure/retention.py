"""Messages are emptied: of somebody who has gone, or of a session that was long ago.

Their lines stay with their numbers, as hidden ones: a room's history has no gaps.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import file_storage
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.rooms.calls.models import RoomCall
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
)
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.queries import locked
from tutoring.rooms.shared_lesson.models import ProgressMarker

AT_ONCE = 200  # rooms in one transaction


def drop_pictures(messages: sa.Select[Any]) -> None:
    """The pictures of these messages, with what was drawn over them."""
    shown = sa.select(SentPicture.name).where(SentPicture.message_id.in_(messages))
    after_commit(file_storage.delete, list(db.session.scalars(shown)))
    db.session.execute(sa.delete(SentPicture).where(SentPicture.message_id.in_(messages)))


def empty_messages(messages: sa.Select[Any]) -> None:
    """Every form in which these messages' words are kept."""
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
    """Empty sessions that were closed before this moment, and of rooms that last what was written before it; not where
    a case keeps it, nor a locked picture. Returns how many rooms there were: called until there is none.

    What was emptied once is not looked at again (`Room.emptied_seq`), so a night costs what that day half a year ago
    was, however long the site has been there; a run that breaks off goes on where it was.
    """
    rooms = db.session.scalars(_over(before)).all() or db.session.scalars(_lasting(before)).all()
    if rooms:
        _forget(rooms, before)
    return len(rooms)


def _unread_by_night(before: datetime) -> sa.Select[Any]:
    """Of a room, in the question around it: messages that are old enough and not emptied yet."""
    return sa.select(Message.id).where(
        Message.room_id == Room.id, Message.seq > Room.emptied_seq, Message.at < before,
        Message.kind == "text", Message.text != "", Message.id.not_in(locked()),
    )  # fmt: skip


def _has_locked() -> sa.ColumnElement[bool]:
    """Of a room: a picture in it is locked, so that it is never done with until that is decided."""
    return sa.exists().where(Message.room_id == Room.id, Message.id.in_(locked()))


def _over(before: datetime) -> sa.Select[Any]:
    """Sessions that are long over, by the index of those that were not emptied."""
    to_empty = sa.and_(Room.closed_at.is_not(None), Room.emptied_seq < Room.last_seq)
    todo = sa.or_(sa.not_(_has_locked()), _unread_by_night(before).exists())
    return (
        sa.select(Room.id)
        .where(to_empty, Room.closed_at < before, Room.id.not_in(rooms_on_legal_hold()), todo)
        .order_by(Room.closed_at, Room.id)
        .limit(AT_ONCE)
    )


def _lasting(before: datetime) -> sa.Select[Any]:
    """Rooms that last whose first message after those that were emptied is old: one look at each of them."""
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
            Message.text != "", Message.id.not_in(locked()),
        )
    )  # fmt: skip
    shown = sa.select(SentPicture.id).where(SentPicture.message_id.in_(messages))
    db.session.execute(sa.delete(PictureAnnotation).where(PictureAnnotation.picture_id.in_(shown)))
    drop_pictures(messages)
    db.session.execute(sa.delete(ProgressMarker).where(ProgressMarker.room_id.in_(rooms), ProgressMarker.at < before))
    db.session.execute(sa.delete(RoomCall).where(RoomCall.room_id.in_(rooms), RoomCall.ended_at < before))
    said = (Feedback.room_id.in_(rooms), Feedback.at < before)
    db.session.execute(sa.update(Feedback).where(*said).values(words=""))
    db.session.execute(sa.update(Room).where(Room.id.in_(rooms), Room.closed_at < before).values(summary=""))
    empty_messages(messages)
    _go_on_after(rooms, before)


def _go_on_after(rooms: Sequence[int], before: datetime) -> None:
    """The next night begins at the first message that is not old enough yet."""
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
