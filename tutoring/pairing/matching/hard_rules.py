"""The hard rules for one request and one helper.

A pair that breaks one is never proposed (docs/pairing-engine.md).
"""

from tutoring.pairing.matching.types import Helper, Request
from tutoring.pairing.matching.week_bits import count, quarters, shared_starts

WIDEST_UNOBSERVED_GAP = 3  # school years
TOPIC, LANGUAGE, AGE, WISHES, PLACES, TIME = range(1, 7)

SAID = {
    TOPIC: "the helper does not hold the topic at the level asked",
    LANGUAGE: "they share no language",
    AGE: "their ages or grades may not meet in this room",
    WISHES: "one of the two does not want it",
    PLACES: "the helper has no place left",
    TIME: "they are never free together for long enough",
}


def broken_rule(asked: Request, helper: Helper, *, now: bool = False) -> int | None:
    """Returns the first rule from 1 to 6 that this pair breaks, or None; `now` skips rule 6."""
    if helper.skills.get(asked.topic, 0) < asked.level:
        return TOPIC
    if asked.language not in helper.languages:
        return LANGUAGE
    if not ages_may_meet(asked, helper):
        return AGE
    if helper.id in asked.barred or (asked.same_gender == "must" and not same(asked.gender, helper.gender)):
        return WISHES
    if helper.capacity < 1:
        return PLACES
    if not now and not count(shared_starts(asked.free, helper.free, quarters(asked.minutes))):
        return TIME
    return None


def ages_may_meet(asked: Request, helper: Helper) -> bool:
    """Returns whether rule 3 allows the pair; an unknown grade counts as not allowed."""
    if asked.adult or asked.needs_adult or helper.adult:
        return helper.adult and (asked.adult or helper.observed)
    if asked.grade is None or helper.grade is None:
        return False
    gap = helper.grade - asked.grade
    return gap >= asked.least_gap and (gap <= WIDEST_UNOBSERVED_GAP or helper.observed)


def same(one: str | None, other: str | None) -> bool:
    """Returns whether both values are known and equal."""
    return one is not None and one == other
