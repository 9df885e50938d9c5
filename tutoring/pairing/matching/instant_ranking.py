"""Who helps best now: all present helpers ranked for one request."""

from typing import NamedTuple

import numpy as np

from tutoring.pairing.matching.batch_scoring import suits
from tutoring.pairing.matching.helper_index import Index
from tutoring.pairing.matching.scoring import Weights
from tutoring.pairing.matching.types import Request


class Ranked(NamedTuple):
    """A helper by id; the suit, and the points of it that are left after fatigue, by which helpers are ranked."""

    helper: int
    suit: int
    points: int


def rank(index: Index, asked: Request, weights: Weights, most: int | None = None) -> list[Ranked]:
    """The helpers who keep rules 1–5, best first, equals by smaller id; only the first `most` if that is given.

    The index holds who is present; times of the week do not count.
    """
    *_, (_, left) = index.by_rule(asked, asked.barred)
    rows = np.flatnonzero(left)
    if not len(rows):
        return []
    suit = suits(index, [asked], rows, weights, None)[0]
    points = suit - index.column("fatigue")[rows]
    ids = index.column("id")[rows]
    if most is not None and 0 < most < len(rows):
        least = np.partition(points, len(rows) - most)[len(rows) - most]
        near = np.flatnonzero(points >= least)  # with everybody who is level with the last
        suit, points, ids = suit[near], points[near], ids[near]
    order = np.lexsort((ids, -points))[:most]
    return [Ranked(*one) for one in zip(ids[order].tolist(), suit[order].tolist(), points[order].tolist(), strict=True)]
