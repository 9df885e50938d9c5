"""The tables of pictures and voice notes added to a waiting request, and of spoken answers.

Until its room opens only the request's own side sees the pictures. The note of a minor only its author hears.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.base import ExecutableOption

from tutoring.kernel import clock
from tutoring.kernel.db import Model, db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.models import WrittenAnswer

MOST_PICTURES = 3  # of one request
_FIRST_MESSAGES = uuid.UUID("5b1c6f0e-3a57-4c1b-9d0d-0a4f6e2f7c11")  # the namespace of their client ids


def first_message_id(request_id: int) -> str:
    """Returns the client id under which a request's words become the first message of each of its rooms."""
    return str(uuid.uuid5(_FIRST_MESSAGES, str(request_id)))


class RequestPicture(Model):
    """A cleaned picture of a request.

    Each room of the request gets a copy, as a message with this client id.
    """

    __tablename__ = "waiting_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(unique=True, info={"personal": "picture"})
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    client_id: Mapped[str] = mapped_column(default=lambda: str(uuid.uuid4()))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class RequestVoiceNote(Model):
    """The voice note of a request. Each room of the request gets a copy, as a message with this client id."""

    __tablename__ = "waiting_voice_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), unique=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    milliseconds: Mapped[int]
    peaks: Mapped[bytes] = mapped_column(info={"personal": "voice"})  # loudness over time (safety/sound_sanitizer.py)
    opus: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    aac: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    client_id: Mapped[str] = mapped_column(default=lambda: str(uuid.uuid4()))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class SpokenAnswer(Model):
    """The sound of an answer that was spoken instead of written; the answer's text says its length."""

    __tablename__ = "spoken_answer"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("written_answer.id", ondelete="CASCADE"), primary_key=True)
    milliseconds: Mapped[int]
    peaks: Mapped[bytes] = mapped_column(info={"personal": "voice"})  # loudness over time (safety/sound_sanitizer.py)
    opus: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    aac: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})


def spoken_answers(answer_ids: Collection[int]) -> dict[int, SpokenAnswer]:
    """Returns the sounds of those of these answers that were spoken, by answer."""
    query = sa.select(SpokenAnswer).where(SpokenAnswer.answer_id.in_(answer_ids))
    return {one.answer_id: one for one in db.session.scalars(query)} if answer_ids else {}


def spoken_answer(request_id: int, answer_id: int, *options: ExecutableOption) -> SpokenAnswer:
    """Returns the sound of one answer to a request; raises NotFound."""
    query = sa.select(SpokenAnswer).join(WrittenAnswer, WrittenAnswer.id == SpokenAnswer.answer_id).options(*options)
    found = db.session.scalar(query.where(WrittenAnswer.id == answer_id, WrittenAnswer.request_id == request_id))
    if found is None:
        raise NotFound
    return found


def voice_note_of(request_id: int, *options: ExecutableOption) -> RequestVoiceNote | None:
    """Returns the voice note of a request, if it has one."""
    query = sa.select(RequestVoiceNote).where(RequestVoiceNote.request_id == request_id).options(*options)
    return db.session.scalar(query)


def pictures_of(request_id: int) -> list[RequestPicture]:
    """Returns the pictures of a request, oldest first."""
    query = sa.select(RequestPicture).where(RequestPicture.request_id == request_id).order_by(RequestPicture.id)
    return list(db.session.scalars(query))


def picture_of(request_id: int, picture_id: int) -> RequestPicture:
    """Returns one picture of a request; raises NotFound."""
    query = sa.select(RequestPicture).where(RequestPicture.id == picture_id, RequestPicture.request_id == request_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def kept_names(names: Collection[str]) -> set[str]:
    """Returns which of these files are pictures of requests."""
    return set(db.session.scalars(sa.select(RequestPicture.name).where(RequestPicture.name.in_(names))))
