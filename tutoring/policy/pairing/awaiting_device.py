"""Rules of help requests that await a device or internet.

The request stays with the neighbourhood's help desk until the user has what is lacking. Meanwhile no helper is asked,
and this time does not count as waiting. Functions take facts and query no database.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

DESK: Final = frozenset({"lead", "officer", "coordinator"})

LACKS: Final = ("device", "internet", "both")
HELPED_THERE: Final = "helped_there"  # the outcome when the help desk has helped face to face

UNCHANGED: Final = timedelta(days=14)  # then the ward's staff are notified once a week, while it lasts


def kinds_of(lack: str) -> tuple[str, ...]:
    """Returns the kinds of needs that a lack opens."""
    return {"device": ("device",), "internet": ("internet",), "both": ("device", "internet")}.get(lack, ())


def left_of(lack: str, kind: str) -> str:
    """Returns what is still lacking once this kind of need is met; "" for nothing."""
    rest = [one for one in kinds_of(lack) if one != kind]
    return rest[0] if rest else ""


def at_home_of(lack: str) -> str:
    """Returns what the family has now, as implied by the lack; the need itself has more detail."""
    return "shared" if lack == "internet" else "none"


def may_see_awaiting_device(held: Collection[str]) -> bool:
    """Leads, officers and coordinators see requests that await a device in and below their unit."""
    return not DESK.isdisjoint(held)


def may_read_parked_words(held: Collection[str], minor: bool) -> bool:
    """Coordinators may read a child's text; leads and officers may not."""
    return may_see_awaiting_device(held) and (not minor or "coordinator" in held)


def may_record_help_on_site(held: Collection[str], of_family: bool) -> bool:
    """Staff of the help desk record help face to face, unless they are of that family."""
    return may_see_awaiting_device(held) and not of_family
