"""Commands of voice notes in rooms: send, note who has heard a held one, follow the message, clean up.

Slow steps run outside the transaction: a sound is first encoded anew, then its message is stored like every other.
"""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command, in_command
from tutoring.kernel.db import db
from tutoring.rooms.hooks import picture_holds
from tutoring.rooms.messages.commands import post_message, require_may_write
from tutoring.rooms.models import Message, VoiceNote, minutes_and_seconds
from tutoring.rooms.queries import readable_room, sent_before
from tutoring.rooms.voice_notes import queries as reads
from tutoring.safety import sound_sanitizer
from tutoring.safety.sound_sanitizer import Sound

KEPT_AFTER_REMOVAL = timedelta(days=30)


def take_voice_note(author: User, room_id: int, client_id: str, data: bytes) -> Message:
    """Encodes a recorded sound anew and posts it; idempotent by client id."""
    found, known = readable_room(author, room_id)
    if isinstance(client_id, str) and sent_before(room_id, author.id, client_id):
        return post_message(author, room_id, client_id, "")
    require_may_write(found, author, known)
    reads.voice_note_waits_here(author, known)
    sound = clean(author, data)
    return post_message(author, room_id, client_id, text_of(sound), voice=sound)


def text_of(sound: Sound) -> str:
    """Returns the text of the message: it stands in quotes, lists and copies, where no player can."""
    return f"Tin thoại {minutes_and_seconds(sound.milliseconds)}"


def clean(author: User, data: bytes) -> Sound:
    """Sanitizes a voice note; raises InvalidInput with the reason, or RateLimited."""
    if in_command():
        raise RuntimeError("cleaning a sound takes too long for a transaction")
    rate_limits.hit("voice_note", author.id)
    db.session.rollback()  # ends the transaction: no database lock is held during the slow work
    return sound_sanitizer.sanitize(data, note=True)


@command
def note_heard(note_id: int, by_id: int) -> None:
    """Records that an observer has opened a held note; only that one may release it."""
    db.session.execute(sa.update(VoiceNote).where(VoiceNote.id == note_id).values(heard_by_id=by_id))


@command
def follow_voice_note(message_id: int, status: str) -> None:
    """Records when a message's note was hidden from all users, or shown again."""
    note = sa.update(VoiceNote).where(VoiceNote.message_id == message_id)
    if status != "hidden":
        db.session.execute(note.values(removed_at=None))
    else:
        db.session.execute(note.where(VoiceNote.removed_at.is_(None)).values(removed_at=clock.now()))


@command
def delete_removed_notes() -> None:
    """Deletes notes hidden long enough ago, except in rooms of open cases."""
    needed = {room_id for held in picture_holds.collect() for room_id in held}
    old = reads.removed_before(clock.now() - KEPT_AFTER_REMOVAL, needed)
    db.session.execute(sa.delete(VoiceNote).where(VoiceNote.id.in_(old)))
