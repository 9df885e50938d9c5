"""Reads of voice notes: rights to send and hear them, and what has been removed long enough ago."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import RoomFacts, may_decide_held, may_send_voice_note, voice_note_waits
from tutoring.rooms.hooks import decides_case_of
from tutoring.rooms.models import Message, VoiceNote
from tutoring.rooms.pictures.queries import is_open_to
from tutoring.rooms.queries import room, room_facts
from tutoring.rooms.site_settings import VOICE_NOTES
from tutoring.safety.sound_sanitizer import NOTE_COLUMNS

_LARGEST_ID = 2**31 - 1
_NOT_HERE = N_("Ở phòng này chưa gửi được tin thoại. Hãy viết thành tin nhắn.")
_NOT_HEARD = N_("Hãy nghe tin thoại trước, rồi mới cho gửi.")


def may_send(known: RoomFacts) -> bool:
    """Returns whether a user with these facts may send voice notes now."""
    return may_send_voice_note(known) and VOICE_NOTES()


def voice_note_waits_here(author: User, known: RoomFacts) -> str:
    """Returns why this user's voice note is held here, or ""; raises Forbidden if none may be sent."""
    if not may_send(known):
        raise Forbidden(_NOT_HERE)
    return "voice" if voice_note_waits(known, author.is_minor) else ""


def heard_note(viewer: User, room_id: int, note_id: int, ending: str) -> tuple[VoiceNote, bytes, bool]:
    """Returns a note with its sound for a user who may hear it now, and whether they hear it to decide.

    A hidden note stays open to people on duty and to who decides an open case about it. Raises NotFound otherwise.
    """
    column = NOTE_COLUMNS.get(ending)
    if column is None:
        raise NotFound
    known = room_facts(room(room_id), viewer)
    query = (
        sa.select(VoiceNote, Message)
        .join(Message, Message.id == VoiceNote.message_id)
        .options(undefer(getattr(VoiceNote, column)))
        .where(VoiceNote.id == min(note_id, _LARGEST_ID), Message.room_id == room_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    note, message = row
    withheld, is_open = message.status in ("held", "hidden"), is_open_to(viewer, known, message)
    judges = withheld and may_decide_held(known, message.author_id == viewer.id)
    if not judges and (withheld or not is_open):
        decides = decides_case_of(viewer, room_id, message.seq)
        if not decides and not is_open:
            raise NotFound
        judges = withheld and decides
    return note, getattr(note, column), judges


def require_heard(actor_id: int, message: Message) -> None:
    """Raises Conflict where an observer would release a voice note that they have not opened."""
    if message.status in ("held", "hidden") and message.voice is not None and message.voice.heard_by_id != actor_id:
        raise Conflict(_NOT_HEARD, code="not_heard")


def removed_before(moment: datetime, but_in: Collection[int] = ()) -> sa.Select[Any]:
    """Returns a query of the ids of notes that were hidden before this moment, except those in some rooms."""
    return (
        sa.select(VoiceNote.id)
        .join(Message, Message.id == VoiceNote.message_id)
        .where(VoiceNote.removed_at < moment, Message.room_id.not_in(but_in))
    )
