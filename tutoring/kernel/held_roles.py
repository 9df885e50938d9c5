"""Which roles a user holds, for layers below the feature that stores them."""

from collections.abc import Callable
from dataclasses import dataclass

from tutoring.kernel import services


@dataclass(frozen=True)
class HeldRoles:
    """The query for a user's roles, which the application passes in from the higher features."""

    query: Callable[[int], frozenset[str]]


def held_roles(user_id: int) -> frozenset[str]:
    """Returns all roles that a user holds anywhere, with or without a second factor."""
    return services.current(HeldRoles).query(user_id)
