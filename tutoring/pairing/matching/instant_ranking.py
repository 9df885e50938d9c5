"""Ranks all present helpers for one request that is served now."""

from typing import NamedTuple

import numpy as np

from tutoring.pairing.matching.batch_scoring import suits
from tutoring.pairing.matching.helper_index import Index
from tutoring.pairing.matching.scoring import Weights
from tutoring.pairing.matching.types import Request


class Ranked(NamedTuple):
    """A helper's id, suit, and the points left after fatigue, by which helpers are ranked."""

    helper: int
    suit: int
    points: int


def rank(index: Index, asked: Request, weights: Weights, most: int | None = None) -> list[Ranked]:
    """Returns the helpers who pass rules 1–5, best first, ties by smaller id.

    `most` limits the number. The index holds the present helpers; weekly free hours do not count.
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
        near = np.flatnonzero(points >= least)  # with all that tie with the last one
        suit, points, ids = suit[near], points[near], ids[near]
    order = np.lexsort((ids, -points))[:most]
    return [Ranked(*one) for one in zip(ids[order].tolist(), suit[order].tolist(), points[order].tolist(), strict=True)]
