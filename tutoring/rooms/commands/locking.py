"""A locked room: everybody reads, and only watchers write until one of them unlocks it. Nothing else ends it."""

from tutoring.accounts.models import User
from tutoring.community.protections import Lifting, check
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.events import announce
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.order import acting, why
from tutoring.rooms.events import LockChanged
from tutoring.rooms.queries import shown_name


@command
def lock_writing(actor: User, room_id: int, reason: str) -> None:
    """From now on who takes part reads but does not write, draw or send pictures; everybody reads by whom and why.
    Saying it twice changes nothing."""
    reason = why(reason)
    room = acting(actor, room_id)
    if room.locked_at is not None:
        return
    room.locked_at, room.locked_by_id, room.lock_reason = clock.now(), actor.id, reason
    audit.record(actor.id, "lock_room", f"room:{room.id}", reason)
    system_line(room, f"{shown_name(actor)} đã khoá phòng: {room.lock_words}. Mọi người vẫn đọc được.")
    announce(LockChanged(room.id, True, actor.id))


@command
def unlock_writing(actor: User, room_id: int, reason: str = "") -> None:
    """Everybody may write again, but for those who are muted. A typed reason is kept in the audit chain."""
    reason = why(reason, needed=False)
    room = acting(actor, room_id)
    if room.locked_at is None:
        return
    check(actor, Lifting("lock", room_id=room.id))
    room.locked_at, room.locked_by_id, room.lock_reason = None, None, ""
    audit.record(actor.id, "unlock_room", f"room:{room.id}", reason)
    system_line(room, f"{shown_name(actor)} đã mở khoá. Mọi người viết lại được.")
    announce(LockChanged(room.id, False, actor.id))
