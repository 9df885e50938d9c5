"""Kinds of access that a route or a socket event can ask for."""

from collections.abc import Collection

Access = str | frozenset[str]

ANYONE = "anyone"
SIGNED_IN = "signed_in"
STAFF = frozenset({"teacher", "coordinator", "lead", "officer"})


def roles(*names: str) -> frozenset[str]:
    """Access for people who hold one of these roles somewhere; where exactly is checked by the command."""
    return frozenset(names)


def admits(access: Access | None, signed_in: bool, held: Collection[str]) -> bool:
    """Whether someone with these roles may come in at all; what is not listed (None) admits nobody."""
    if access == ANYONE:
        return True
    if access is None or not signed_in:
        return False
    return access == SIGNED_IN or not frozenset(held).isdisjoint(access)
