"""A request for help of somebody who has no device or no internet: it is kept at the neighbourhood's desk until that is
there. Numbers and rules without a database.

Nobody is asked to help with it meanwhile, and the time at the desk is no waiting.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from tutoring.policy.access import SIGNED_IN, Access, roles

DESK: Final = frozenset({"lead", "officer", "coordinator"})

ROUTES: dict[str, Access] = {
    "pairing.unpark": SIGNED_IN,
    "pairing.parked": roles(*DESK),
    "pairing.helped_there": roles(*DESK),
}

LACKS: Final = ("device", "internet", "both")
HELPED_THERE: Final = "helped_there"  # the outcome of what the desk has done face to face

UNCHANGED: Final = timedelta(days=14)  # then the ward's staff hear of it once a week, while it lasts


def kinds_of(lack: str) -> tuple[str, ...]:
    """The kinds of needs that a lack opens."""
    return {"device": ("device",), "internet": ("internet",), "both": ("device", "internet")}.get(lack, ())


def left_of(lack: str, kind: str) -> str:
    """What is still lacking once this kind of need has been met; "" for nothing."""
    rest = [one for one in kinds_of(lack) if one != kind]
    return rest[0] if rest else ""


def at_home_of(lack: str) -> str:
    """What the family has now, as far as the lack tells; the family says it more exactly with its need."""
    return "shared" if lack == "internet" else "none"


def may_see_parked(held: Collection[str]) -> bool:
    """Leads, officers and coordinators see what is kept at the desk of their unit and below it."""
    return not DESK.isdisjoint(held)


def may_read_parked_words(held: Collection[str], minor: bool) -> bool:
    """What a child wrote is read by those who teach and by the coordinator, not by leads and officers."""
    return may_see_parked(held) and (not minor or "coordinator" in held)


def may_end_parked(held: Collection[str], of_family: bool) -> bool:
    """That somebody was helped face to face is told by who works there, and not by somebody of that family."""
    return may_see_parked(held) and not of_family
