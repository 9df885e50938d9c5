"""Minutes of help that may stand on paper: the numbers, what counts, who says so (docs/pairing.md, "Hours that can
be trusted"). Facts come in; nothing is asked of the database here."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tutoring.policy.access import ANYONE, SIGNED_IN, Access, roles
from tutoring.policy.rooms.participation import watching_roles

ROUTES: dict[str, Access] = {
    "pairing.minutes": SIGNED_IN,
    "pairing.say_helped": SIGNED_IN,
    "pairing.unit_minutes": roles("teacher", "coordinator", "lead", "officer"),
    "pairing.strike": roles("teacher", "coordinator", "lead", "officer"),
    "pairing.issue_paper": SIGNED_IN,
    "pairing.paper": SIGNED_IN,
    "pairing.revoke_paper": SIGNED_IN,
    "pairing.verify": ANYONE,
}

# An answer, a try on the phone, a question: longer silence is more often a forgotten page than work.
ACTIVE_WITHIN = timedelta(minutes=5)
# A planned meeting is 45 minutes; what goes far beyond it with one and the same person on one day is no lesson more.
MOST_A_DAY_WITH_ONE = 60
MOST_A_DAY = 180  # of all together: helping is no work, least of all a child's
CONFIRM_WITHIN = timedelta(days=14)  # long enough for a family that looks once a week; then memory is no witness

PAPER_LASTS = timedelta(days=365)  # a school year and its end; whoever needs it longer issues it anew
LONGEST_PERIOD = timedelta(days=366)
MOST_PAPERS = 5  # that hold at the same time, of one helper

# A week in which somebody is told to rest. Of 45 minutes each, six are an evening on all days but one.
REST_AFTER_SESSIONS = 6
REST_AFTER_MINUTES = 240
REST_AFTER_A_DAY = 3

STATES = ("counted", "waiting", "late", "denied", "struck", "idle", "over")


@dataclass(frozen=True)
class Helped:
    """One session of a helper, as far as counting goes."""

    id: int
    room_id: int
    learner_id: int
    day: date
    ended_at: datetime
    minutes: int
    confirmed: bool
    struck: bool


def counted(sessions: Iterable[Helped]) -> dict[int, int]:
    """How many minutes of each session count: confirmed ones in the order of their ends, until the day is full. Of a
    room with several learners the longest counts, not their sum.

    It is worked out over all sessions of a helper, so that one which is taken out makes room for the next.
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
    """Why a session counts or does not: one of STATES."""
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
    """Whether the help took place is the learner's word; of a child of 10 or under the guardian's."""
    return is_guardian if learner_band == "up_to_10" else is_learner


def may_see_minutes(held: Collection[str], minors: bool) -> bool:
    """Who may look into such rooms of a unit sees who helped there, and for how long."""
    return not watching_roles(minors).isdisjoint(held)


def may_strike(held: Collection[str], minors: bool, involved: bool) -> bool:
    """The same people, but nobody who was in it, nor their families."""
    return may_see_minutes(held, minors) and not involved


def may_read_certificate(is_own: bool, is_guardian_of_minor: bool, held: Collection[str]) -> bool:
    """The helper, the guardian of a minor, and the coordinator of the unit that the paper names."""
    return is_own or is_guardian_of_minor or "coordinator" in held


def may_revoke_certificate(is_own: bool, is_guardian_of_minor: bool, held: Collection[str]) -> bool:
    """Whoever may read it may end it."""
    return may_read_certificate(is_own, is_guardian_of_minor, held)


def may_have_certificate(minor: bool, consents: Collection[str], assents: Collection[str] | None) -> bool:
    """A minor's name leaves the site only with a yes to just that: of 16–17 the own, of a child the guardian's, and
    from 7 on the child's own too (`assents`; None where none is asked for)."""
    return not minor or ("hours" in consents and (assents is None or "hours" in assents))


def is_tired(sessions: int, minutes: int, today: int) -> bool:
    """Whether a helper should be told to rest, by the last seven days and today."""
    return sessions >= REST_AFTER_SESSIONS or minutes >= REST_AFTER_MINUTES or today >= REST_AFTER_A_DAY
