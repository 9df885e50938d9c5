"""The pairing engine, which decides who helps whom.

It is pure: no database, no web, no clock; times are passed as arguments.

`types`, `hard_rules`, `scoring`, `wave_size` and this package need only Python. `helper_index`, `batch_scoring` and
`instant_ranking` rank many helpers at once. `candidate_edges`, `min_cost_flow`, `slot_scheduling` and `round_solver`
solve a round. They need NumPy and OR-Tools, which are imported at the first call: a server that pairs no one loads
neither. docs/pairing.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tutoring.pairing.matching.json_input import InputError, read
from tutoring.pairing.matching.scoring import FEATURES, Reason, Weights, why
from tutoring.pairing.matching.types import Helper, Pair, Plan, Request, Unserved

if TYPE_CHECKING:
    from tutoring.pairing.matching.helper_index import Index
    from tutoring.pairing.matching.instant_ranking import Ranked

__all__ = [
    "FEATURES",
    "Helper",
    "InputError",
    "Pair",
    "Plan",
    "Reason",
    "Request",
    "Unserved",
    "Weights",
    "new_index",
    "plan",
    "rank",
    "read",
    "why",
]  # fmt: skip

DEFAULT = Weights()


def plan(
    requests: Collection[Request],
    helpers: Collection[Helper],
    weights: Weights = DEFAULT,
    *,
    pins: Collection[tuple[int, int]] = (),
    excluded: Collection[tuple[int, int]] = (),
    now: bool = False,
    clock: bool = False,
) -> Plan:
    """Returns the pairs with the greatest total value.

    The result is exact up to 2,000 × 1,000; beyond that, `Plan.gap` bounds the error. It does not depend on the order
    of the input.

    `pins` are pairs (request id, helper id) that must be in it, `excluded` ones that must not. With `now`, rule 6 does
    not apply and all times score the same: a round for learners waiting online. With `clock`, each pair gets a start,
    at most four per helper. Raises ValueError for duplicate ids, and for a pin that breaks a hard rule, with the
    reason.
    """
    made: Plan = _module("round_solver").plan(requests, helpers, weights, pins, excluded, now, clock)
    return made


def new_index(helpers: Iterable[Helper] = ()) -> Index:
    """Returns an index of the present helpers; call `put` and `remove` as they come and go."""
    made: Index = _module("helper_index").Index(helpers)
    return made


def rank(index: Index, asked: Request, weights: Weights = DEFAULT, most: int | None = None) -> list[Ranked]:
    """Ranks present helpers for one request, best first: see `instant_ranking.rank`."""
    ranked: list[Ranked] = _module("instant_ranking").rank(index, asked, weights, most)
    return ranked


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
