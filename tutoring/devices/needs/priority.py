"""The published order in which needs are met, and why somebody stands where they stand: pure functions of plain facts.

No database, no clock, no web: whoever knows the facts of a line can work it out again by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tutoring.policy.devices.needs import AT_HOME, BASES


@dataclass(frozen=True)
class PriorityFacts:
    """What counts of one need, and nothing else does."""

    id: int
    basis: str  # "" while nobody has confirmed one
    at_home: str
    pupil: bool  # a child in school
    before: bool  # had something from us or from another programme already
    learners: int
    asked_at: datetime


Key = tuple[int, int, bool, bool, int, datetime, int]


def key(facts: PriorityFacts) -> Key:
    """The smaller comes first. Each part counts only where all before it are the same."""
    basis = BASES.index(facts.basis) if facts.basis in BASES else len(BASES)
    return (
        basis, AT_HOME.index(facts.at_home), not facts.pupil, facts.before, -facts.learners, facts.asked_at, facts.id,
    )  # fmt: skip


def in_order(line: Iterable[PriorityFacts]) -> list[PriorityFacts]:
    """A line in its order."""
    return sorted(line, key=key)


def places(line: Iterable[PriorityFacts]) -> dict[int, int]:
    """The place of each need, counted from 1."""
    return {facts.id: place for place, facts in enumerate(in_order(line), 1)}


# What decides between two who stand next to each other, in the order in which it counts.
PARTS = ("basis", "at_home", "pupil", "before", "learners", "asked", "asked")


def decided_by(ahead: PriorityFacts, behind: PriorityFacts) -> str:
    """The first part of the rule by which one comes before the other."""
    pairs = zip(PARTS, key(ahead), key(behind), strict=True)
    return next((part for part, one, other in pairs if one != other), "asked")


def why(facts: PriorityFacts) -> list[str]:
    """What speaks for this need, as ids of words, in the order in which it counts. The basis itself is never among
    them: only that one is confirmed."""
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
