"""Reversible moderation actions on messages, seats, locks and pictures, and their undo.

The caller checks rights and writes the audit chain. Only automatic measures after a report or a risk, and picture
locks, write their own row. Actions of the queue return the state that undoes them. System messages name neither a
report, nor its author, nor the user who decided.
"""

from datetime import datetime
from typing import Any

from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.rooms.events import HoldChanged, LockChanged, MemberMuted, MemberReturned, MemberUnmuted, MessageChanged
from tutoring.rooms.messages.originals import decrypt_original, drop_original, keep_original
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.moderation.queries import has_original, open_seats
from tutoring.rooms.pictures.queries import is_locked, of_message
from tutoring.rooms.queries import locked_room, message, seat, shown_name
from tutoring.rooms.voice_notes.queries import require_heard
from tutoring.safety.screening import ELSEWHERE, MASKED, disclosing_hits, mask_hits, screen_text

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
        raise NotFound
    return room, found


def _changed(room: Room, found: Message, what: str, line: str) -> None:
    publish(MessageChanged(room.id, found.seq, what))
    if room.closed_at is None:
        append_system_message(room, _LINES[line].format(seq=found.seq))


# ---- messages ------------------------------------------------------------------------------------------------


@command
def send_held_message(by_id: int, room_id: int, seq: int) -> dict[str, Any]:
    """Sends a held message, masked where needed; returns the state before."""
    room, found = _locked(room_id, seq)
    if found.status != "held":
        raise Conflict(N_("Tin này đã được xem rồi."))
    require_heard(by_id, found)
    was = {"status": found.status, "by": found.decided_by_id}
    found.status, found.decided_by_id = "sent", by_id
    _changed(room, found, "released", "release")
    return was


@command
def remove_message(by_id: int, room_id: int, seq: int) -> dict[str, Any]:
    """Hides a message from all users; its number stays. Returns the state before."""
    room, found = _locked(room_id, seq)
    if found.status == "hidden":
        raise Conflict(N_("Tin này đã được ẩn rồi."))
    was = {"status": found.status, "by": found.decided_by_id}
    found.status, found.decided_by_id = "hidden", by_id
    _changed(room, found, "desk", "hide")
    return was


@command
def mask_message(by_id: int, room_id: int, seq: int, part: str = "") -> dict[str, Any]:
    """Masks what the detector finds in a message, or the given part; returns the state before.

    The original is stored encrypted, as for every masked message.
    """
    room, found = _locked(room_id, seq)
    if found.status != "sent" or has_original(found.id):
        raise Conflict(N_("Tin này đã được che hoặc giữ rồi. Muốn che thêm thì ẩn cả tin."))
    text, was = found.text, {"status": found.status, "by": found.decided_by_id, "found": found.found}
    hits = [] if part else disclosing_hits(screen_text(text, minor=True).hits, MASKED | ELSEWHERE)
    shown = text.replace(part, COVERED) if part else mask_hits(text, hits)
    if shown == text:
        raise InvalidInput(_NOT_THERE if part else _NOTHING_FOUND, field="part")
    found.text, found.status, found.decided_by_id = shown, "masked", by_id
    if hits:
        found.found = [[hit.kind, hit.start, hit.end] for hit in hits]
    keep_original(found, text, hits, by_hand=True)
    _changed(room, found, "desk", "mask")
    return was


@command
def restore_message(room_id: int, seq: int, was: dict[str, Any]) -> None:
    """Restores a message to its state before the action, except for what is never stored."""
    room, found = _locked(room_id, seq)
    if not found.text and not found.picture:
        raise Conflict(_GONE)
    if found.is_withdrawn:
        raise Conflict(N_("Người viết đã thu hồi tin này."))
    if is_locked(room_id, seq):
        raise Conflict(N_("Ảnh của tin này đang bị khoá, nên tin chưa thể hiện lại."))
    if "found" in was:
        found.text, found.found = decrypt_original(found.id) or found.text, was["found"]
        drop_original(found.id)
    found.status, found.decided_by_id = was["status"], was["by"]
    _changed(room, found, "desk", "back")


# ---- seats and locks -----------------------------------------------------------------------------------------


def mute_of(room_id: int, user_id: int) -> dict[str, Any]:
    """Returns the mute of a user in a room, in the form that `let_write` restores."""
    theirs = seat(room_id, user_id)
    until = theirs.muted_until if theirs is not None else None
    return {"room": room_id, "until": until and until.isoformat(), "why": theirs.mute_reason if theirs else ""}


def rooms_where_seated(user_id: int) -> list[int]:
    """Returns the open rooms in which this user is a participant now."""
    return sorted(one.room_id for one in open_seats(user_id) if one.role != "observer")


@command
def restore_mute(user_id: int, was: dict[str, Any], until: datetime) -> None:
    """Restores the mute before an action; a mute changed since (`until` differs) stays."""
    room = locked_room(was["room"])
    theirs = seat(room.id, user_id)
    if theirs is None or theirs.muted_until != until:
        return
    theirs.muted_until = datetime.fromisoformat(was["until"]) if was["until"] else None
    theirs.mute_reason = was["why"]
    publish(MemberUnmuted(room.id, user_id, None))
    if room.closed_at is None and not theirs.is_muted:
        append_system_message(room, f"{shown_name(theirs.user)} viết lại được.")


