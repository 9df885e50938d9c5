"""A watcher ends a room so that somebody else can help on: nobody is blamed, and minutes count as usual."""

from tutoring.accounts.models import User
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.rooms.commands.closing import close
from tutoring.rooms.commands.order import acting, why
from tutoring.rooms.queries import shown_name


@command
def close_for_another(actor: User, room_id: int, reason: str, to: User | None = None) -> None:
    """Close the room; everybody in it reads who did it, why, and who is asked to help on (`to`, or whoever is free).
    Its helper hears no more of it. What becomes of the learner's request is the caller's to do before."""
    reason = why(reason)
    room = acting(actor, room_id)
    audit.record(actor.id, "hand_over", f"room:{room.id}", reason, **({"to": to.id} if to else {}))
    what = f"đã nhờ {to.said_name} giúp tiếp" if to else "đã chuyển lời nhờ về đầu hàng chờ để người khác giúp tiếp"
    room.handed_over = True
    close(room, "stopped", f"{shown_name(actor)} {what}: {reason.rstrip(' .')}.", actor.id)
