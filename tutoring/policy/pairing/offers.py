"""Rules of offer waves: which helpers are asked at once, and when.

Functions take facts and query no database (docs/pairing.md, "Help at once").
"""

from datetime import timedelta

# The distance around a request within which helpers are asked. A ring includes the ones before it. Wards have no list
# of neighbours, so the ring after a ward is all wards of its city.
CLOSE, WARD, CITY, DUTY = range(4)
NAMED = 4  # no ring: the offer to the one helper who was chosen by name

ANSWERS_WITHIN = timedelta(seconds=25)  # an offer reserves its helper for this long
NAMED_ANSWERS_WITHIN = timedelta(seconds=90)  # for a helper chosen in a handoff; no other is asked meanwhile
LOOKS_AGAIN = timedelta(seconds=60)  # no helper is left to ask: look for new arrivals
LOOKS_LATER = timedelta(minutes=5)  # the same after ten minutes, and while no room could open anyway
PATIENCE = timedelta(minutes=10)
ALARM_AGAIN = timedelta(minutes=5)  # until a coordinator has looked
MOST_UNANSWERED = 2  # offers in a row; then the helper counts as away until they return
FIRST_WORD_WITHIN = timedelta(minutes=3)  # for each side, after the room has opened

PHASES = (0, 2, 10, 20)  # minutes of waiting after which the waiting room shows another text


def phase(waited_seconds: int) -> int:
    """Returns the entry of PHASES that a wait is in."""
    return max(one for one in PHASES if waited_seconds >= one * 60)


def may_be_offered(*, present: bool, away: bool, busy: bool, reserved: bool, muted: bool) -> bool:
    """Whether a helper may get an offer now; the hard rules and wishes of the pair come on top."""
    return present and not (away or busy or reserved or muted)


def is_away(unanswered: int) -> bool:
    """Whether so many unanswered offers in a row mean that the helper is away."""
    return unanswered >= MOST_UNANSWERED


def widened(ring: int) -> int:
    """Returns the next ring of a wave.

    People on duty are asked only when no other helper is left.
    """
    return min(ring + 1, CITY)


def looks_after(waited_seconds: int, could_open: bool) -> timedelta:
    """Returns when to look for helpers again after a search found none."""
    patient = could_open and waited_seconds < PATIENCE.total_seconds()
    return LOOKS_AGAIN if patient else LOOKS_LATER


def who_is_missing(helper_wrote: bool, learner_wrote: bool) -> str:
    """Returns who did not come to a room in time: "helper", "learner" or "".

    The helper begins. When both are silent the helper is missing: the learner may only have waited for the first
    message.
    """
    if not helper_wrote:
        return "helper"
    return "" if learner_wrote else "learner"


def may_see_waiting(held: frozenset[str]) -> bool:
    """Coordinators of the unit or above see who waits, who was asked and who did not come."""
    return "coordinator" in held
