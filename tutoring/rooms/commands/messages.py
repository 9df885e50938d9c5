"""Posting, and what watchers do with single messages."""

import re

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms import Facts, may_post_message, may_read_room
from tutoring.rooms.commands.lines import append, system_line
from tutoring.rooms.commands.order import acting, why
from tutoring.rooms.events import HoldChanged, MessageChanged, MessageRepeated
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.queries import facts, locked_room, message, readable, seat, sent_before, shown_name, shown_time

LONGEST = 1000
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@command
def post_message(author: User, room_id: int, client_id: str, text: str, confirm: bool = False) -> Message:
    """Store what somebody writes; once this returns from its transaction the message is safe.

    The same client id again gives the first answer, even when the room has been closed in between: the first
    text stands. `confirm` sends what was warned of before.
    """
    room = locked_room(room_id)
    known = facts(room, author)
    if not may_read_room(known):
        raise Missing
    if not isinstance(client_id, str) or not _UUID.fullmatch(client_id):
        raise Invalid(field="client_id")
    if earlier := sent_before(room_id, author.id, client_id):
        announce(MessageRepeated(room_id, room.last_seq))
        return earlier
    _refuse_silent(room, author, known)
    return append(
        room,
        plain_text(text),
        author_id=author.id,
        client_id=client_id,
        status="held" if room.hold_all and known.role != "observer" else "sent",
    )


def _refuse_silent(room: Room, author: User, known: Facts) -> None:
    if may_post_message(known):
        return
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc nên không gửi tin được nữa. Bạn vẫn đọc lại được."), code="closed")
    mine = seat(room.id, author.id)
    assert mine is not None and mine.muted_until is not None
    raise NotAllowed(
        N_("Bạn đang được yêu cầu tạm ngừng viết đến %(until)s. Bạn vẫn đọc được."),
        code="muted",
        until=shown_time(mine.muted_until),
    )


def plain_text(text: object, longest: int = LONGEST) -> str:
    """Typed text in its stored form, or a refusal that says what is wrong with it."""
    if not isinstance(text, str):
        raise Invalid(field="text")
    text = nfc(text)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no database takes
        raise Invalid(field="text") from None
    if not text:
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
    db.session.execute(
        sa.update(Seat)
        .where(Seat.room_id == room_id, Seat.user_id == user.id, Seat.seen_seq < newest)
        .values(seen_seq=newest)
    )


# ---- watchers --------------------------------------------------------------------------------------------


@command
def hold_everything(actor: User, room_id: int, on: bool = True) -> None:
    """From now on what is written waits until a watcher lets it through (or no longer waits)."""
    room = acting(actor, room_id)
    if room.hold_all == on:
        return
    room.hold_all = on
    audit.record(actor.id, "hold_room" if on else "unhold_room", f"room:{room.id}")
    name = shown_name(actor)
    system_line(
        room,
        f"Từ bây giờ {name} xem từng tin trước khi mọi người thấy."
        if on
        else f"{name} đã cho gửi tin bình thường trở lại.",
    )
    announce(HoldChanged(room.id, on))


@command
def release_message(actor: User, room_id: int, seq: int) -> Message:
    """Let a held message through; it keeps its number."""
    return _decide(actor, room_id, seq, "released", "sent", "")


@command
def refuse_message(actor: User, room_id: int, seq: int, reason: str) -> Message:
    """A held message stays unseen for good."""
    return _decide(actor, room_id, seq, "refused", "hidden", why(reason))


def _decide(actor: User, room_id: int, seq: int, what: str, status: str, reason: str) -> Message:
    room = acting(actor, room_id)
    found = message(room_id, seq)
    if found.status != "held":
        raise Conflict(N_("Tin này đã được xem rồi."))
    return _change(actor, room, found, what, status, reason)


@command
def hide_message(actor: User, room_id: int, seq: int, reason: str) -> Message:
    """Take a message away from everybody; its number stays."""
    reason = why(reason)
    room = acting(actor, room_id)
    found = message(room_id, seq)
    if found.kind != "text":
        raise Missing
    if found.status == "hidden":
        return found
    return _change(actor, room, found, "hidden", "hidden", reason)


_ACTS = {  # what happened to a message: the act in the audit, the line in the room
    "released": ("release_message", "{name} đã cho gửi tin số {seq}."),
    "refused": ("refuse_message", "{name} đã giữ lại tin số {seq}, không gửi."),
    "hidden": ("hide_message", "{name} đã ẩn tin số {seq}."),
}


def _change(actor: User, room: Room, found: Message, what: str, status: str, reason: str) -> Message:
    act, line = _ACTS[what]
    found.status = status
    audit.record(actor.id, act, f"room:{room.id}", reason, seq=found.seq, author=found.author_id)
    announce(MessageChanged(room.id, found.seq, what))
    system_line(room, line.format(name=shown_name(actor), seq=found.seq))
    return found
