"""An answer that is spoken instead of written, among adults."""

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.fallbacks.commands import keep_answer, lock_owed
from tutoring.pairing.lifecycle.state_machine import lock_request
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests.models import SpokenAnswer
from tutoring.policy.pairing.fallbacks import may_speak_answer
from tutoring.rooms.site_settings import VOICE_NOTES
from tutoring.rooms.voice_notes import commands as voice_notes_commands
from tutoring.safety.sound_sanitizer import Sound


def takes_voice(author: User, asked: HelpRequest) -> bool:
    """Returns whether an answer in writing from this user to this request may be spoken instead."""
    return VOICE_NOTES() and may_speak_answer(asked.minor, author.is_minor)


def speak_answer(author: User, request_id: int, data: bytes) -> None:
    """Encodes a recorded sound anew and stores it as the answer to a request.

    Raises NotFound when the author may not answer by voice, Conflict when no answer is owed, InvalidInput for what is
    no sound, RateLimited.
    """
    _lock_speakable(author, request_id)
    _store(author, request_id, voice_notes_commands.clean(author, data))


@command
def _lock_speakable(author: User, request_id: int) -> HelpRequest:
    if not takes_voice(author, lock_request(request_id)):
        raise NotFound
    return lock_owed(author, request_id)


@command
def _store(author: User, request_id: int, sound: Sound) -> None:
    asked = _lock_speakable(author, request_id)  # checked again: another answer may have come meanwhile
    answer = keep_answer(author, asked, voice_notes_commands.text_of(sound))
    made = {"milliseconds": sound.milliseconds, "peaks": sound.peaks, "opus": sound.opus, "aac": sound.aac}
    db.session.add(SpokenAnswer(answer_id=answer.id, **made))
