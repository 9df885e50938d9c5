"""The kinds of access that a route or a socket event can require."""

from collections.abc import Collection

Access = str | frozenset[str]

ANYONE = "anyone"
SIGNED_IN = "signed_in"
STAFF = frozenset({"teacher", "coordinator", "lead", "officer"})
STAFF_OR_ADMIN = STAFF | {"site_admin"}
NO_USER: Access = frozenset()


def roles(*names: str) -> frozenset[str]:
    """Returns access for users with one of these roles in any unit; the command checks the unit."""
    return frozenset(names)


def admits(access: Access | None, signed_in: bool, held: Collection[str]) -> bool:
    """Whether a user with these roles is admitted; access None (not listed) admits no user."""
    if access == ANYONE:
        return True
    if access is None or not signed_in:
        return False
    return access == SIGNED_IN or not frozenset(held).isdisjoint(access)
