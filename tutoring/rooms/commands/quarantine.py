"""First measures that are nobody's act: after a report, or a risk that was found. Each can be taken back.

Lines in the room name neither a report nor who made it.
"""

from datetime import datetime

from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.events import announce
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.events import HoldChanged, MemberMuted, MemberUnmuted, MessageChanged
from tutoring.rooms.pictures import of_message
from tutoring.rooms.queries import locked_room, message, seat, shown_name

LOOKING = "Người trực đang xem lại phòng này. Từng tin được xem trước khi mọi người thấy."
WAITING = "{name} tạm chưa viết được trong lúc người trực xem lại phòng."


@command
def lock_room(room_id: int, on: bool = True) -> bool:
    """Nothing more is delivered before a watcher has read it; whoever writes still reaches the watchers."""
    room = locked_room(room_id)
    if room.hold_all == on or room.closed_at is not None:
        return False
    room.hold_all = on
    audit.record(None, "hold_room" if on else "unhold_room", f"room:{room_id}")
    system_line(room, LOOKING if on else "Tin nhắn trong phòng lại được gửi bình thường.")
    announce(HoldChanged(room_id, on))
    return True


@command
def silence(room_id: int, user_id: int, until: datetime, reason: str) -> bool:
    """Somebody who takes part reads but does not write until then."""
    room = locked_room(room_id)
    theirs = seat(room_id, user_id)
    if theirs is None or theirs.role == "observer" or theirs.removed_at is not None or room.closed_at is not None:
        return False
    if theirs.muted_until is not None and theirs.muted_until >= until:
        return False
    theirs.muted_until, theirs.mute_reason = until, reason
    audit.record(None, "mute", f"room:{room_id}", reason, user=user_id)
    announce(MemberMuted(room_id, user_id, None, until))
    system_line(room, WAITING.format(name=shown_name(theirs.user)))
    return True


@command
def unsilence(room_id: int, user_id: int) -> bool:
    """Take a silence back."""
    room = locked_room(room_id)
    theirs = seat(room_id, user_id)
    if theirs is None or not theirs.is_muted:
        return False
    theirs.muted_until, theirs.mute_reason = None, ""
    audit.record(None, "unmute", f"room:{room_id}", user=user_id)
    announce(MemberUnmuted(room_id, user_id, None))
    if room.closed_at is None:
        system_line(room, f"{shown_name(theirs.user)} viết lại được.")
    return True


@command
def conceal(room_id: int, seq: int) -> str:
    """Take a message away from everybody; returns how it stood, or nothing where there was nothing to hide."""
    locked_room(room_id)
    found = message(room_id, seq)
    if found.kind == "system" or found.status == "hidden":
        return ""
    before, found.status = found.status, "hidden"
    audit.record(None, "hide_message", f"room:{room_id}", seq=seq, author=found.author_id)
    announce(MessageChanged(room_id, seq, "hidden"))
    return before


@command
def answer_for(room_id: int, seq: int, by_id: int) -> None:
    """Somebody has decided that a concealed message stays so: a second look at it is for somebody else."""
    locked_room(room_id)
    found = message(room_id, seq)
    if found.status == "hidden":
        found.decided_by_id = by_id


@command
def reveal(room_id: int, seq: int, status: str) -> None:
    """Put a message back as it stood before it was concealed."""
    locked_room(room_id)
    found = message(room_id, seq)
    if found.status == "hidden" and status in ("sent", "masked", "held"):
        found.status = status
        audit.record(None, "reveal_message", f"room:{room_id}", seq=seq, author=found.author_id)
        announce(MessageChanged(room_id, seq, "released"))


@command
def lock_picture(room_id: int, seq: int, on: bool = True, by_id: int | None = None, reason: str = "") -> bool:
    """From now on nobody can fetch the picture of this message, whoever they are, and nothing removes its file; or
    that ends. Says whether there was something to do."""
    locked_room(room_id)
    row = of_message(room_id, seq)
    if row is None or (row[0].locked_at is not None) == on:
        return False
    row[0].locked_at = clock.now() if on else None
    audit.record(by_id, "lock_picture" if on else "unlock_picture", f"room:{room_id}", reason, seq=seq)
    return True
