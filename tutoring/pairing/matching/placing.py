"""Clock times for the pairs of a round: who meets when, so that nobody is in two rooms at once."""

from collections.abc import Mapping, Sequence

from tutoring.pairing.matching.data import Helper, Request
from tutoring.pairing.matching.times import DAYS, NEVER, Week, count, marked, possible, quarters, span

MOST_PLACED = 4  # pairs of one helper a week whose times are searched for

Slot = tuple[int, int]  # day, quarter
Who = tuple[str, int]
Taken = dict[Who, Week]  # the quarters at which a learner is in a room already


def place(helper: Helper, asked: Sequence[Request], taken: Mapping[Who, Week]) -> dict[int, Slot] | None:
    """A slot for each request of one helper, by the request's id, None if there is none. Exact, for at most four.

    Those with the fewest possible starts choose first, each the earliest slot that leaves the others theirs.
    """
    if len(asked) > MOST_PLACED:
        raise ValueError(f"times are placed for at most {MOST_PLACED} pairs of a helper, not for {len(asked)}")

    def choices(one: Request) -> tuple[int, int]:
        return count(_starts(one, helper.free, taken)), one.id

    return _try(sorted(asked, key=choices), helper.free, dict(taken))


def note(taken: Taken, asked: Request, slot: Slot) -> None:
    """The learner of a request is in a room from this slot on."""
    who = _who(asked)
    taken[who] = tuple(a | b for a, b in zip(taken.get(who, NEVER), _lesson(asked, slot), strict=True))


def _try(left: Sequence[Request], free: Week, taken: Taken) -> dict[int, Slot] | None:
    if not left:
        return {}
    first, rest = left[0], left[1:]
    for slot in marked(_starts(first, free, taken)):
        then = dict(taken)
        note(then, first, slot)
        found = _try(rest, _without(free, _lesson(first, slot)), then)
        if found is not None:
            return {first.id: slot, **found}
    return None


def _starts(asked: Request, free: Week, taken: Mapping[Who, Week]) -> Week:
    mine = _without(asked.free, taken.get(_who(asked), NEVER))
    return possible(mine, free, quarters(asked.minutes))


def _lesson(asked: Request, slot: Slot) -> Week:
    day, quarter = slot
    word = span(quarter, quarter + quarters(asked.minutes))
    return tuple(word if number == day else 0 for number in range(len(DAYS)))


def _without(free: Week, busy: Week) -> Week:
    return tuple(a & ~b for a, b in zip(free, busy, strict=True))


def _who(asked: Request) -> Who:
    """A request whose learner is not told stands for itself."""
    return ("request", asked.id) if asked.learner is None else ("learner", asked.learner)
