"""The kinds of access that a route or a socket event can require."""

from collections.abc import Collection

Access = str | frozenset[str]

ANYONE = "anyone"
SIGNED_IN = "signed_in"
STAFF = frozenset({"teacher", "coordinator", "lead", "officer"})
STAFF_OR_ADMIN = STAFF | {"site_admin"}
_TOKEN = "token:"
NO_USER: Access = frozenset()


def roles(*names: str) -> frozenset[str]:
    """Returns access for users with one of these roles in any unit; the command checks the unit."""
    return frozenset(names)


def token(scope: str = "") -> Access:
    """Returns access for holders of a token of the API with this scope; without one, for every valid token."""
    return _TOKEN + scope


def scope_of_access(access: Access | None) -> str | None:
    """Returns the scope that a token needs, or None where no token counts."""
    return access.removeprefix(_TOKEN) if isinstance(access, str) and access.startswith(_TOKEN) else None


def admits(access: Access | None, signed_in: bool, held: Collection[str]) -> bool:
    """Whether a signed-in user with these roles is admitted; access None (not listed) admits no user."""
    if access == ANYONE:
        return True
    if access is None or not signed_in:
        return False
    if isinstance(access, str):
        return access == SIGNED_IN  # a sign-in opens nothing that asks for a token
    return not frozenset(held).isdisjoint(access)
