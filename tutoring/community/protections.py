"""What an open grave case holds in place: mutes, pauses, locks, hidden messages. Features above say who lifts it."""

from collections.abc import Callable
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_

# It names no case: not everybody who reads it may know of one.
_HELD = N_("Lúc này chưa bỏ được: người phụ trách đang xem lại. Chỉ người quyết định việc đó bỏ được.")


@dataclass(frozen=True)
class Lifting:
    """Something that somebody is about to lift: `what` is silence, removal, hold, lock, message, pause or account."""

    what: str
    user_id: int | None = None
    room_id: int | None = None
    seq: int | None = None


Allows = Callable[[User, Lifting], bool]
_asked: list[Allows] = []


def lifted_only_if(allows: Allows) -> Allows:
    """Register who knows whether a person may lift a protection."""
    if allows not in _asked:
        _asked.append(allows)
    return allows


def check(actor: User, lifting: Lifting) -> None:
    """Inside the running command, before something is lifted by somebody's hand; raises NotAllowed."""
    if not all(allows(actor, lifting) for allows in _asked):
        raise Forbidden(_HELD, code="protected")
