"""Posting: the one way by which a message comes into a room.

Membership, shape, rate, the detector and what follows from it; then number and text in one transaction, and only after
its commit the answer to the sender and the push to the others.

What becomes of a message that stands: its author changes or withdraws it, others say in a word what they make of it.

Each is numbered by the room (`rev`), so that a page which missed it can ask for it.
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms.participation import (
    RoomFacts,
    may_edit_message,
    may_post_message,
    may_react,
    may_read_room,
    may_withdraw_message,
)
from tutoring.rooms.events import MessageChanged, MessageHeld, MessageRepeated, RoomSeen
from tutoring.rooms.messages.originals import keep_original
from tutoring.rooms.messages.screening import Weighed, count_masks, screen_message
from tutoring.rooms.messages.store import Card, Kept, append_message
from tutoring.rooms.models import REACTIONS, Message, MessageVersion, Reaction, Room, Seat
from tutoring.rooms.moderation.queries import is_new
from tutoring.rooms.pictures.queries import waits_here
from tutoring.rooms.queries import locked_room, message, readable_room, room_facts, seat, sent_before, shown_time
from tutoring.rooms.read_only import read_only_notice
from tutoring.rooms.risk.commands import note
from tutoring.safety.free_text import SaidDanger, listen
from tutoring.safety.screening import screen_text
from tutoring.welfare.commands import disclose

LONGEST = 1000
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@command
def post_message(
    author: User,
    room_id: int,
    client_id: str,
    text: str,
    confirm: bool = False,
    picture: Kept | None = None,
    reply_to: int | None = None,
    lesson: Card | None = None,
    waits_for: str = "",
) -> Message:
    """Store what somebody writes; once this returns from its transaction the message is safe.

    The same client id again gives the first answer, even when the room has been closed in between: the first
    text stands. `confirm` sends what was warned of before. A picture makes the text its caption (see pictures.py).
    `reply_to` is the number of a message of this room that everybody sees. `waits_for` says why it waits in any case.
    """
    room = locked_room(room_id)
    known = room_facts(room, author)
    if not may_read_room(known):
        raise NotFound
    if not is_client_id(client_id):
        raise InvalidInput(field="client_id")
    if earlier := sent_before(room_id, author.id, client_id):
        publish(MessageRepeated(room_id, room.last_seq))
        return earlier
    _refuse_silent_of(room, author, known, text)
    waits_for = waits_here(author, room, known) if picture else waits_for
    text = plain_text(text, bare=picture is not None)
    if reply_to is not None and not _may_be_answered(room, reply_to):
        raise InvalidInput(
            N_("Tin bạn trả lời không còn hiện nữa. Hãy gửi thành tin thường."), field="reply", code="gone"
        )
    _refuse_flood_of(author.id, text)
    weighed = screen_message(room, author, known, text, confirm, waits_for)
    made = append_message(
        room,
        weighed.text,
        author_id=author.id,
        client_id=client_id,
        status=weighed.status,
        held_for=weighed.held_for,
        found=_found(weighed),
        picture=picture,
        reply_to=reply_to,
        lesson=lesson,
        disclosed=weighed.care,
    )
    note(room, author, weighed.risk, made.seq)
    if weighed.care:
        disclose(author, "room", text, weighed.hits, unit_id=room.unit_id, place=f"{room_id}/{made.seq}")
        return made
    keep_original(made, text, weighed.hits)
    if made.status == "held":
        publish(MessageHeld(room_id, made.seq, made.held_for))
    elif made.status == "masked":
        count_masks(room, author)
    return made


def _found(weighed: Weighed) -> list[tuple[str, int, int]]:
    """What was found, and where. Of words that are sealed only that they are: places would tell how long they are."""
    if weighed.care:
        return [("distress", 0, 0)]
    return [(hit.kind, hit.start, hit.end) for hit in weighed.hits]


def is_client_id(value: object) -> bool:
    """Whether this is an id as a client makes it, under which sending twice is the same as once."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _may_be_answered(room: Room, seq: object) -> bool:
    if type(seq) is not int or not 0 < seq <= room.last_seq:
        return False
    shown = sa.exists().where(
        Message.room_id == room.id, Message.seq == seq, Message.kind == "text", Message.status.in_(("sent", "masked"))
    )
    return bool(db.session.scalar(sa.select(shown)))


def _refuse_silent_of(room: Room, author: User, known: RoomFacts, text: object) -> None:
    """Whoever may not write here may still be in danger: then the words go to the people in charge without the room."""
    try:
        refuse_silent(room, author, known)
    except DomainError:
        if isinstance(text, str):
            listen(nfc(text))
        raise


def _refuse_flood_of(author_id: int, text: str) -> None:
    """Whoever writes too fast waits, unless somebody may be in danger: no cry for help is refused."""
    try:
        refuse_flood(author_id)
    except RateLimited:
        if screen_text(text, minor=True).action != "care":
            raise


def refuse_flood(author_id: int) -> None:
    """Count one message; raise TooMany when it is one too many."""
    rate_limits.hit("post", author_id)
    try:
        rate_limits.hit("post_new", author_id)
    except RateLimited:  # only who writes this fast is looked up
        if is_new(author_id):
            raise


def floods(author_ids: Sequence[int]) -> list[RateLimited | None]:
    """The same for many messages in one question: who writes one too many, for each."""
    found = rate_limits.hit_each_of(("post", "post_new"), author_ids)
    return [post or _if_new(author_id, new) for author_id, (post, new) in zip(author_ids, found, strict=True)]


