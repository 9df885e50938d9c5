"""Access rules of welfare cases: the person in danger, alarms, acts and endings."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from tutoring.policy.rooms.comfort import UNEASY
from tutoring.policy.rooms.participation import observer_roles

LEVELS = ("explicit", "ambiguous")  # of a text of danger
CASE_LEVELS = (*LEVELS, UNEASY)  # from the gravest; uneasy: no text, but a child's answer after a session
DOORS = ("room", "ask", "feedback", "circle", "report")
PROTECTS = ("author", "child", "grown_up", "unknown")
HOMES = ("unknown", "safe", "danger")  # knowledge about the author's home: the first is the default
ENDINGS = ("cared", "outside", "no_danger")
ACTS = ("talked", "called_111", "called_police", "no_danger", "told_guardian", "asked_helper")
ANSWERS = frozenset({"talked", "called_111", "called_police", "no_danger"})
OUTSIDE = frozenset({"called_111", "called_police"})

TOPICS = frozenset({"an-toan.bat-nat"})  # a request on one of these topics shows the safety card before the queue

LOOK = timedelta(minutes=15)  # deadline for the first look, at any hour
AGAIN = timedelta(minutes=5)  # the alarm repeats, and moves to the next person, until an act is recorded
SLOWER = timedelta(minutes=30)  # interval after an hour of alarms
MANY = 12
TOO_LATE = timedelta(minutes=5)  # an alarm sent this much later shows that the service was down meanwhile
WORDS_KEPT = timedelta(days=180)
ACTS_KEPT = timedelta(days=730)


def grade_of(level: str) -> str:
    """Returns the grade under which the moderation queue shows the case."""
    return {"explicit": "S0", UNEASY: "S2"}.get(level, "S1")


def is_graver(level: str, than: str) -> bool:
    """Whether a case of the second level becomes one of the first."""
    return CASE_LEVELS.index(level) < CASE_LEVELS.index(than)


def wait(rounds: int) -> timedelta:
    """Returns the wait until the alarm is sent again, after so many rounds."""
    return AGAIN if rounds < MANY else SLOWER


def is_answered(acts: Iterable[str]) -> bool:
    """Whether an act has helped the person in danger. Claiming the case is not such an act."""
    return not ANSWERS.isdisjoint(acts)


def may_ask_to_talk(is_asked: bool, is_active: bool) -> bool:
    """A child who is asked after a session how it felt may ask staff for a talk, whatever it answers."""
    return is_asked and is_active


def may_open_talk(held: Collection[str], minors: bool, has_unit: bool) -> bool:
    """Staff who may observe rooms of the case's unit talk with the author; the caller has checked the case."""
    return has_unit and not observer_roles(minors).isdisjoint(held)


def may_tell_guardian(home: str) -> bool:
    """A guardian may be informed, by voice, only when the home is known to be safe."""
    return home == "safe"


def acts_for(home: str) -> list[str]:
    """Returns the acts that can be recorded, given what is known of the home.

    The act no_danger has a button of its own.
    """
    kept_back = {"no_danger"} if may_tell_guardian(home) else {"no_danger", "told_guardian"}
    return [act for act in ACTS if act not in kept_back]


def ending_for(acts: Iterable[str]) -> str:
    """Returns how a case ends after these acts."""
    return "cared" if OUTSIDE.isdisjoint(acts) else "outside"


def may_see_danger_figures(held: Collection[str]) -> bool:
    """Coordinators of the unit and site admins see the statistics of welfare cases.

    They show how often detection was right, and how soon help came.
    """
    return not {"coordinator", "site_admin"}.isdisjoint(held)
