"""What becomes of a message that stands: its author changes or withdraws it, others say in a word what they make of it.

Each is numbered by the room (`rev`), so that a page which missed it can ask for it.
"""

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy.rooms import (
    Facts,
    may_edit_message,
    may_react,
    may_read_room,
    may_withdraw_message,
)
from tutoring.rooms.commands.messages import plain_text, refuse_silent
from tutoring.rooms.commands.risking import note
from tutoring.rooms.commands.weighing import weigh
from tutoring.rooms.events import MessageChanged
from tutoring.rooms.models import REACTIONS, Message, MessageVersion, Reaction, Room
from tutoring.rooms.queries import facts, locked_room, message
from tutoring.safety.free_text import SaidDanger

TOO_LATE = N_("Chỉ sửa được trong 5 phút sau khi gửi. Hãy gửi một tin mới để nói lại.")


def _standing(user: User, room_id: int, seq: int) -> tuple[Room, Facts, Message]:
    """A room, held by the running command, and a message of somebody in it, for one who reads the room."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_read_room(known):
        raise Missing
    found = message(room_id, seq)
    if found.kind != "text":
        raise Missing
    return room, known, found


@command
def edit_message(author: User, room_id: int, seq: int, text: str, confirm: bool = False) -> Message:
    """Put other words in the place of one's own, within five minutes; what stood there is kept for those who watch.

    Only what could be sent as it is takes the place: what would be masked or wait for a watcher is refused, and can
    be sent as a message of its own, which goes that way.
    """
    room, known, found = _standing(author, room_id, seq)
    own = found.author_id == author.id
    if not own:
        raise Missing
    refuse_silent(room, author, known)
    if found.status != "sent" or found.lesson_slug is not None:
        raise Conflict(N_("Tin này không sửa được nữa. Hãy gửi một tin mới."), code="stands")
    if not may_edit_message(known, own, clock.now() - found.at):
        raise Conflict(TOO_LATE, code="too_late")
    limits.hit("edit", author.id)
    text = plain_text(text, bare=found.picture is not None)
    if text == found.text:
        return found
    weighed = weigh(room, author, known, text, confirm, seq=seq)
    if weighed.care:
        raise SaidDanger(text, weighed.hits)
    if weighed.status != "sent":
        say = N_("Lời mới cần được che hoặc chờ thầy cô xem nên không thay được. Hãy gửi thành một tin mới.")
        raise Conflict(say, code="not_as_it_is", field="text")
    db.session.add(MessageVersion(message_id=found.id, text=found.text))
    found.text, found.edited_at = weighed.text, clock.now()
    found.found = [[hit.kind, hit.start, hit.end] for hit in weighed.hits]
    note(room, author, weighed.risk, seq)
    announce(MessageChanged(room_id, seq, "edited"))
    return found


@command
def withdraw_message(author: User, room_id: int, seq: int) -> Message:
    """Take one's own message away from the others; its number stays, and those who watch can still look at it."""
    _room, known, found = _standing(author, room_id, seq)
    if not may_withdraw_message(known, found.author_id == author.id):
        raise Missing
    if found.is_withdrawn:
        return found
    if found.status == "hidden":
        raise Conflict(N_("Tin này đã được ẩn rồi."), code="stands")
    found.status, found.decided_by_id = "hidden", author.id
    audit.record(author.id, "withdraw_message", f"room:{room_id}", seq=seq)
    announce(MessageChanged(room_id, seq, "withdrawn"))
    return found


@command
def react(user: User, room_id: int, seq: int, word: str) -> Message:
    """Say in one of a few words what one makes of a message; no word takes back what was said."""
    room, known, found = _standing(user, room_id, seq)
    own = found.author_id == user.id
    if own or found.status not in {"sent", "masked"}:
        raise Missing
    if not may_react(known, own):
        refuse_silent(room, user, known)
    if word not in ("", *REACTIONS):
        raise Invalid(field="word")
    limits.hit("react", user.id)
    mine = db.session.get(Reaction, (found.id, user.id))
    if (mine.word if mine else "") == word:
        return found
    if mine is None:
        db.session.add(Reaction(message_id=found.id, user_id=user.id, word=word))
    elif word:
        mine.word = word
    else:
        db.session.delete(mine)
    db.session.flush()
    announce(MessageChanged(room_id, seq, "reacted"))
    return found


def number_change(room_id: int, seq: int) -> Message:
    """Give a message that has become something else the room's next number of changes, inside the running command."""
    rev = db.session.scalar(
        sa.update(Room)
        .where(Room.id == room_id)
        .values(rev=Room.rev + 1)
        .returning(Room.rev)
        .execution_options(synchronize_session=False)
    )
    found = message(room_id, seq)
    found.rev = rev or 0
    if (room := db.session.get(Room, room_id)) is not None:
        set_committed_value(room, "rev", found.rev)
    db.session.flush()
    return found
