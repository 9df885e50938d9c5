"""Messages are emptied: of somebody who has gone, or of a session that was long ago.

Their lines stay with their numbers, as hidden ones: a room's history has no gaps.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import files
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.policy.rooms import LASTING
from tutoring.rooms.keeping import kept_rooms
from tutoring.rooms.marks_models import PictureMarks
from tutoring.rooms.models import Appeal, Feedback, Message, MessageOriginal, MessageVersion, Room, SentPicture
from tutoring.rooms.pictures import locked
from tutoring.rooms.signs_models import LessonSign

AT_ONCE = 200  # rooms in one transaction


def drop_pictures(messages: sa.Select[Any]) -> None:
    """The pictures of these messages, with what was drawn over them."""
    shown = sa.select(SentPicture.name).where(SentPicture.message_id.in_(messages))
    after_commit(files.drop, list(db.session.scalars(shown)))
    db.session.execute(sa.delete(SentPicture).where(SentPicture.message_id.in_(messages)))


def empty_messages(messages: sa.Select[Any]) -> None:
    """Every form in which these messages' words are kept."""
    db.session.execute(sa.delete(MessageOriginal).where(MessageOriginal.message_id.in_(messages)))
    db.session.execute(sa.delete(MessageVersion).where(MessageVersion.message_id.in_(messages)))
    db.session.execute(sa.update(Appeal).where(Appeal.message_id.in_(messages)).values(words=""))
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
    a case keeps it, nor a locked picture. Returns how many rooms there were: called until there is none."""
    written = sa.select(Message.id).where(
        Message.room_id == Room.id, Message.kind == "text", Message.text != "", Message.at < before,
        Message.id.not_in(locked()),
    )  # fmt: skip
    over = sa.or_(Room.closed_at < before, Room.kind.in_(sorted(LASTING)))
    old = sa.select(Room.id).where(over, Room.id.not_in(kept_rooms()), written.exists())
    rooms = db.session.scalars(old.order_by(Room.id).limit(AT_ONCE)).all()
    if rooms:
        _forget(rooms, before)
    return len(rooms)


def _forget(rooms: Sequence[int], before: datetime) -> None:
    messages = sa.select(Message.id).where(
        Message.room_id.in_(rooms), Message.kind == "text", Message.text != "", Message.at < before,
        Message.id.not_in(locked()),
    )  # fmt: skip
    shown = sa.select(SentPicture.id).where(SentPicture.message_id.in_(messages))
    db.session.execute(sa.delete(PictureMarks).where(PictureMarks.picture_id.in_(shown)))
    drop_pictures(messages)
    db.session.execute(sa.delete(LessonSign).where(LessonSign.room_id.in_(rooms), LessonSign.at < before))
    said = (Feedback.room_id.in_(rooms), Feedback.at < before)
    db.session.execute(sa.update(Feedback).where(*said).values(words=""))
    db.session.execute(sa.update(Room).where(Room.id.in_(rooms), Room.closed_at < before).values(summary=""))
    empty_messages(messages)
