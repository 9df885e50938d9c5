"""The voice note of a waiting request: record, remove, copy into its room, delete at its end."""

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound, RateLimited
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.events import VoiceNoteLost
from tutoring.pairing.lifecycle.state_machine import lock_request
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests.commands import GROWING, lock_own_request
from tutoring.pairing.requests.models import RequestVoiceNote, voice_note_of
from tutoring.policy.pairing.requests import may_add_voice_note, may_hear_waiting_note
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.site_settings import VOICE_NOTES
from tutoring.rooms.voice_notes import commands as voice_notes_commands
from tutoring.safety.sound_sanitizer import Sound

_NOT_HERE = N_("Chỉ người cần giúp gửi được tin thoại cho yêu cầu này.")


def add_voice_note(user: User, request_id: int, data: bytes) -> None:
    """Cleans a sound and stores it with a waiting request, in place of an earlier one.

    Before its room opens only its author hears the note of a minor, and of an adult only the request's own side.
    """
    _may_add(user, request_id)
    _store(user, request_id, voice_notes_commands.clean(user, data))


def may_add(user: User, asked: HelpRequest) -> bool:
    """Returns whether this user may record a voice note for this request of their own side."""
    return VOICE_NOTES() and may_add_voice_note(asked.minor, user.id == asked.learner_id)


def may_hear(user: User, asked: HelpRequest, row: RequestVoiceNote, *, own_side: bool) -> bool:
    """Returns whether this user may hear and remove a note that waits with this request."""
    return may_hear_waiting_note(asked.minor, user.id == row.by_id, own_side)


@command
def _may_add(user: User, request_id: int) -> HelpRequest:
    asked = lock_own_request(user, request_id)
    rate_limits.hit("act", user.id)
    if not may_add(user, asked):
        raise Forbidden(_NOT_HERE)
    if asked.stage not in GROWING:
        raise Conflict(N_("Đã có người nhận rồi. Hãy gửi tin thoại trong phòng học."))
    return asked


@command
def _store(user: User, request_id: int, sound: Sound) -> None:
    asked = _may_add(user, request_id)  # checked again: the request may have been taken meanwhile
    forget_voice_note(asked.id)
    db.session.add(
        RequestVoiceNote(
            request_id=asked.id, by_id=user.id, milliseconds=sound.milliseconds, peaks=sound.peaks,
            opus=sound.opus, aac=sound.aac,
        )
    )  # fmt: skip


@command
def remove_voice_note(user: User, request_id: int) -> None:
    """Removes the voice note of a request of the user's own side; raises NotFound for who may not hear it."""
    asked = lock_own_request(user, request_id)
    row = voice_note_of(asked.id)
    if row is None:
        return
    if not may_hear(user, asked, row, own_side=True):
        raise NotFound
    forget_voice_note(asked.id)


@command
def forget_voice_note(request_id: int) -> None:
    """Deletes the voice note that waits with a request; the copies in its rooms stay."""
    db.session.execute(sa.delete(RequestVoiceNote).where(RequestVoiceNote.request_id == request_id))


@command
def bring_voice_note(request_id: int, room_id: int) -> None:
    """Enqueues the copying of a request's voice note, inside the command that opened the room."""
    row = voice_note_of(request_id)
    if row is not None:
        key = f"voice_note:{row.id}:{room_id}"
        jobs.enqueue("pairing.voice_note", key, clock.now(), request_id=request_id, room_id=room_id)


@jobs.job("pairing.voice_note")
def _bring(payload: dict[str, int]) -> None:
    """Posts a copy of the voice note under its author's name, by the rules of voice notes in a room.

    Who has written too much in this minute is tried again later. After any other refusal the author is told.
    """
    asked = lock_request(payload["request_id"])
    row = voice_note_of(asked.id, undefer(RequestVoiceNote.opus), undefer(RequestVoiceNote.aac))
    if row is None or asked.room_id != payload["room_id"]:
        return
    sound = Sound(row.opus, row.aac, row.milliseconds, row.peaks)
    author, text = db.session.get_one(User, row.by_id), voice_notes_commands.text_of(sound)
    try:
        messages_commands.post_message(author, payload["room_id"], row.client_id, text, voice=sound)
    except RateLimited:
        raise
    except DomainError:  # the room is closed already, or takes no voice notes, or its author has no seat there
        publish(VoiceNoteLost(asked.id, payload["room_id"], author.id))
