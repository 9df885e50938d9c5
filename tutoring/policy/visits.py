"""Meeting in person: at the desk of the ward's centre, or at home by two vetted people. Facts come in; nothing is asked
of the database here.

Only grown-ups ask, each for themself. Nobody goes to a home alone, and where a child lives a guardian is there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tutoring.kernel.clock import LOCAL, local
from tutoring.policy.access import SIGNED_IN, Access, roles
from tutoring.policy.rooms.participation import RoomFacts, may_read_room

PLANNERS = frozenset({"lead", "officer", "coordinator"})
_STAFF: Access = roles(*PLANNERS)

ROUTES: dict[str, Access] = {
    "visits.visits": SIGNED_IN,
    "visits.new_visit": SIGNED_IN,
    "visits.visit": SIGNED_IN,
    "visits.cancel_visit": SIGNED_IN,
    "visits.visit_without": SIGNED_IN,
    "visits.judge_visit": SIGNED_IN,
    "visits.visit_online": SIGNED_IN,
    "visits.visit_address": SIGNED_IN,
    "visits.visit_badge": SIGNED_IN,
    "visits.end_visit": SIGNED_IN,
    "visits.miss_visit": SIGNED_IN,
    "visits.offer_visit": SIGNED_IN,
    "visits.decline_visit": SIGNED_IN,
    "visits.unit_visits": _STAFF,
    "visits.plan_visit": _STAFF,
    "visits.refuse_visit": _STAFF,
}

KINDS = ("desk", "home")
OPEN = ("asked", "planned")
OVER = ("done", "missed", "cancelled", "refused")
MOST_TIMES = 3
LONGEST_ADDRESS = 200
LONGEST_WORDS = 500

EARLIEST, LATEST = time(7), time(19)  # a visit to a home begins between these
SOONEST, FARTHEST = timedelta(minutes=30), timedelta(days=30)
APART = timedelta(minutes=90)  # nobody is sent to two places within it
BEFORE = timedelta(hours=24)  # so long before the time its two people and the planner may read the address
ARRIVING = timedelta(minutes=30)  # so long before the time the two may say how it went

ADDRESS_KEPT = timedelta(days=7)  # after the visit, or what became of it
WAITS = timedelta(days=30)  # unplanned; then the request ends, and its address goes
READ_AFTER = timedelta(days=7)  # so long its people see what they did
OFFERED = timedelta(days=14)  # an offer out of a room stands open
AFTER_ROOM = timedelta(days=7)  # and may still be made once the room is over


# ---- asking ---------------------------------------------------------------------------------------------------


def may_ask_visit(minor: bool, belongs: bool) -> bool:
    """A grown-up who belongs to the ward, or to anything in it, and for themself alone."""
    return belongs and not minor


def may_come_home(children: bool, guardian_there: bool) -> bool:
    """Where a child lives, only while a parent or guardian is there."""
    return guardian_there or not children


def may_offer_visit(room: RoomFacts, since_end: timedelta | None) -> bool:
    """Who helps or watches in a room of grown-ups proposes to meet; `since_end` of a room that is over."""
    if room.minors or room.kind not in {"pair", "desk", "questions"} or not may_read_room(room):
        return False
    return room.role in {"helper", "observer"} and (since_end is None or since_end <= AFTER_ROOM)


# ---- planning -------------------------------------------------------------------------------------------------


def may_plan(held: Collection[str], is_asker: bool) -> bool:
    """Leads, officers and coordinators of the place or above it; never what they asked for themselves."""
    return not is_asker and not PLANNERS.isdisjoint(held)


@dataclass(frozen=True)
class Visitor:
    """What the rules need to know of somebody who would go."""

    user_id: int
    adult: bool = False
    active: bool = False  # the account
    vouched: bool = False  # policy.vetting: a nomination in force with its training, or confirmed staff
    staff: bool = False  # lead, officer or coordinator of the ward, or of something in or above it
    nominated: bool = False  # vouched for by somebody of the ward
    on_probation: bool = False
    avoided: bool = False  # by the asker, or by the desk's word


def may_visit(one: Visitor, asker_id: int) -> bool:
    """A vetted grown-up of the ward whom the asker does not want to avoid, and another one than the asker."""
    fit = one.adult and one.active and one.vouched and (one.staff or one.nominated)
    return fit and one.user_id != asker_id and not one.avoided


def may_receive(one: Visitor, asker_id: int) -> bool:
    """At the centre it is its own staff who receives people."""
    return may_visit(one, asker_id) and one.staff


def may_go_together(one: Visitor, other: Visitor, asker_id: int, kin: bool) -> bool:
    """Two different people of different families, one of them past the first sessions."""
    two = may_visit(one, asker_id) and may_visit(other, asker_id) and one.user_id != other.user_id
    return two and not kin and not (one.on_probation and other.on_probation)


def wrong_time(kind: str, at: datetime, now: datetime) -> str:
    """What is wrong with a time: "soon", "far", "hours" or ""."""
    if at < now + SOONEST:
        return "soon"
    if at > now + FARTHEST:
        return "far"
    return "hours" if kind == "home" and not EARLIEST <= local(at).time() <= LATEST else ""


# ---- the visit ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitFacts:
    """Somebody before one visit."""

    is_asker: bool = False
    is_visitor: bool = False
    is_planner: bool = False  # who planned it last
    held: Collection[str] = frozenset()  # roles at its unit or above
    fit: bool = True  # a visitor still is somebody who may visit
    state: str = "asked"
    kind: str = "home"
    at: datetime | None = None
    since: timedelta | None = None  # it ended

    @property
    def plans(self) -> bool:
        return may_plan(self.held, self.is_asker)

    @property
    def goes(self) -> bool:
        return self.is_visitor and self.fit and not self.is_asker


def until(at: datetime) -> datetime:
    """The end of the day after a visit."""
    return datetime.combine(local(at).date() + timedelta(days=2), time(0), LOCAL)


def may_see_visit(facts: VisitFacts) -> bool:
    """The asker, the staff of the place, and its two people while it is planned and for a week after it."""
    lately = facts.state in {"done", "missed"} and facts.since is not None and facts.since < READ_AFTER
    return facts.is_asker or facts.plans or (facts.goes and (lately or facts.state == "planned"))


def may_change_plan(facts: VisitFacts) -> bool:
    """Plan, plan anew, refuse: while it is open."""
    return facts.plans and facts.state in OPEN


def may_cancel(facts: VisitFacts) -> bool:
    """Until the end, and whoever asked needs no reason for it."""
    return facts.is_asker and facts.state in OPEN


def may_do_without(facts: VisitFacts, is_visitor: bool) -> bool:
    """Whoever asked says that one of the two shall not come."""
    return facts.is_asker and facts.state == "planned" and is_visitor


def may_read_address(facts: VisitFacts, now: datetime) -> bool:
    """Its two people and whoever planned it, from a day before until the end of the day after, while it stands."""
    if facts.kind != "home" or facts.state != "planned" or facts.at is None:
        return False
    near = facts.at - BEFORE <= now < until(facts.at)
    return near and (facts.goes or (facts.is_planner and facts.plans))


def may_carry_badge(facts: VisitFacts) -> bool:
    """Its two people, while it is planned."""
    return facts.goes and facts.kind == "home" and facts.state == "planned"


def may_see_number(facts: VisitFacts, now: datetime) -> bool:
    """Whoever asked knows the number at once; those who come hear it on the day itself."""
    if facts.kind != "home" or facts.state != "planned" or facts.at is None:
        return False
    return facts.is_asker or (facts.goes and local(facts.at).date() <= local(now).date() and now < until(facts.at))


def may_say_how_it_went(facts: VisitFacts, now: datetime) -> bool:
    """Its people and whoever planned it, from its time on."""
    took_part = facts.goes or (facts.is_planner and facts.plans)
    return took_part and facts.state == "planned" and facts.at is not None and now >= facts.at - ARRIVING


def may_judge(facts: VisitFacts) -> bool:
    """Whether it helped is the asker's to say."""
    return facts.is_asker and facts.state == "done"


def may_go_on_online(facts: VisitFacts) -> bool:
    """Back to helping online, once somebody has been there."""
    return facts.is_asker and facts.state == "done"
