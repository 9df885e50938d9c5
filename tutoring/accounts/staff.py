"""Whether an account belongs to the staff of any unit."""

from tutoring.accounts.models import User
from tutoring.kernel.held_roles import held_roles
from tutoring.policy.accounts import FACTOR_ROLES


def has_power(user: User) -> bool:
    """Whether the user is staff anywhere."""
    return user.site_admin or not FACTOR_ROLES.isdisjoint(held_roles(user.id))
