"""Posting: the one way by which a message comes into a room.

Membership, shape, rate, the detector and what follows from it; then number and text in one transaction, and only after
its commit the answer to the sender and the push to the others.
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed, Refusal, TooMany
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms import Facts, may_post_message, may_read_room
from tutoring.rooms.commands.lines import Card, Kept, append
from tutoring.rooms.commands.originals import keep_original
from tutoring.rooms.commands.risking import note
from tutoring.rooms.commands.weighing import Weighed, count_masks, weigh
from tutoring.rooms.events import MessageHeld, MessageRepeated, RoomSeen
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.pictures import waits_here
from tutoring.rooms.queries import facts, locked_room, readable, seat, sent_before, shown_time
from tutoring.rooms.resting import hush
from tutoring.rooms.waiting import is_new
from tutoring.safety.free_text import listen
from tutoring.safety.judge import judge
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
    known = facts(room, author)
    if not may_read_room(known):
        raise Missing
    if not is_client_id(client_id):
        raise Invalid(field="client_id")
    if earlier := sent_before(room_id, author.id, client_id):
        announce(MessageRepeated(room_id, room.last_seq))
        return earlier
    _refuse_silent_of(room, author, known, text)
    waits_for = waits_here(author, room, known) if picture else waits_for
    text = plain_text(text, bare=picture is not None)
    if reply_to is not None and not _may_be_answered(room, reply_to):
        raise Invalid(N_("Tin bạn trả lời không còn hiện nữa. Hãy gửi thành tin thường."), field="reply", code="gone")
    _refuse_flood_of(author.id, text)
    weighed = weigh(room, author, known, text, confirm, waits_for)
    made = append(
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
        announce(MessageHeld(room_id, made.seq, made.held_for))
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


def _refuse_silent_of(room: Room, author: User, known: Facts, text: object) -> None:
    """Whoever may not write here may still be in danger: then the words go to the people in charge without the room."""
    try:
        refuse_silent(room, author, known)
    except Refusal:
        if isinstance(text, str):
            listen(nfc(text))
        raise


def _refuse_flood_of(author_id: int, text: str) -> None:
    """Whoever writes too fast waits, unless somebody may be in danger: no cry for help is refused."""
    try:
        refuse_flood(author_id)
    except TooMany:
        if judge(text, minor=True).action != "care":
            raise


def refuse_flood(author_id: int) -> None:
    """Count one message; raise TooMany when it is one too many."""
    limits.hit("post", author_id)
    try:
        limits.hit("post_new", author_id)
    except TooMany:  # only who writes this fast is looked up
        if is_new(author_id):
            raise


def floods(author_ids: Sequence[int]) -> list[TooMany | None]:
    """The same for many messages in one question: who writes one too many, for each."""
    found = limits.hit_each_of(("post", "post_new"), author_ids)
    return [post or _if_new(author_id, new) for author_id, (post, new) in zip(author_ids, found, strict=True)]


def _if_new(author_id: int, refusal: TooMany | None) -> TooMany | None:
    return refusal if refusal is not None and is_new(author_id) else None


def refuse_silent(room: Room, author: User, known: Facts) -> None:
    """Say why somebody may not write here now, if they may not."""
    if may_post_message(known):
        return
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc nên không gửi tin được nữa. Bạn vẫn đọc lại được."), code="closed")
    if (quiet := hush(room, known)) is not None:
        raise quiet.refusal()
    if known.locked:
        raise NotAllowed(N_("Phòng đang khoá: %(why)s. Bạn vẫn đọc được."), code="locked", why=room.lock_words)
    mine = seat(room.id, author.id)
    assert mine is not None and mine.muted_until is not None
    raise NotAllowed(
        N_("Bạn đang được yêu cầu tạm ngừng viết đến %(until)s. Bạn vẫn đọc được."),
        code="muted",
        until=shown_time(mine.muted_until),
    )


def plain_text(text: object, longest: int = LONGEST, bare: bool = False) -> str:
    """Typed text in its stored form, or a refusal that says what is wrong with it; `bare`: it may be empty."""
    if not isinstance(text, str):
        raise Invalid(field="text")
    text = nfc(text)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no database takes
        raise Invalid(field="text") from None
    if not text and not bare:
        raise Invalid(N_("Hãy viết gì đó trước khi gửi."), code="empty", field="text")
    if len(text) > longest:
        raise Invalid(
            N_("Tin dài quá %(longest)s ký tự. Hãy chia thành hai tin."),
            code="too_long",
            field="text",
            longest=longest,
        )
    return text


@command
def mark_seen(user: User, room_id: int, seq: int) -> None:
    """Note how far somebody has read; it never goes back."""
    room, _known = readable(user, room_id)
    if type(seq) is not int or seq < 0:
        raise Invalid
    newest = min(seq, room.last_seq)
    moved = db.session.execute(
        sa.update(Seat)
        .where(Seat.room_id == room_id, Seat.user_id == user.id, Seat.seen_seq < newest)
        .values(seen_seq=newest)
        .returning(Seat.id)
    )
    if moved.first() is not None:
        announce(RoomSeen(room_id, user.id, newest))
