"""Which rooms keep their words although a clean-up is due: those of an open case. Told by the features above."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tutoring.rooms.models import Room

Rule = Callable[[], sa.Select[Any]]
_rules: list[Rule] = []


def keep(rule: Rule) -> Rule:
    """Register a query of ids of rooms that nothing may be erased from now."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def kept_rooms() -> sa.Select[Any]:
    """Ids of all rooms that are kept."""
    if not _rules:
        return sa.select(Room.id).where(sa.false())
    found = sa.union(*(rule() for rule in _rules)).subquery()  # the few ids themselves: no room is looked at for it
    (one,) = found.columns
    return sa.select(one).where(one.is_not(None))
