"""Reports and cases: how urgent a report is, until when somebody looks at it, and who sees and decides a case.

The board shows rooms to the staff of a unit; which of them each sees is decided by policy.rooms.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access
from tutoring.policy.moderation.emergency_access import POWER
from tutoring.policy.rooms.participation import watching_roles

_DESK: Access = STAFF | {"site_admin"}

ROUTES: dict[str, Access] = {
    "moderation.board": STAFF,
    "moderation.desk": _DESK,
    "moderation.report": ANYONE,
    "moderation.report_lesson": ANYONE,
    "moderation.reported": ANYONE,
    "moderation.report_message": SIGNED_IN,
    "moderation.report_room": SIGNED_IN,
    "moderation.report_person": SIGNED_IN,
    "moderation.report_topic": SIGNED_IN,
    "moderation.report_answer": SIGNED_IN,
    "moderation.my_reports": SIGNED_IN,
    "moderation.cases": _DESK,
    "moderation.case": _DESK,
    "moderation.decide": _DESK,
    "moderation.regrade": _DESK,
    "moderation.claim": _DESK,
    "moderation.let_go": _DESK,
    "moderation.act": _DESK,
    "moderation.reverse": _DESK,
    "moderation.done": SIGNED_IN,
    "moderation.lift_lock": _DESK,
    "moderation.acts_about_me": SIGNED_IN,
    "moderation.ask_second_look": SIGNED_IN,
    "moderation.second_looks": _DESK,
    "moderation.second_look": _DESK,
    "moderation.readings": POWER,
    "moderation.ask_reading": POWER,
    "moderation.reading": POWER,
    "moderation.agree_reading": POWER,
    "moderation.decline_reading": POWER,
    "moderation.read_room": POWER,
}
STEP_UP = frozenset({"moderation.lift_lock", "moderation.ask_reading", "moderation.agree_reading"})
# Writing a report has a count of its own, which a danger passes by.
UNLIMITED = frozenset(name for name in ROUTES if name.startswith("moderation.report"))

GRADES = ("S0", "S1", "S2", "S3")  # danger now · grooming, extortion, theft of an identity · bullying · the rest
KINDS = ("danger", "scared", "contact", "away", "bullied", "scam", "wrong", "other")
OUTCOMES = ("none", "reminded", "hidden", "removed", "paused", "outside")
ENOUGH = 3  # different people whose reports hide a message by themselves

# Of a report by a child, or from where a child may be; by a grown-up about grown-ups.
_CHILD = {"danger": "S0", "scared": "S1", "contact": "S1", "away": "S1", "scam": "S1", "bullied": "S2"}
_ADULT = {"danger": "S0", "scared": "S2", "contact": "S2", "away": "S2", "scam": "S1", "bullied": "S2"}

# SAFETY "Report → deadlines": until somebody looks, until it is decided.
LOOK = {
    "S0": timedelta(minutes=15),
    "S1": timedelta(hours=2),
    "S2": timedelta(hours=12),
    "S3": timedelta(days=3),
}
DECIDE = {"S0": timedelta(hours=4), "S1": timedelta(hours=24), "S2": timedelta(days=3), "S3": timedelta(days=7)}
# So long before the end whoever decides is reminded once more.
SOON = {"S0": timedelta(hours=1), "S1": timedelta(hours=4)}
OUTSIDE_HOURS = timedelta(minutes=30)  # for S0 when no lesson runs


def grade_of(kind: str, target: str, minors: bool) -> str:
    """How urgent a report of this kind is."""
    found = (_CHILD if minors else _ADULT).get(kind)
    if found is not None:
        return found
    return "S2" if minors and target != "lesson" else "S3"


def deadlines(grade: str, opened: datetime, in_hours: bool) -> tuple[datetime, datetime]:
    """Until when somebody has looked, and until when it is decided; `in_hours` while rooms of the unit may be open."""
    look = LOOK[grade]
    if grade == "S0" and not in_hours:
        look = OUTSIDE_HOURS
    return opened + look, opened + DECIDE[grade]


@dataclass(frozen=True)
class CaseFacts:
    """What the rules need to know of one person and one case."""

    grade: str
    minors: bool
    held: Collection[str] = frozenset()  # roles at the case's unit or above it, and site_admin
    of_unit: bool = True  # the case belongs to a unit
    edits: bool = False  # about a lesson, and this person writes on lessons
    is_about: bool = False  # the case is about this person
    reported: bool = False  # this person is one of those who reported
    family_of_about: bool = False  # guardian, ward or sibling in guardianship of the one it is about
    family_of_reporter: bool = False  # guardian of a child who reported
    alarmed: bool = False  # it has come to the site admins


def _looks_after(facts: CaseFacts) -> bool:
    if "site_admin" in facts.held and (facts.alarmed or not facts.of_unit):
        return True
    return facts.edits or (facts.of_unit and not watching_roles(facts.minors).isdisjoint(facts.held))


def may_see_case(facts: CaseFacts) -> bool:
    """Those who look after the unit: never the one it is about, nor the family of either side."""
    return _looks_after(facts) and not (facts.is_about or facts.family_of_about or facts.family_of_reporter)


def may_decide_case(facts: CaseFacts) -> bool:
    """Who sees it and did not report it; the two sternest grades are for coordinators and site admins."""
    if not may_see_case(facts) or facts.reported:
        return False
    return facts.grade in ("S2", "S3") or not {"coordinator", "site_admin"}.isdisjoint(facts.held)


def may_see_risk(is_of_pair: bool, family: bool) -> bool:
    """What one person's writing to another has come to, on the board of those who watch over both: for neither of the
    two, nor the family of either."""
    return not (is_of_pair or family)


def may_lift_lock(facts: CaseFacts) -> bool:
    """The lock of a picture that may show abuse: coordinators and site admins who may decide the case."""
    return may_decide_case(facts) and not {"coordinator", "site_admin"}.isdisjoint(facts.held)


def may_take_over(holder: CaseFacts, facts: CaseFacts) -> bool:
    """Who has a case in hand and may not decide it holds up nobody who may."""
    return may_decide_case(facts) and not may_decide_case(holder)


def may_regrade(facts: CaseFacts, to: str) -> bool:
    """Anybody who sees a case may make it more urgent; less urgent only who may decide it."""
    return to in GRADES and may_see_case(facts) and (to < facts.grade or may_decide_case(facts))


def may_report_in_room(had_seat: bool, may_watch: bool) -> bool:
    """Who is or was in the room, and who may look into it."""
    return had_seat or may_watch
