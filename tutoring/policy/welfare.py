"""Welfare cases: whom they protect, what ends their alarm, and what whoever handles one may do."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access

_DESK: Access = STAFF | {"site_admin"}

ROUTES: dict[str, Access] = {
    "welfare.card": ANYONE,
    "welfare.hide": SIGNED_IN,
    "moderation.welfare_act": _DESK,
    "moderation.welfare_calm": _DESK,
    "moderation.welfare_home": _DESK,
    "moderation.welfare_close": _DESK,
    "moderation.welfare_hold": _DESK,
}
# Whoever looks for help is never too quick.
UNLIMITED = frozenset({"welfare.card", "welfare.hide"})

LEVELS = ("explicit", "ambiguous")
DOORS = ("room", "ask", "feedback", "circle", "report")
PROTECTS = ("author", "child", "grown_up", "unknown")
HOMES = ("unknown", "safe", "danger")  # what is known of the author's home: the first is the default
ENDINGS = ("cared", "outside", "no_danger")
ACTS = ("talked", "called_111", "called_police", "no_danger", "told_guardian", "asked_helper")
ANSWERS = frozenset({"talked", "called_111", "called_police", "no_danger"})
OUTSIDE = frozenset({"called_111", "called_police"})

TOPICS = frozenset({"an-toan.bat-nat"})  # asked for under these, the safety card comes before the queue

LOOK = timedelta(minutes=15)  # whatever the hour is
AGAIN = timedelta(minutes=5)  # an alarm goes on, and to the next, until an act is written down
SLOWER = timedelta(minutes=30)  # once an hour has gone by
MANY = 12
TOO_LATE = timedelta(minutes=5)  # an alarm that goes out so much later: nothing worked meanwhile
WORDS_KEPT = timedelta(days=180)
ACTS_KEPT = timedelta(days=730)


def grade_of(level: str) -> str:
    """The grade under which the desk sees the case."""
    return "S0" if level == "explicit" else "S1"


def wait(rounds: int) -> timedelta:
    """Until the alarm goes out once more, after so many rounds."""
    return AGAIN if rounds < MANY else SLOWER


def is_answered(acts: Iterable[str]) -> bool:
    """Whether somebody has done something for the one in danger. To take the case in hand is no such act."""
    return not ANSWERS.isdisjoint(acts)


def may_tell_guardian(home: str) -> bool:
    """Only whoever knows that the home is safe tells a guardian, by voice."""
    return home == "safe"


def acts_for(home: str) -> list[str]:
    """The acts that can be written down, by what is known of the home. That nothing was wrong has a button of its
    own."""
    kept_back = {"no_danger"} if may_tell_guardian(home) else {"no_danger", "told_guardian"}
    return [act for act in ACTS if act not in kept_back]


def ending_for(acts: Iterable[str]) -> str:
    """How a case ends after these acts."""
    return "cared" if OUTSIDE.isdisjoint(acts) else "outside"


def may_see_danger_figures(held: Collection[str]) -> bool:
    """How often the machine was right, and how soon somebody came: for coordinators of the unit, and site admins."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)
