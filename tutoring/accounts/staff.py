"""Whether an account belongs to the staff of any unit."""

from collections.abc import Callable

from tutoring.accounts.models import User
from tutoring.policy.accounts import FACTOR_ROLES

RolesOf = Callable[[int], frozenset[str]]
_roles_of: RolesOf = lambda user_id: frozenset()  # noqa: E731


def configure(roles_of: RolesOf) -> None:
    """Sets the function that returns a user's roles; app.py passes it from the higher features."""
    global _roles_of
    _roles_of = roles_of


def has_power(user: User) -> bool:
    """Whether the user is staff anywhere."""
    return user.site_admin or not FACTOR_ROLES.isdisjoint(_roles_of(user.id))
