"""What the desk does to single messages, seats and locks, and what puts them back as they were.

Nothing is asked here, and no row of the audit chain written: who may, and what is recorded, is known by whoever calls.
Each returns what puts it back. Lines in the room name neither a report nor the one who decided.
"""

from datetime import datetime
from typing import Any

from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.originals import drop_original, keep_original, unsealed
from tutoring.rooms.events import LockChanged, MemberReturned, MemberUnmuted, MessageChanged
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.pictures import is_locked
from tutoring.rooms.queries import locked_room, message, seat, shown_name
from tutoring.rooms.waiting import has_original, open_seats
from tutoring.safety.judge import ELSEWHERE, MASKED, judge, masked, told

COVERED = "[người trực đã che]"
_LINES = {
    "release": "Người trực đã cho gửi tin số {seq}.",
    "mask": "Người trực đã che một phần tin số {seq}.",
    "hide": "Người trực đã ẩn tin số {seq}.",
    "back": "Người trực đã xem lại tin số {seq} và để lại như trước.",
}
_GONE = N_("Tin này đã được xoá theo ý của người viết, nên không để lại như trước được.")

_NOT_THERE = N_("Không thấy phần này trong tin. Hãy chép đúng phần cần che.")
_NOTHING_FOUND = N_("Máy không thấy phần nào cần che. Hãy chép phần cần che vào ô.")


def _locked(room_id: int, seq: int) -> tuple[Room, Message]:
    room = locked_room(room_id)
    found = message(room_id, seq)
    if found.kind != "text" or found.disclosed:
        raise Missing
    return room, found


def _changed(room: Room, found: Message, what: str, line: str) -> None:
    announce(MessageChanged(room.id, found.seq, what))
    if room.closed_at is None:
        system_line(room, _LINES[line].format(seq=found.seq))


# ---- messages ------------------------------------------------------------------------------------------------


@command
def let_through(by_id: int, room_id: int, seq: int) -> dict[str, Any]:
    """A held message is sent, with what was masked in it."""
    room, found = _locked(room_id, seq)
    if found.status != "held":
        raise Conflict(N_("Tin này đã được xem rồi."))
    was = {"status": found.status, "by": found.decided_by_id}
    found.status, found.decided_by_id = "sent", by_id
    _changed(room, found, "released", "release")
    return was


@command
def take_away(by_id: int, room_id: int, seq: int) -> dict[str, Any]:
    """A message is seen by nobody any more; its number stays."""
    room, found = _locked(room_id, seq)
    if found.status == "hidden":
        raise Conflict(N_("Tin này đã được ẩn rồi."))
    was = {"status": found.status, "by": found.decided_by_id}
    found.status, found.decided_by_id = "hidden", by_id
    _changed(room, found, "desk", "hide")
    return was


@command
def cover(by_id: int, room_id: int, seq: int, part: str = "") -> dict[str, Any]:
    """What the detector finds in a message, or this part of it, is masked; the original is kept sealed as of every
    masked message."""
    room, found = _locked(room_id, seq)
    if found.status != "sent" or has_original(found.id):
        raise Conflict(N_("Tin này đã được che hoặc giữ rồi. Muốn che thêm thì ẩn cả tin."))
    text, was = found.text, {"status": found.status, "by": found.decided_by_id, "found": found.found}
    hits = [] if part else told(judge(text, minor=True).hits, MASKED | ELSEWHERE)
    shown = text.replace(part, COVERED) if part else masked(text, hits)
    if shown == text:
        say = N_("Không thấy phần này trong tin. Hãy chép đúng phần cần che.")
        raise Invalid(
            say if part else N_("Máy không thấy phần nào cần che. Hãy chép phần cần che vào ô."), field="part"
        )
    found.text, found.status, found.decided_by_id = shown, "masked", by_id
    if hits:
        found.found = [[hit.kind, hit.start, hit.end] for hit in hits]
    keep_original(found, text, hits, by_hand=True)
    _changed(room, found, "desk", "mask")
    return was


@command
def put_back(room_id: int, seq: int, was: dict[str, Any]) -> None:
    """A message is again as it was before the desk's act, but for what is never kept."""
    room, found = _locked(room_id, seq)
    if not found.text and not found.picture:
        raise Conflict(_GONE)
    if found.is_withdrawn:
        raise Conflict(N_("Người viết đã thu hồi tin này."))
    if is_locked(room_id, seq):
        raise Conflict(N_("Ảnh của tin này đang bị khoá, nên tin chưa thể hiện lại."))
    if "found" in was:
        found.text, found.found = unsealed(found.id) or found.text, was["found"]
        drop_original(found.id)
    found.status, found.decided_by_id = was["status"], was["by"]
    _changed(room, found, "desk", "back")


# ---- seats and locks -----------------------------------------------------------------------------------------


def silence_of(room_id: int, user_id: int) -> dict[str, Any]:
    """Until when somebody is muted in a room, and why: what `let_write` puts back."""
    theirs = seat(room_id, user_id)
    until = theirs.muted_until if theirs is not None else None
    return {"room": room_id, "until": until and until.isoformat(), "why": theirs.mute_reason if theirs else ""}


def rooms_where_seated(user_id: int) -> list[int]:
    """Open rooms in which this person takes part now."""
    return sorted(one.room_id for one in open_seats(user_id) if one.role != "observer")


@command
def let_write(user_id: int, was: dict[str, Any], until: datetime) -> None:
    """A mute that still stands as it was set (`until`) is as it was before; one that somebody changed stays."""
    room = locked_room(was["room"])
    theirs = seat(room.id, user_id)
    if theirs is None or theirs.muted_until != until:
        return
    theirs.muted_until = datetime.fromisoformat(was["until"]) if was["until"] else None
    theirs.mute_reason = was["why"]
    announce(MemberUnmuted(room.id, user_id, None))
    if room.closed_at is None and not theirs.is_muted:
        system_line(room, f"{shown_name(theirs.user)} viết lại được.")


@command
def forget_mute(room_id: int, user_id: int, until: datetime) -> None:
    """A mute whose time is over was wrong: that there was one is forgotten, for it would count against a pair."""
    locked_room(room_id)
    theirs = seat(room_id, user_id)
    if theirs is not None and theirs.muted_until == until:
        theirs.muted_until, theirs.mute_reason = None, ""


@command
def bring_back(room_id: int, user_id: int, why: str) -> None:
    """Somebody who was removed has the seat again; `why` is what the seat said before."""
    room = locked_room(room_id)
    theirs: Seat | None = seat(room_id, user_id)
    if theirs is None or theirs.removed_at is None:
        return
    theirs.removed_at, theirs.mute_reason = None, why
    announce(MemberReturned(room_id, user_id))
    if room.closed_at is None:
        system_line(room, f"{shown_name(theirs.user)} được vào lại phòng.")


@command
def open_again(by_id: int, room_id: int) -> None:
    """A locked room is open for writing again."""
    room = locked_room(room_id)
    if room.locked_at is None:
        return
    room.locked_at, room.locked_by_id, room.lock_reason = None, None, ""
    if room.closed_at is None:
        system_line(room, "Người trực đã mở khoá. Mọi người viết lại được.")
    announce(LockChanged(room_id, False, by_id))
