"""The pairing engine: who helps whom. Pure: no database, no web, no clock; times come in as arguments.

`types`, `hard_rules`, `scoring`, `wave_size` and this package need nothing but Python. `helper_index`, `batch_scoring`
and `instant_ranking` rank many helpers at once; `candidate_edges`, `min_cost_flow`, `slot_scheduling` and
`round_solver` make a round. They need NumPy and OR-Tools, which are loaded at the first call: a server that pairs
nobody carries neither. docs/pairing.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tutoring.pairing.matching.json_input import Fault, read
from tutoring.pairing.matching.scoring import FEATURES, Reason, Weights, why
from tutoring.pairing.matching.types import Helper, Pair, Plan, Request, Unserved

if TYPE_CHECKING:
    from tutoring.pairing.matching.helper_index import Index
    from tutoring.pairing.matching.instant_ranking import Ranked

__all__ = [
    "FEATURES", "Fault", "Helper", "Pair", "Plan", "Reason", "Request", "Unserved", "Weights",
    "new_index", "plan", "rank", "read", "why",
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
    """The pairs worth most together; exact up to 2,000 × 1,000, beyond that `Plan.gap` says how near. The order of
    what comes in never matters.

    `pins` are pairs (request id, helper id) that must be, `excluded` ones that must not. With `now`, rule 6 does not
    ask and everybody's time is as good: a round for those who wait in front of the screen. With `clock`, each pair
    gets a start, no more than four a helper. Raises ValueError for ids that stand there twice, and for a pin that
    breaks a hard rule, with the reason.
    """
    made: Plan = _module("round_solver").plan(requests, helpers, weights, pins, excluded, now, clock)
    return made


def new_index(helpers: Iterable[Helper] = ()) -> Index:
    """An index of the helpers who are present; `put` and `remove` as they come and go."""
    made: Index = _module("helper_index").Index(helpers)
    return made


def rank(index: Index, asked: Request, weights: Weights = DEFAULT, most: int | None = None) -> list[Ranked]:
    """Present helpers for one request, best first: see `instant.rank`."""
    ranked: list[Ranked] = _module("instant_ranking").rank(index, asked, weights, most)
    return ranked


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
