"""Rules of request groups: which waiting requests one helper may take in one small room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tutoring.policy.pairing.group_sessions import WIDEST_GRADES

MOST_TOGETHER = 4
OTHERS = 2  # this many others wait for the same before a group is proposed
ANSWER_WITHIN = timedelta(minutes=3)  # then the room opens even for one learner
FEWEST_YES = 2  # with this many the room opens at once


@dataclass(frozen=True)
class RequestFacts:
    """The facts that the rules need about one request."""

    request_id: int
    learner_id: int
    topic: str
    level: int
    minor: bool
    grade: int | None
    unit_id: int
    school_id: int | None
    ward_id: int | None


def same_place(one: RequestFacts, other: RequestFacts) -> bool:
    """Whether two requests share a unit or a school (pupils), or a ward (adults).

    Classes of one school share its duty.
    """
    if one.unit_id == other.unit_id:
        return True
    if one.minor:
        return one.school_id is not None and one.school_id == other.school_id
    return one.ward_id is not None and one.ward_id == other.ward_id


def together(
    first: RequestFacts, others: Sequence[RequestFacts], apart: Callable[[int, int], bool]
) -> list[RequestFacts]:
    """Returns the first request and the others that fit it and each other; four at most.

    The others are tried in their order. Requests fit with the same skill and level, adults with adults, minors within
    three grades. No learner joins one whom they avoid or who avoids them.
    """
    chosen = [first]
    if first.minor and first.grade is None:
        return chosen
    for one in others:
        fits = all(
            one.request_id != other.request_id
            and (one.topic, one.level, one.minor) == (other.topic, other.level, other.minor)
            and same_place(one, other)
            and (not one.minor or _near(one.grade, other.grade))
            and not apart(one.learner_id, other.learner_id)
            for other in chosen
        )
        if fits and len(chosen) < MOST_TOGETHER:
            chosen.append(one)
    return chosen


def _near(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= WIDEST_GRADES
