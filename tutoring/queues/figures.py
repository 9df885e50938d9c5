"""The sums of a past day as they are shown: small counts hidden, others rounded."""

from dataclasses import dataclass
from datetime import date

from tutoring.policy.disclosure_control import MIN_PEOPLE, STEP, suppress_small_count
from tutoring.queues.models import QueueDay


@dataclass(frozen=True)
class ShownDay:
    """Counts are rounded down to a multiple of five; None stands for fewer than ten people.

    Minutes are shown when at least ten holders were served; the longest wait, that of one person, is rounded up.
    """

    day: date
    drawn: int | None
    served: int | None
    missed: int | None
    left: int | None
    median: int | None
    longest: int | None


def shown_day(row: QueueDay) -> ShownDay:
    """Returns a day as the ward's staff may see it."""
    many = row.served >= MIN_PEOPLE
    longest = -(-row.wait_longest // STEP) * STEP if many and row.wait_longest is not None else None
    drawn, served, missed, left = (
        suppress_small_count(count, count) for count in (row.drawn, row.served, row.missed, row.left)
    )
    return ShownDay(row.day, drawn, served, missed, left, row.wait_median if many else None, longest)
