"""Posts the words of a request as the first message of its room, so that no learner types them twice."""

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests.models import first_message_id
from tutoring.pairing.requests.queries import added_words, request
from tutoring.rooms.messages import commands as messages_commands


@command
def bring_words(request_id: int, room_id: int) -> None:
    """Enqueues the first message, inside the command that opened the room."""
    jobs.enqueue("pairing.words", f"words:{request_id}:{room_id}", clock.now(), request_id=request_id, room_id=room_id)


@jobs.job("pairing.words")
def _bring(payload: dict[str, int]) -> None:
    """Posts the words under their author's name, by the rules of messages in a room."""
    asked = request(payload["request_id"])
    text = _text(asked)
    if not text or asked.room_id != payload["room_id"]:
        return
    author = db.session.get_one(User, asked.asked_by_id)
    try:
        messages_commands.post_message(author, payload["room_id"], first_message_id(asked.id), text, confirm=True)
    except DomainError:  # the room is closed already, or the author has no seat there; the request shows the words
        return


def _text(asked: HelpRequest) -> str:
    """Returns the author's own texts, as many whole ones as one message holds."""
    own = [one.words for one in added_words(asked.id) if one.by_id == asked.asked_by_id]
    text = ""
    for one in [asked.words, *own]:
        longer = f"{text}\n{one}".strip()
        if len(longer) > messages_commands.LONGEST:
            break
        text = longer
    return text
