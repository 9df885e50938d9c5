"""Access rules of sign-in with school accounts."""

from collections.abc import Collection


def may_set_providers(held: Collection[str]) -> bool:
    """Coordinators of a unit and site admins say which server signs people of the unit in."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_use_provider(path: str, own_paths: Collection[str]) -> bool:
    """A unit's provider signs in members of the unit and of those below it, and no others.

    `path` is the path of the provider's unit, `own_paths` those of the user's units.
    """
    return any(own.startswith(path) for own in own_paths)


def may_link(kind: str, guardian_agreed: bool) -> bool:
    """A child under 16 uses a school account only while its guardian agrees."""
    return kind != "child" or guardian_agreed
