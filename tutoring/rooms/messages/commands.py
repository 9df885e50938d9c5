"""Commands of messages: post, edit, withdraw, react, mark as seen.

`post_message` is the one way by which a user's message enters a room. It checks membership, shape and rate, then
screens the text. Number and text are stored in one transaction; response and pushes follow its commit.

Each later change of a message gets the room's next `rev`, so that a page that missed it can fetch it.
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
from tutoring.rooms.maths import texts as formulas
from tutoring.rooms.messages.originals import keep_original
from tutoring.rooms.messages.screening import ScreenedMessage, count_masks, screen_message
from tutoring.rooms.messages.store import Card, StoredPicture, append_message
from tutoring.rooms.models import REACTIONS, Message, MessageVersion, Reaction, Room, Seat
from tutoring.rooms.moderation.queries import is_new
from tutoring.rooms.pictures.queries import waits_here
from tutoring.rooms.queries import locked_room, message, readable_room, room_facts, seat, sent_before, shown_time
from tutoring.rooms.read_only import read_only_notice
from tutoring.rooms.risk.commands import note
from tutoring.rooms.voice_notes.queries import voice_note_waits_here
from tutoring.safety.free_text import SaidDanger, listen
from tutoring.safety.screening import screen_text
from tutoring.safety.sound_sanitizer import Sound
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
    picture: StoredPicture | None = None,
    reply_to: int | None = None,
    lesson: Card | None = None,
    waits_for: str = "",
    voice: Sound | None = None,
) -> Message:
    """Stores a user's message; after the commit the message is safe.

    Idempotent by client id: a repeated id returns the first message, even if the room has been closed since. `confirm`
    accepts an earlier warning. A picture makes the text its caption (see pictures/commands.py), a voice note comes with
    its length. `reply_to` is the number of a visible message of this room. `waits_for` is a reason to hold the message
    in any case.

    Raises NotFound for non-readers, and a domain error with the reason for what may not be sent.
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
    waits_for = waits_for or _attachment_waits(author, room, known, picture, voice)
    text = plain_text(text, bare=picture is not None)
    _refuse_reply_to_hidden(room, reply_to)
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
        voice=voice,
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
    elif made.status == "masked" and not room.is_talk:
        count_masks(room, author)
    return made


def _found(weighed: ScreenedMessage) -> list[tuple[str, int, int]]:
    """Returns the finds with positions.

    For an encrypted text only the kind is returned: positions would reveal its length.
    """
    if weighed.care:
        return [("distress", 0, 0)]
    return [(hit.kind, hit.start, hit.end) for hit in weighed.hits]


def is_client_id(value: object) -> bool:
    """Returns whether this is a client-generated UUID, the idempotency key of a message."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _attachment_waits(
    author: User, room: Room, known: RoomFacts, picture: StoredPicture | None, voice: Sound | None
) -> str:
    """Returns why a picture or voice note is held here, or ""; raises Forbidden if none may be sent."""
    if picture is not None:
        return waits_here(author, room, known)
    return voice_note_waits_here(author, known) if voice is not None else ""


def _refuse_reply_to_hidden(room: Room, reply_to: int | None) -> None:
    if reply_to is not None and not _may_be_answered(room, reply_to):
        raise InvalidInput(
            N_("Tin bạn trả lời không còn hiện nữa. Hãy gửi thành tin thường."), field="reply", code="gone"
        )


def _may_be_answered(room: Room, seq: object) -> bool:
    if type(seq) is not int or not 0 < seq <= room.last_seq:
        return False
    shown = sa.exists().where(
        Message.room_id == room.id, Message.seq == seq, Message.kind == "text", Message.status.in_(("sent", "masked"))
    )
    return bool(db.session.scalar(sa.select(shown)))


def _refuse_silent_of(room: Room, author: User, known: RoomFacts, text: object) -> None:
    """Raises if the author may not write; a text about danger still reaches people in charge."""
    try:
        require_may_write(room, author, known)
    except DomainError:
        if isinstance(text, str):
            listen(nfc(text))
        raise


def _refuse_flood_of(author_id: int, text: str) -> None:
    """Raises RateLimited for a fast writer, unless the text is a cry for help."""
    try:
        refuse_flood(author_id)
    except RateLimited:
        if screen_text(text, minor=True).action != "care":
            raise


def refuse_flood(author_id: int) -> None:
    """Counts one message; raises RateLimited above the limit."""
    rate_limits.hit("post", author_id)
    try:
        rate_limits.hit("post_new", author_id)
    except RateLimited:  # newness is queried only for fast writers
        if is_new(author_id):
            raise


def floods(author_ids: Sequence[int]) -> list[RateLimited | None]:
    """Counts many messages with one query; returns the rate limit error of each author, or None."""
    found = rate_limits.hit_each_of(("post", "post_new"), author_ids)
    return [post or _if_new(author_id, new) for author_id, (post, new) in zip(author_ids, found, strict=True)]


def _if_new(author_id: int, refusal: RateLimited | None) -> RateLimited | None:
    return refusal if refusal is not None and is_new(author_id) else None


def require_may_write(room: Room, author: User, known: RoomFacts) -> None:
    """Raises the reason why a reader may not write here now; returns if the reader may."""
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
        N_("Bạn tạm ngừng viết đến %(until)s. Tin của mọi người bạn vẫn đọc được."),
        code="muted",
        until=shown_time(mine.muted_until),
    )


def plain_text(text: object, longest: int = LONGEST, bare: bool = False) -> str:
    """Returns the text in its stored form; raises InvalidInput with the reason.

    With `bare` the text may be empty.
    """
    if not isinstance(text, str):
        raise InvalidInput(field="text")
    text = nfc(text)
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which no database accepts
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
    formulas.check(text)
    return text


@command
def mark_seen(user: User, room_id: int, seq: int) -> None:
    """Stores how far a user has read; the number only grows."""
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
    """Returns the room, its row locked, and a person's message in it, for a reader of the room."""
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
    """Replaces the text of the user's own message within five minutes; observers see both.

    A text that would be masked or held is rejected. It can be sent as a new message, which goes through screening.
    """
    room, known, found = _standing(author, room_id, seq)
    own = found.author_id == author.id
    if not own:
        raise NotFound
    require_may_write(room, author, known)
    if found.status != "sent" or found.lesson_slug is not None or found.voice is not None:
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
        say = N_("Tin đã sửa cần được che hoặc chờ thầy cô xem nên không thay được. Hãy gửi thành một tin mới.")
        raise Conflict(say, code="not_as_it_is", field="text")
    db.session.add(MessageVersion(message_id=found.id, text=found.text))
    found.text, found.edited_at = weighed.text, clock.now()
    found.found = [[hit.kind, hit.start, hit.end] for hit in weighed.hits]
    note(room, author, weighed.risk, seq)
    publish(MessageChanged(room_id, seq, "edited"))
    return found


@command
def withdraw_message(author: User, room_id: int, seq: int) -> Message:
    """Withdraws the user's own message; its number stays, and observers can still read it."""
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
    """Sets the user's reaction to a message; an empty word removes it."""
    room, known, found = _standing(user, room_id, seq)
    own = found.author_id == user.id
    if own or found.status not in {"sent", "masked"}:
        raise NotFound
    if not may_react(known, own):
        require_may_write(room, user, known)
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
    """Gives a changed message the room's next `rev`, inside the current command."""
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
