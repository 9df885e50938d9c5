"""Access rules of class lists: who switches them on for a school, who imports one, how long its lines stay."""

from collections.abc import Collection
from datetime import timedelta

from tutoring.policy.community import CHILD_UNITS

DRAFT_LIFE = timedelta(days=1)  # so long a checked file waits for its sender
LINE_LIFE = timedelta(days=30)  # so long a line waits for a guardian


def may_record_basis(held: Collection[str], kind: str) -> bool:
    """Only a site admin records the legal basis and the agreement with a school, and ends it."""
    return kind == "school" and "site_admin" in held


def may_import_class_list(held: Collection[str], kind: str, has_basis: bool) -> bool:
    """Teachers and coordinators import pupils of their class or school while its basis is recorded.

    A site admin has no power over children by name.
    """
    return has_basis and kind in CHILD_UNITS and not {"teacher", "coordinator"}.isdisjoint(held)
