"""Events of class work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkSet:
    """A work was set, set again after a withdrawal, or given to other people."""

    work_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class WorkWithdrawn:
    work_id: int
