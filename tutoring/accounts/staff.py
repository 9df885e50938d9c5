"""Tells whether an account belongs to the staff of any unit."""

from collections.abc import Callable

from tutoring.accounts.models import User
from tutoring.policy.accounts import FACTOR_ROLES

RolesOf = Callable[[int], frozenset[str]]
_roles_of: RolesOf = lambda user_id: frozenset()  # noqa: E731


def configure(roles_of: RolesOf) -> None:
    """Set how the roles of a user are found. The features above know them; app.py passes them down."""
    global _roles_of
    _roles_of = roles_of


def has_power(user: User) -> bool:
    """Whether the user is staff anywhere."""
    return user.site_admin or not FACTOR_ROLES.isdisjoint(_roles_of(user.id))
