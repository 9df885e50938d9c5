"""Stores messages in a room: the one place where a message gets its number."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.rooms.events import MessagePosted
from tutoring.rooms.models import Message, Room, SentPicture, VoiceNote
from tutoring.safety.sound_sanitizer import Sound


@dataclass(frozen=True)
class StoredPicture:
    """A sanitized picture with its stored file: name and sizes."""

    name: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True)
class Card:
    """A lesson, or one step of it, in the conversation; the text says the same."""

    slug: str
    number: int | None


def append_message(room: Room, text: str, *, author_id: int | None = None, client_id: str | None = None,
           kind: str = "text", status: str = "sent", held_for: str = "",
           found: Sequence[Sequence[str | int]] = (), picture: StoredPicture | None = None,
           voice: Sound | None = None, reply_to: int | None = None, lesson: Card | None = None,
           disclosed: bool = False) -> Message:  # fmt: skip
    """Stores one message under the room's next number, inside the current command.

    The room's row stays locked until the commit. So numbers follow the order of commits, and a rollback leaves no gap.
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
    if voice is not None:
        made.voice = VoiceNote(
            milliseconds=voice.milliseconds, peaks=voice.peaks, opus=voice.opus, aac=voice.aac
        )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    publish(MessagePosted(room.id, seq))
    return made


def append_system_message(room: Room, text: str, *, disclosed: bool = False) -> Message:
    """Adds a system message for all people in the room; `disclosed` hides it from guardians."""
    return append_message(room, text, kind="system", disclosed=disclosed)
