"""The published priority order of needs, and the reasons for a position.

These are pure functions without database, clock or web. With the same facts, the waiting list can be recomputed by
hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tutoring.policy.devices.needs import AT_HOME, BASES


@dataclass(frozen=True)
class PriorityFacts:
    """The facts that decide the priority of a need; no other fact counts."""

    id: int
    basis: str  # "" while no basis is confirmed
    at_home: str
    pupil: bool  # a child in school
    before: bool  # already received something here or from another programme
    learners: int
    asked_at: datetime


Key = tuple[int, int, bool, bool, int, datetime, int]


def key(facts: PriorityFacts) -> Key:
    """Returns the sort key; the smaller comes first.

    Each part counts only if all parts before it are equal.
    """
    basis = BASES.index(facts.basis) if facts.basis in BASES else len(BASES)
    return (
        basis, AT_HOME.index(facts.at_home), not facts.pupil, facts.before, -facts.learners, facts.asked_at, facts.id,
    )  # fmt: skip


def in_order(line: Iterable[PriorityFacts]) -> list[PriorityFacts]:
    """Returns a waiting list in priority order."""
    return sorted(line, key=key)


def places(line: Iterable[PriorityFacts]) -> dict[int, int]:
    """Returns the position of each need, counted from 1."""
    return {facts.id: place for place, facts in enumerate(in_order(line), 1)}


# The parts of the key, in order: what decides between two neighbours on the waiting list.
PARTS = ("basis", "at_home", "pupil", "before", "learners", "asked", "asked")


def decided_by(ahead: PriorityFacts, behind: PriorityFacts) -> str:
    """Returns the first part of the rule by which `ahead` precedes `behind`."""
    pairs = zip(PARTS, key(ahead), key(behind), strict=True)
    return next((part for part, one, other in pairs if one != other), "asked")


def why(facts: PriorityFacts) -> list[str]:
    """Returns the reasons for a need as label ids, in the order in which they count.

    The basis itself is never revealed; the list only says that one is confirmed.
    """
    found = ["basis"] if facts.basis else []
    if facts.at_home != "own":
        found.append(f"home_{facts.at_home}")
    if facts.pupil:
        found.append("pupil")
    if not facts.before:
        found.append("first")
    if facts.learners > 1:
        found.append("learners")
    return [*found, "asked"]
