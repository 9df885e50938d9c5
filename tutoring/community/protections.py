"""Protections during an open grave case: mutes, pauses, locks, hidden messages."""

from tutoring.accounts.models import User
from tutoring.community.hooks import Lifting, lifting_rules
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_

# It names no case, because not every reader may know of one.
_HELD = N_("Lúc này chưa bỏ được: người phụ trách đang xem lại. Chỉ người quyết định việc đó bỏ được.")


def check(actor: User, lifting: Lifting) -> None:
    """Raises Forbidden unless all registered rules allow the actor to lift it.

    Call it inside the command, before a person lifts a protection.
    """
    if not all(lifting_rules.collect(actor, lifting)):
        raise Forbidden(_HELD, code="protected")
