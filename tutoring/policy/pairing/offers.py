"""Who is asked to help at once, and when: numbers and rules without a database (docs/pairing.md, "Help at once")."""

from datetime import timedelta

# How far around a request helpers are asked. A ring holds those before it. Wards have no list of neighbours: the
# next after a ward are all wards of its city.
CLOSE, WARD, CITY, DUTY = range(4)

ANSWERS_WITHIN = timedelta(seconds=25)  # an offer reserves its helper for so long
NAMED_ANSWERS_WITHIN = timedelta(seconds=90)  # somebody whom a teacher chose to help on; nobody else is asked meanwhile
LOOKS_AGAIN = timedelta(seconds=60)  # nobody is left to ask: whoever comes meanwhile
LOOKS_LATER = timedelta(minutes=5)  # the same after ten minutes, and while no room could open anyway
PATIENCE = timedelta(minutes=10)
ALARM_AGAIN = timedelta(minutes=5)  # until somebody has looked
MOST_UNANSWERED = 2  # offers in a row; then the helper counts as away until they come back
FIRST_WORD_WITHIN = timedelta(minutes=3)  # of each side, after the room has opened

PHASES = (0, 2, 10, 20)  # minutes of waiting after which the waiting room says something else


def phase(waited_seconds: int) -> int:
    """Which of PHASES a wait is in."""
    return max(one for one in PHASES if waited_seconds >= one * 60)


def may_be_offered(*, present: bool, away: bool, busy: bool, reserved: bool, muted: bool) -> bool:
    """Whether a helper is asked now, whoever asks. The hard rules and wishes of the pair come on top."""
    return present and not (away or busy or reserved or muted)


def is_away(unanswered: int) -> bool:
    """Whether so many unanswered offers in a row mean that nobody is there."""
    return unanswered >= MOST_UNANSWERED


def widened(ring: int) -> int:
    """The ring after this one that a wave reaches by itself; who is on duty is asked when nobody else is left."""
    return min(ring + 1, CITY)


def looks_after(waited_seconds: int, could_open: bool) -> timedelta:
    """When to look for helpers again after nobody was found."""
    patient = could_open and waited_seconds < PATIENCE.total_seconds()
    return LOOKS_AGAIN if patient else LOOKS_LATER


def who_is_missing(helper_wrote: bool, learner_wrote: bool) -> str:
    """Who did not come to a room in time: "helper", "learner" or "". The helper begins, so of two who are silent it
    is the helper: the learner may only have waited to be spoken to."""
    if not helper_wrote:
        return "helper"
    return "" if learner_wrote else "learner"


def may_see_waiting(held: frozenset[str]) -> bool:
    """The coordinator of a unit, or of one above it, sees who waits there, who was asked, and who did not come."""
    return "coordinator" in held
