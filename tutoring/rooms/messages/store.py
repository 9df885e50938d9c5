"""Writing into a room: the one place where a message gets its number."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.rooms.events import MessagePosted
from tutoring.rooms.models import Message, Room, SentPicture


@dataclass(frozen=True)
class Kept:
    """A cleaned picture whose file is written: its name and sizes."""

    name: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True)
class Card:
    """A lesson put into the talk, or one step of it; the message says the same in words."""

    slug: str
    number: int | None


def append_message(room: Room, text: str, *, author_id: int | None = None, client_id: str | None = None,
           kind: str = "text", status: str = "sent", held_for: str = "",
           found: Sequence[Sequence[str | int]] = (), picture: Kept | None = None,
           reply_to: int | None = None, lesson: Card | None = None, disclosed: bool = False) -> Message:  # fmt: skip
    """Store one message under the room's next number, inside the running command.

    Number and message are one transaction and the room's row stays locked until it ends, so the order of
    commits is the order of numbers, and what is undone gives its number back.
    """
    seq = db.session.scalar(
        sa.update(Room)
        .where(Room.id == room.id)
        .values(last_seq=Room.last_seq + 1)
        .returning(Room.last_seq)
        .execution_options(synchronize_session=False)
    )
    assert seq is not None
    set_committed_value(room, "last_seq", seq)
    made = Message(
        room_id=room.id,
        seq=seq,
        author_id=author_id,
        client_id=client_id,
        text=text,
        kind=kind,
        status=status,
        held_for=held_for,
        found=[list(one) for one in found],
        reply_to=reply_to,
        lesson_slug=lesson.slug if lesson else None,
        step_number=lesson.number if lesson else None,
        disclosed=disclosed,
    )
    if picture is not None:
        made.picture = SentPicture(name=picture.name, width=picture.width, height=picture.height, bytes=picture.bytes)
    db.session.add(made)
    db.session.flush()
    publish(MessagePosted(room.id, seq))
    return made


def system_line(room: Room, text: str) -> Message:
    """A line by the room itself: what everybody in it must see."""
    return append_message(room, text, kind="system")