def _if_new(author_id: int, refusal: RateLimited | None) -> RateLimited | None:
    return refusal if refusal is not None and is_new(author_id) else None


def refuse_silent(room: Room, author: User, known: RoomFacts) -> None:
    """Say why somebody may not write here now, if they may not."""
    if may_post_message(known):
        return
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc nên không gửi tin được nữa. Bạn vẫn đọc lại được."), code="closed")
    if (quiet := read_only_notice(room, known)) is not None:
        raise quiet.refusal()
    if known.locked:
        raise Forbidden(N_("Phòng đang khoá: %(why)s. Bạn vẫn đọc được."), code="locked", why=room.lock_words)
    mine = seat(room.id, author.id)
    assert mine is not None and mine.muted_until is not None
    raise Forbidden(
        N_("Bạn đang được yêu cầu tạm ngừng viết đến %(until)s. Bạn vẫn đọc được."),
        code="muted",
        until=shown_time(mine.muted_until),
    )


def plain_text(text: object, longest: int = LONGEST, bare: bool = False) -> str:
    """Typed text in its stored form, or a refusal that says what is wrong with it; `bare`: it may be empty."""
    if not isinstance(text, str):
        raise InvalidInput(field="text")
    text = nfc(text)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no database takes
        raise InvalidInput(field="text") from None
    if not text and not bare:
        raise InvalidInput(N_("Hãy viết gì đó trước khi gửi."), code="empty", field="text")
    if len(text) > longest:
        raise InvalidInput(
            N_("Tin dài quá %(longest)s ký tự. Hãy chia thành hai tin."),
            code="too_long",
            field="text",
            longest=longest,
        )
    return text


@command
def mark_seen(user: User, room_id: int, seq: int) -> None:
    """Note how far somebody has read; it never goes back."""
    room, _known = readable_room(user, room_id)
    if type(seq) is not int or seq < 0:
        raise InvalidInput
    newest = min(seq, room.last_seq)
    moved = db.session.execute(
        sa.update(Seat)
        .where(Seat.room_id == room_id, Seat.user_id == user.id, Seat.seen_seq < newest)
        .values(seen_seq=newest)
        .returning(Seat.id)
    )
    if moved.first() is not None:
        publish(RoomSeen(room_id, user.id, newest))


TOO_LATE = N_("Chỉ sửa được trong 5 phút sau khi gửi. Hãy gửi một tin mới để nói lại.")


def _standing(user: User, room_id: int, seq: int) -> tuple[Room, RoomFacts, Message]:
    """A room, held by the running command, and a message of somebody in it, for one who reads the room."""
    room = locked_room(room_id)
    known = room_facts(room, user)
    if not may_read_room(known):
        raise NotFound
    found = message(room_id, seq)
    if found.kind != "text":
        raise NotFound
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
        raise NotFound
    refuse_silent(room, author, known)
    if found.status != "sent" or found.lesson_slug is not None:
        raise Conflict(N_("Tin này không sửa được nữa. Hãy gửi một tin mới."), code="stands")
    if not may_edit_message(known, own, clock.now() - found.at):
        raise Conflict(TOO_LATE, code="too_late")
    rate_limits.hit("edit", author.id)
    text = plain_text(text, bare=found.picture is not None)
    if text == found.text:
        return found
    weighed = screen_message(room, author, known, text, confirm, seq=seq)
    if weighed.care:
        raise SaidDanger(text, weighed.hits)
    if weighed.status != "sent":
        say = N_("Lời mới cần được che hoặc chờ thầy cô xem nên không thay được. Hãy gửi thành một tin mới.")
        raise Conflict(say, code="not_as_it_is", field="text")
    db.session.add(MessageVersion(message_id=found.id, text=found.text))
    found.text, found.edited_at = weighed.text, clock.now()
    found.found = [[hit.kind, hit.start, hit.end] for hit in weighed.hits]
    note(room, author, weighed.risk, seq)
    publish(MessageChanged(room_id, seq, "edited"))
    return found


@command
def withdraw_message(author: User, room_id: int, seq: int) -> Message:
    """Take one's own message away from the others; its number stays, and those who watch can still look at it."""
    _room, known, found = _standing(author, room_id, seq)
    if not may_withdraw_message(known, found.author_id == author.id):
        raise NotFound
    if found.is_withdrawn:
        return found
    if found.status == "hidden":
        raise Conflict(N_("Tin này đã được ẩn rồi."), code="stands")
    found.status, found.decided_by_id = "hidden", author.id
    audit.record(author.id, "withdraw_message", f"room:{room_id}", seq=seq)
    publish(MessageChanged(room_id, seq, "withdrawn"))
    return found


@command
def react(user: User, room_id: int, seq: int, word: str) -> Message:
    """Say in one of a few words what one makes of a message; no word takes back what was said."""
    room, known, found = _standing(user, room_id, seq)
    own = found.author_id == user.id
    if own or found.status not in {"sent", "masked"}:
        raise NotFound
    if not may_react(known, own):
        refuse_silent(room, user, known)
    if word not in ("", *REACTIONS):
        raise InvalidInput(field="word")
    rate_limits.hit("react", user.id)
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
    publish(MessageChanged(room_id, seq, "reacted"))
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
