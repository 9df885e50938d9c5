"""Rules of volunteer minutes and certificates: limits, what counts, who confirms.

Functions take facts and query no database (docs/volunteer-minutes.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tutoring.policy.rooms.participation import observer_roles

# An answer, a try on the phone, a question: a longer silence is more often a forgotten page than work.
ACTIVE_WITHIN = timedelta(minutes=5)
# A planned meeting takes 45 minutes; much more with the same person on one day is no longer a lesson.
MOST_A_DAY_WITH_ONE = 60
MOST_A_DAY = 180  # with all learners together: helping is not a job, least of all for a child
CONFIRM_WITHIN = timedelta(days=14)  # enough for a family that looks once a week; later, memory is unreliable

WATCHED = timedelta(days=60)  # what the staff's list of a unit shows
MOST_WATCHED = 200

PAPER_LASTS = timedelta(days=365)  # a school year and its end; a helper who needs it longer issues a new one
LONGEST_PERIOD = timedelta(days=366)
MOST_PAPERS = 5  # valid at the same time, of one helper

# Limits of a week after which a helper is advised to rest. Six sessions of 45 minutes fill every evening but one.
REST_AFTER_SESSIONS = 6
REST_AFTER_MINUTES = 240
REST_AFTER_A_DAY = 3

STATES = ("counted", "waiting", "late", "denied", "struck", "idle", "over")


@dataclass(frozen=True)
class Helped:
    """One session of a helper, with the fields that counting needs."""

    id: int
    room_id: int
    learner_id: int
    day: date
    ended_at: datetime
    minutes: int
    confirmed: bool
    struck: bool


def counted(sessions: Iterable[Helped]) -> dict[int, int]:
    """Returns how many minutes of each session count.

    Confirmed sessions count in the order of their ends, until the limits of the day. In a room with several learners
    the longest session counts, not the sum. The input is all sessions of a helper, so a removed one makes room for the
    next.
    """
    of_room: dict[int, int] = defaultdict(int)
    with_one: dict[tuple[int, date], int] = defaultdict(int)
    of_day: dict[date, int] = defaultdict(int)
    found: dict[int, int] = {}
    for one in sorted(sessions, key=lambda one: (one.ended_at, one.id)):
        pair = (one.learner_id, one.day)
        left = min(MOST_A_DAY_WITH_ONE - with_one[pair], MOST_A_DAY - of_day[one.day])
        further = max(0, one.minutes - of_room[one.room_id])
        found[one.id] = min(further, left) if one.confirmed and not one.struck else 0
        of_room[one.room_id] += found[one.id]
        with_one[pair] += found[one.id]
        of_day[one.day] += found[one.id]
    return found


def state(word: str, struck: bool, minutes: int, counts: int, ended_at: datetime, now: datetime) -> str:
    """Returns why a session counts or does not: one of STATES."""
    if struck:
        return "struck"
    if word == "nobody":
        return "denied"
    if not minutes:
        return "idle"
    if word != "helped":
        return "waiting" if now < ended_at + CONFIRM_WITHIN else "late"
    return "counted" if counts else "over"


def may_say_helped(is_learner: bool, is_guardian: bool, learner_band: str) -> bool:
    """The learner confirms that help took place; for a child of 10 or under the guardian does."""
    return is_guardian if learner_band == "up_to_10" else is_learner


def may_see_minutes(held: Collection[str], minors: bool) -> bool:
    """Users who may observe such rooms of a unit see who helped there, and for how long."""
    return not observer_roles(minors).isdisjoint(held)


def may_strike(held: Collection[str], minors: bool, involved: bool) -> bool:
    """The same users may strike minutes, except participants of the session and their families."""
    return may_see_minutes(held, minors) and not involved


def may_read_certificate(is_own: bool, is_guardian_of_minor: bool, held: Collection[str]) -> bool:
    """Whether the user may read a certificate.

    The helper may, and so may the guardian of a minor and the coordinator of the unit that it names.
    """
    return is_own or is_guardian_of_minor or "coordinator" in held


def may_have_certificate(minor: bool, consents: Collection[str], assents: Collection[str] | None) -> bool:
    """A certificate carries a minor's name off the site, so it needs consent to exactly that.

    Users of 16–17 consent themselves, the guardian consents for a child, and from 7 on the child assents too.
    `assents` is None where no assent is needed.
    """
    return not minor or ("hours" in consents and (assents is None or "hours" in assents))


def is_tired(sessions: int, minutes: int, today: int) -> bool:
    """Whether a helper should be advised to rest, by the last seven days and today."""
    return sessions >= REST_AFTER_SESSIONS or minutes >= REST_AFTER_MINUTES or today >= REST_AFTER_A_DAY