@command
def forget_mute(room_id: int, user_id: int, until: datetime) -> None:
    """Erases an expired mute that was wrong; otherwise it would count against the pair."""
    locked_room(room_id)
    theirs = seat(room_id, user_id)
    if theirs is not None and theirs.muted_until == until:
        theirs.muted_until, theirs.mute_reason = None, ""


@command
def bring_back(room_id: int, user_id: int, why: str) -> None:
    """Restores the seat of a removed person; `why` is the seat's earlier reason."""
    room = locked_room(room_id)
    theirs: Seat | None = seat(room_id, user_id)
    if theirs is None or theirs.removed_at is None:
        return
    theirs.removed_at, theirs.mute_reason = None, why
    publish(MemberReturned(room_id, user_id))
    if room.closed_at is None:
        append_system_message(room, f"{shown_name(theirs.user)} được vào lại phòng.")


@command
def open_again(by_id: int, room_id: int) -> None:
    """Unlocks a locked room."""
    room = locked_room(room_id)
    if room.locked_at is None:
        return
    room.locked_at, room.locked_by_id, room.lock_reason = None, None, ""
    if room.closed_at is None:
        append_system_message(room, "Người trực đã mở khoá. Mọi người viết lại được.")
    publish(LockChanged(room_id, False, by_id))


LOOKING = "Người trực đang xem lại phòng này. Từng tin được xem trước khi mọi người thấy."
WAITING = "{name} tạm chưa viết được trong lúc người trực xem lại phòng."


@command
def lock_room(room_id: int, on: bool = True) -> bool:
    """Holds all new messages for review, or ends that; messages still reach the observers."""
    room = locked_room(room_id)
    if room.hold_all == on or room.closed_at is not None:
        return False
    room.hold_all = on
    audit.record(None, "hold_room" if on else "unhold_room", f"room:{room_id}")
    append_system_message(room, LOOKING if on else "Tin nhắn trong phòng lại được gửi bình thường.")
    publish(HoldChanged(room_id, on))
    return True


@command
def mute_member(room_id: int, user_id: int, until: datetime, reason: str) -> bool:
    """Mutes a participant until a moment, as an automatic measure."""
    room = locked_room(room_id)
    theirs = seat(room_id, user_id)
    if theirs is None or theirs.role == "observer" or theirs.removed_at is not None or room.closed_at is not None:
        return False
    if theirs.muted_until is not None and theirs.muted_until >= until:
        return False
    theirs.muted_until, theirs.mute_reason = until, reason
    audit.record(None, "mute", f"room:{room_id}", reason, user=user_id)
    publish(MemberMuted(room_id, user_id, None, until))
    append_system_message(room, WAITING.format(name=shown_name(theirs.user)))
    return True


@command
def unsilence(room_id: int, user_id: int) -> bool:
    """Ends a mute, as an undo of an automatic measure."""
    room = locked_room(room_id)
    theirs = seat(room_id, user_id)
    if theirs is None or not theirs.is_muted:
        return False
    theirs.muted_until, theirs.mute_reason = None, ""
    audit.record(None, "unmute", f"room:{room_id}", user=user_id)
    publish(MemberUnmuted(room_id, user_id, None))
    if room.closed_at is None:
        append_system_message(room, f"{shown_name(theirs.user)} viết lại được.")
    return True


@command
def conceal_message(room_id: int, seq: int) -> str:
    """Hides a message; returns its status before, or "" where there was nothing to hide."""
    locked_room(room_id)
    found = message(room_id, seq)
    if found.kind == "system" or found.status == "hidden":
        return ""
    before, found.status = found.status, "hidden"
    audit.record(None, "hide_message", f"room:{room_id}", seq=seq, author=found.author_id)
    publish(MessageChanged(room_id, seq, "hidden"))
    return before


@command
def answer_for(room_id: int, seq: int, by_id: int) -> None:
    """Records who confirmed a concealed message; an appeal then needs another person."""
    locked_room(room_id)
    found = message(room_id, seq)
    if found.status == "hidden":
        found.decided_by_id = by_id


@command
def reveal(room_id: int, seq: int, status: str) -> None:
    """Restores a concealed message to its earlier status."""
    locked_room(room_id)
    found = message(room_id, seq)
    if found.status == "hidden" and status in ("sent", "masked", "held"):
        found.status = status
        audit.record(None, "reveal_message", f"room:{room_id}", seq=seq, author=found.author_id)
        publish(MessageChanged(room_id, seq, "released"))


@command
def lock_picture(room_id: int, seq: int, on: bool = True, by_id: int | None = None, reason: str = "") -> bool:
    """Locks the picture of a message, or unlocks it; returns whether anything changed.

    No user can fetch a locked picture, and nothing deletes its file.
    """
    locked_room(room_id)
    row = of_message(room_id, seq)
    if row is None or (row[0].locked_at is not None) == on:
        return False
    row[0].locked_at = clock.now() if on else None
    audit.record(by_id, "lock_picture" if on else "unlock_picture", f"room:{room_id}", reason, seq=seq)
    return True
