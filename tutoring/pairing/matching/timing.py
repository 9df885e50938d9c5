"""From a choice of pairs to pairs with clock times: what does not fit is forbidden, and the choice made again."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tutoring.pairing.matching import flow
from tutoring.pairing.matching.data import Request
from tutoring.pairing.matching.flow import Chosen
from tutoring.pairing.matching.placing import Slot, Taken, note, place
from tutoring.pairing.matching.rounds import Edges, Round

TRIES = 6  # times the choice is made again


class Fitted(NamedTuple):
    """What is left to choose from, the choice, the slot of each request by id, and which requests lost a helper
    because of times (positions)."""

    edges: Edges
    chosen: Chosen
    slots: dict[int, Slot]
    late: set[int]


def fit(
    rounds: Round, seats: flow.Seats, edges: Edges, chosen: Chosen, pinned: Sequence[tuple[Request, int]]
) -> Fitted:
    """Clock times for all pairs. The flow knows places, not clocks: where the pairs of a helper do not fit together,
    the weakest is forbidden and the choice made again; after six times what does not fit is left out.

    Raises ValueError when no times are found for the pins.
    """
    late: set[int] = set()
    tries = 0
    while True:
        slots, misfits = _placed(rounds, edges, chosen, pinned)
        if not misfits:
            return Fitted(edges, chosen, slots, late)
        late.update(edges.asked[misfits].tolist())
        if tries < TRIES:
            tries += 1
            edges = edges.only(np.delete(np.arange(len(edges.asked)), misfits))
            chosen = flow.solve(edges, len(rounds.asked), seats)
        else:
            chosen = np.setdiff1d(chosen, misfits)


def _placed(
    rounds: Round, edges: Edges, chosen: Chosen, pinned: Sequence[tuple[Request, int]]
) -> tuple[dict[int, Slot], list[int]]:
    """Slots for the pairs of each helper in turn, pins first; and the weakest pair of each for whom there are none."""
    pins: dict[int, list[Request]] = defaultdict(list)
    for one, helper_id in pinned:
        pins[helper_id].append(one)
    of: dict[int, list[int]] = defaultdict(list)
    for edge, row in zip(chosen.tolist(), edges.row[chosen].tolist(), strict=True):
        of[int(rounds.index.column("id")[row])].append(edge)
    slots: dict[int, Slot] = {}
    taken: Taken = {}
    misfits = []
    for helper_id in sorted({*pins, *of}, key=lambda one: (one not in pins, one)):
        asked = [*pins[helper_id], *(rounds.asked[edges.asked[edge]] for edge in of[helper_id])]
        found = place(rounds.index.helpers[helper_id], asked, taken)
        if found is not None:
            slots |= found
            for one in asked:
                note(taken, one, found[one.id])
        elif of[helper_id]:
            misfits.append(min(of[helper_id], key=lambda edge: (edges.value[edge], -edge)))
        else:
            raise ValueError(f"no times were found for all requests pinned to helper {helper_id}")
    return slots, misfits
