"""Access rules of sponsored internet: who adds vouchers, hands them out and opens them.

Only the adult who was given a voucher reads its code; no rule here gives staff access. Functions take facts and query
no database.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from tutoring.policy.devices.inventory import STOCK
from tutoring.policy.disclosure_control import MIN_PEOPLE, suppress_small_count

BRINGERS: Final = frozenset({"officer", "coordinator"})

BATCH_UNITS: Final = frozenset({"ward", "city"})
SPARE: Final = timedelta(days=3)  # a family gets no voucher that ends sooner
REMINDED: Final = (7, 2)  # days before the end
SOON: Final = timedelta(days=14)  # staff see how many free vouchers end by then
FARTHEST: Final = timedelta(days=5 * 365)  # a later day in a file is a typing error
KEPT: Final = timedelta(days=2 * 365)  # after its end, the receiver of a voucher stays stored this long


def may_read_batches(held: Collection[str]) -> bool:
    """Staff who decide about needs see the number of vouchers and their results."""
    return not STOCK.isdisjoint(held)


def may_bring_in(held: Collection[str]) -> bool:
    """Officers and coordinators add vouchers, close a batch and give its sponsor an address."""
    return not BRINGERS.isdisjoint(held)


def may_open(is_receiver: bool, minor: bool, state: str) -> bool:
    """The adult who was given a code reads it, until it is used, has failed or has expired."""
    return is_receiver and not minor and state in {"assigned", "opened"}


def may_say_how_it_went(is_receiver: bool, minor: bool, state: str) -> bool:
    """The receiver reports whether an opened voucher worked."""
    return is_receiver and not minor and state == "opened"


def for_sponsor(count: int) -> int | None:
    """Returns a count of families as a sponsor may read it."""
    return suppress_small_count(count, count)


def parts_for_sponsor(counts: Sequence[int]) -> list[int | None]:
    """Returns the parts of a sum that is shown beside them.

    Where one part is hidden, the smallest of the others is hidden too. Otherwise the sum and the rest would reveal the
    hidden part.
    """
    if not any(0 < count < MIN_PEOPLE for count in counts):
        return [for_sponsor(count) if count else 0 for count in counts]
    smallest = min((count for count in counts if count >= MIN_PEOPLE), default=0)
    at = counts.index(smallest) if smallest else -1
    return [None if n == at else for_sponsor(count) for n, count in enumerate(counts)]
