"""Protections during an open grave case: mutes, pauses, locks, hidden messages.

Higher features register who may lift them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_

# It names no case, because not every reader may know of one.
_HELD = N_("Lúc này chưa bỏ được: người phụ trách đang xem lại. Chỉ người quyết định việc đó bỏ được.")


@dataclass(frozen=True)
class Lifting:
    """A protection about to be lifted.

    `what` is silence, removal, hold, lock, message, pause or account.
    """

    what: str
    user_id: int | None = None
    room_id: int | None = None
    seq: int | None = None


Allows = Callable[[User, Lifting], bool]
_asked: list[Allows] = []


def lifted_only_if(allows: Allows) -> Allows:
    """Registers a function that says whether a user may lift a protection."""
    if allows not in _asked:
        _asked.append(allows)
    return allows


def check(actor: User, lifting: Lifting) -> None:
    """Raises Forbidden unless all registered functions allow the actor to lift it.

    Call it inside the command, before a person lifts a protection.
    """
    if not all(allows(actor, lifting) for allows in _asked):
        raise Forbidden(_HELD, code="protected")
