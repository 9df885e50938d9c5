"""Scores how well a helper suits a request.

Eleven features of 0–100 are weighted, which gives a whole number from 0 to 10,000.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import NamedTuple

from tutoring.pairing.matching.hard_rules import same
from tutoring.pairing.matching.types import Helper, Request
from tutoring.pairing.matching.week_bits import count, quarters, shared_starts

MOST_STARTS = 16  # more possible starts a week do not raise the score
ADULT_GRADE, LEAST_GRADE = 70, 20
OTHER_LANGUAGE, OTHER_DEVICE, SAME_WARD = 70, 30, 60
STRONGEST = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each feature.

    Raises ValueError unless they are whole, not negative, and sum to 100.
    """

    level: int = 18
    cover: int = 8
    time: int = 14
    grade: int = 10
    lang: int = 10
    place: int = 8
    device: int = 6
    rating: int = 10
    gender: int = 4
    cont: int = 8
    load: int = 4

    def __post_init__(self) -> None:
        values = astuple(self)
        if not all(type(one) is int and one >= 0 for one in values) or sum(values) != 100:
            raise ValueError(f"weights are whole numbers from 0 that sum to 100: {self}")


FEATURES = tuple(field.name for field in fields(Weights))


class Reason(NamedTuple):
    """One feature of a pair: its value 0–100 and the points it adds."""

    feature: str
    value: int
    points: int


def features(asked: Request, helper: Helper, *, now: bool = False) -> tuple[int, ...]:
    """Returns the eleven values of an allowed pair, in the order of FEATURES."""
    starts = count(shared_starts(asked.free, helper.free, quarters(asked.minutes)))
    kept = asked.same_gender == "no" or same(asked.gender, helper.gender)
    return (
        of_level(helper.skills[asked.topic] - asked.level),
        len(asked.topics & helper.skills.keys()) * 100 // len(asked.topics),
        100 if now else min(starts, MOST_STARTS) * 100 // MOST_STARTS,
        of_grade(asked, helper),
        100 if helper.first_language == asked.language else OTHER_LANGUAGE,
        100 if same(asked.school, helper.school) else SAME_WARD if same(asked.ward, helper.ward) else 0,
        100 if asked.device is not None and asked.device in helper.devices else OTHER_DEVICE,
        of_rating(helper),
        100 if kept else 0,
        100 if asked.previous == helper.id else 0,
        of_load(helper),
    )


def of_level(above: int) -> int:
    """Scores the level; it falls with each level above the asked one.

    Experts are kept for hard questions.
    """
    return 100 - 10 * above - 2 * above * above


def of_grade(asked: Request, helper: Helper) -> int:
    """Scores the grade: a pupil one or two grades above is best, an adult is in between."""
    if helper.adult or helper.grade is None or asked.grade is None:
        return ADULT_GRADE
    return max(LEAST_GRADE, 100 - 12 * max(0, helper.grade - asked.grade - 2))


def of_rating(helper: Helper) -> int:
    """Scores the mean rating, smoothed towards 4.3 by five virtual ratings.

    3 stars score 0, 5 stars score 100. It is exact and rounds halves to even: with floats two servers could differ.
    """
    below, by = 50 * helper.rating_sum - 150 * helper.rating_count + 325, helper.rating_count + 5
    whole, rest = divmod(below, by)
    up = 2 * rest > by or (2 * rest == by and whole % 2 == 1)
    return clipped(whole + up)


def of_load(helper: Helper) -> int:
    """Scores the load; it falls with each pair the helper has this week."""
    return clipped(100 - 10 * helper.pairs_this_week)


def clipped(value: int) -> int:
    """Clamps a value to 0–100."""
    return max(0, min(100, value))


def reasons(values: Sequence[int], weights: Weights) -> list[Reason]:
    """Returns all features of a pair with their points, in the order of FEATURES."""
    each = zip(FEATURES, values, astuple(weights), strict=True)
    return [Reason(feature, value, weight * value) for feature, value, weight in each]


def suit(asked: Request, helper: Helper, weights: Weights, *, now: bool = False) -> int:
    """Returns how well the two suit each other, 0–10,000."""
    return sum(one.points for one in reasons(features(asked, helper, now=now), weights))


def why(asked: Request, helper: Helper, weights: Weights, *, now: bool = False) -> list[Reason]:
    """Returns the three features that add most points, then the one that loses most.

    Ties are in the order of FEATURES.
    """
    found = reasons(features(asked, helper, now=now), weights)
    most = dict(zip(FEATURES, astuple(weights), strict=True))
    strongest = sorted(found, key=lambda one: -one.points)[:STRONGEST]
    return [*strongest, max(found, key=lambda one: 100 * most[one.feature] - one.points)]
