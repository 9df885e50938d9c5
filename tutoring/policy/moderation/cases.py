"""Rules of reports and cases: grade, deadlines, and who sees and decides a case.

The live dashboard shows rooms to the staff of a unit; policy.rooms.participation decides which rooms each of them sees.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.policy.rooms.participation import observer_roles

GRADES = ("S0", "S1", "S2", "S3")  # danger now · grooming, extortion, identity theft · bullying · the rest
KINDS = ("danger", "scared", "contact", "away", "bullied", "scam", "wrong", "other")
OUTCOMES = ("none", "reminded", "hidden", "removed", "paused", "outside")
ENOUGH = 3  # reports by this many different people hide a message automatically

# _CHILD: reports by a child, or from where a child may be. _ADULT: reports by an adult about adults.
_CHILD = {"danger": "S0", "scared": "S1", "contact": "S1", "away": "S1", "scam": "S1", "bullied": "S2"}
_ADULT = {"danger": "S0", "scared": "S2", "contact": "S2", "away": "S2", "scam": "S1", "bullied": "S2"}

# SAFETY "Report → deadlines": until the first look, until the decision.
LOOK = {
    "S0": timedelta(minutes=15),
    "S1": timedelta(hours=2),
    "S2": timedelta(hours=12),
    "S3": timedelta(days=3),
}
DECIDE = {"S0": timedelta(hours=4), "S1": timedelta(hours=24), "S2": timedelta(days=3), "S3": timedelta(days=7)}
# The decider is reminded once more this long before the deadline.
SOON = {"S0": timedelta(hours=1), "S1": timedelta(hours=4)}
OUTSIDE_HOURS = timedelta(minutes=30)  # for S0 when no lesson runs


def grade_of(kind: str, target: str, minors: bool) -> str:
    """Returns the grade of a report of this kind."""
    found = (_CHILD if minors else _ADULT).get(kind)
    if found is not None:
        return found
    return "S2" if minors and target != "lesson" else "S3"


def deadlines(grade: str, opened: datetime, in_hours: bool) -> tuple[datetime, datetime]:
    """Returns the deadlines of the first look and of the decision.

    `in_hours` is true while rooms of the unit may be open.
    """
    look = LOOK[grade]
    if grade == "S0" and not in_hours:
        look = OUTSIDE_HOURS
    return opened + look, opened + DECIDE[grade]


@dataclass(frozen=True)
class CaseFacts:
    """The facts that the rules need about one user and one case."""

    grade: str
    minors: bool
    held: Collection[str] = frozenset()  # roles at the case's unit or above it, and site_admin
    of_unit: bool = True  # the case belongs to a unit
    edits: bool = False  # the case is about a lesson, and this user edits lessons
    is_about: bool = False  # the case is about this user
    reported: bool = False  # this user is one of the reporters
    family_of_about: bool = False  # guardian, ward or sibling in guardianship of the subject
    family_of_reporter: bool = False  # guardian of a child who reported
    alarmed: bool = False  # the case has been escalated to the site admins


def _looks_after(facts: CaseFacts) -> bool:
    if "site_admin" in facts.held and (facts.alarmed or not facts.of_unit):
        return True
    return facts.edits or (facts.of_unit and not observer_roles(facts.minors).isdisjoint(facts.held))


def may_see_case(facts: CaseFacts) -> bool:
    """Staff who look after the unit see a case.

    The subject and the families of either side never do.
    """
    return _looks_after(facts) and not (facts.is_about or facts.family_of_about or facts.family_of_reporter)


def may_decide_case(facts: CaseFacts) -> bool:
    """A user who sees the case and did not report it decides it.

    S0 and S1 need a coordinator or site admin.
    """
    if not may_see_case(facts) or facts.reported:
        return False
    return facts.grade in ("S2", "S3") or not {"coordinator", "site_admin"}.isdisjoint(facts.held)


def may_see_risk(is_of_pair: bool, family: bool) -> bool:
    """Observers of both people see their risk score on the live dashboard.

    The pair and their families do not.
    """
    return not (is_of_pair or family)


def may_lift_lock(facts: CaseFacts) -> bool:
    """Whether the user may lift the lock of a picture that may show abuse.

    Coordinators and site admins may, if they may decide the case.
    """
    return may_decide_case(facts) and not {"coordinator", "site_admin"}.isdisjoint(facts.held)


def may_take_over(holder: CaseFacts, facts: CaseFacts) -> bool:
    """A user who may decide a case may take it over from a holder who may not."""
    return may_decide_case(facts) and not may_decide_case(holder)


def may_regrade(facts: CaseFacts, to: str) -> bool:
    """A user who sees a case may make it more urgent.

    Only one who may decide it may make it less urgent.
    """
    return to in GRADES and may_see_case(facts) and (to < facts.grade or may_decide_case(facts))


def may_report_in_room(had_seat: bool, may_watch: bool) -> bool:
    """Users who have or had a seat in the room, and users who may observe it, may report in it."""
    return had_seat or may_watch
