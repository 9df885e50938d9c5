"""Scores several similar requests against many helpers at once.

The result equals `scoring.suit` for every pair.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tutoring.pairing.matching.helper_index import Index, Rows
from tutoring.pairing.matching.scoring import (
    ADULT_GRADE,
    LEAST_GRADE,
    MOST_STARTS,
    OTHER_DEVICE,
    OTHER_LANGUAGE,
    SAME_WARD,
    Weights,
    of_level,
)
from tutoring.pairing.matching.types import Request

Points = NDArray[np.int32]
Kind = TypeVar("Kind", bound=Hashable)

_OF_LEVEL = np.array([of_level(above) for above in range(3)], np.int32)
_OF_STARTS = np.array([starts * 100 // MOST_STARTS for starts in range(MOST_STARTS + 1)], np.int32)


def signature(asked: Request) -> tuple[Hashable, ...]:
    """Returns the key of what the hard rules 1–5 require, except barred helpers.

    Requests with equal signatures have equal helpers.
    """
    age = (asked.adult, asked.needs_adult, asked.grade, asked.least_gap)
    must = (asked.same_gender == "must", asked.gender if asked.same_gender == "must" else None)
    return asked.topic, asked.level, asked.language, *age, *must


def suits(
    index: Index, asked: Sequence[Request], rows: Rows, weights: Weights, starts: NDArray[np.uint8 | np.int_] | None
) -> Points:
    """Returns the suit of each request (of one signature) with each helper of `rows`.

    The shape is (requests, rows). `starts` is the number of possible starts of each pair, or None for help that begins
    now. Values of pairs that break a hard rule are meaningless.
    """

    def of(name: str) -> NDArray[np.int32]:
        return np.asarray(index.column(name)[rows])

    first = asked[0]
    shared = weights.level * _OF_LEVEL[index.has("topic", first.topic)[rows] - first.level]
    shared += weights.grade * _grades(index, first, rows)
    shared += weights.lang * np.where(of("first_language") == index.code(first.language), 100, OTHER_LANGUAGE)
    shared += weights.rating * of("rating")
    shared += weights.load * of("load")
    school, ward, gender = of("school"), of("ward"), of("gender")

    def cover(topics: frozenset[str]) -> Points:
        held = sum(index.has("topic", topic)[rows] > 0 for topic in topics)
        return np.asarray(weights.cover * (held * np.int32(100) // len(topics)), np.int32)

    def place(where: tuple[str | None, str | None]) -> Points:
        near = np.where(ward == index.code(where[1]), weights.place * SAME_WARD, 0)
        return np.where(school == index.code(where[0]), weights.place * 100, near).astype(np.int32)

    def device(one: str | None) -> Points:
        known = index.has("device", one)[rows].view(np.bool_)
        return np.where(known, weights.device * 100, weights.device * OTHER_DEVICE).astype(np.int32)

    def wish(one: tuple[str, str | None]) -> Points:
        kept = np.full(len(rows), True) if one[0] == "no" else gender == index.code(one[1])
        return np.where(kept, weights.gender * 100, 0).astype(np.int32)

    total = shared + _by_kind([one.topics for one in asked], cover)
    total += _by_kind([(one.school, one.ward) for one in asked], place)
    total += _by_kind([one.device for one in asked], device)
    total += _by_kind([(one.same_gender, one.gender) for one in asked], wish)
    if starts is None:
        total += weights.time * 100
    else:
        total += (weights.time * _OF_STARTS)[np.minimum(starts, MOST_STARTS)]
    for number, one in enumerate(asked):
        if one.previous is not None:
            total[number, rows == index.row(one.previous)] += weights.cont * 100
    return total


def _grades(index: Index, asked: Request, rows: Rows) -> Points:
    if asked.adult or asked.needs_adult or asked.grade is None:
        return np.full(len(rows), ADULT_GRADE, np.int32)
    grade = index.column("grade")[rows].astype(np.int32)
    pupil = np.maximum(LEAST_GRADE, 100 - 12 * np.maximum(0, grade - asked.grade - 2))
    return np.where(index.column("adult")[rows], ADULT_GRADE, pupil).astype(np.int32)


def _by_kind(kinds: Sequence[Kind], points: Callable[[Kind], Points]) -> Points:
    """Returns a row of points for each request; it is computed once for each distinct kind."""
    number = {kind: n for n, kind in enumerate(dict.fromkeys(kinds))}
    table = np.stack([points(kind) for kind in number])
    return table if len(table) == len(kinds) else table[[number[kind] for kind in kinds]]
