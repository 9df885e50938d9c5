"""Assigns clock times to the pairs of a round, so that no person is in two rooms at once.

Pairs that do not fit are forbidden, and the flow is solved again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tutoring.pairing.matching import min_cost_flow
from tutoring.pairing.matching.candidate_edges import Edges, Round
from tutoring.pairing.matching.min_cost_flow import Chosen
from tutoring.pairing.matching.types import Helper, Request
from tutoring.pairing.matching.week_bits import DAYS, NEVER, Week, count, list_quarters, quarters, shared_starts, span

MOST_PLACED = 4  # maximum pairs of one helper a week for which times are searched

Slot = tuple[int, int]  # day, quarter
Who = tuple[str, int]
Taken = dict[Who, Week]  # the quarters at which a learner is already in a room


def place(helper: Helper, asked: Sequence[Request], taken: Mapping[Who, Week]) -> dict[int, Slot] | None:
    """Returns a slot for each request of one helper by id, or None if there is no solution.

    The search is exact, for at most four requests. Requests with the fewest possible starts go first; each takes the
    earliest slot that leaves slots for the others.
    """
    if len(asked) > MOST_PLACED:
        raise ValueError(f"times are placed for at most {MOST_PLACED} pairs of a helper, not for {len(asked)}")

    def choices(one: Request) -> tuple[int, int]:
        return count(_starts(one, helper.free, taken)), one.id

    return _try(sorted(asked, key=choices), helper.free, dict(taken))


def note(taken: Taken, asked: Request, slot: Slot) -> None:
    """Marks the learner of a request as in a room from this slot on."""
    who = _who(asked)
    taken[who] = tuple(a | b for a, b in zip(taken.get(who, NEVER), _lesson(asked, slot), strict=True))


def _try(left: Sequence[Request], free: Week, taken: Taken) -> dict[int, Slot] | None:
    if not left:
        return {}
    first, rest = left[0], left[1:]
    for slot in list_quarters(_starts(first, free, taken)):
        then = dict(taken)
        note(then, first, slot)
        found = _try(rest, _without(free, _lesson(first, slot)), then)
        if found is not None:
            return {first.id: slot, **found}
    return None


def _starts(asked: Request, free: Week, taken: Mapping[Who, Week]) -> Week:
    mine = _without(asked.free, taken.get(_who(asked), NEVER))
    return shared_starts(mine, free, quarters(asked.minutes))


def _lesson(asked: Request, slot: Slot) -> Week:
    day, quarter = slot
    word = span(quarter, quarter + quarters(asked.minutes))
    return tuple(word if number == day else 0 for number in range(len(DAYS)))


def _without(free: Week, busy: Week) -> Week:
    return tuple(a & ~b for a, b in zip(free, busy, strict=True))


def _who(asked: Request) -> Who:
    """Returns the key of the learner whose time a request takes; without one, of the request."""
    return ("request", asked.id) if asked.learner is None else ("learner", asked.learner)


TRIES = 6  # times the flow is solved again


class Fitted(NamedTuple):
    """The remaining edges, the choice, the slots by request id, and the late requests.

    `late` holds the positions of requests that lost a helper because of times.
    """

    edges: Edges
    chosen: Chosen
    slots: dict[int, Slot]
    late: set[int]


def fit(
    rounds: Round, seats: min_cost_flow.Seats, edges: Edges, chosen: Chosen, pinned: Sequence[tuple[Request, int]]
) -> Fitted:
    """Assigns clock times to all pairs.

    The flow knows places, not clocks. Where a helper's pairs do not fit together, the weakest is forbidden and the
    flow solved again. After six times, pairs that do not fit are left out.

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
            chosen = min_cost_flow.solve(edges, len(rounds.asked), seats)
        else:
            chosen = np.setdiff1d(chosen, misfits)


def _placed(
    rounds: Round, edges: Edges, chosen: Chosen, pinned: Sequence[tuple[Request, int]]
) -> tuple[dict[int, Slot], list[int]]:
    """Returns slots for the pairs of each helper in turn, pins first, and the misfits.

    A misfit is the weakest pair of a helper for whose pairs there are no slots.
    """
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
