"""Access rules of visits: at the help desk of the ward's centre, or at home by two people.

Both visitors are vetted. Only adults ask, each for themself. No visitor goes to a home alone; where a child lives, a
guardian must be present. Functions take facts and query no database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tutoring.kernel.clock import LOCAL, local
from tutoring.policy.rooms.participation import RoomFacts, may_read_room

PLANNERS = frozenset({"lead", "officer", "coordinator"})

KINDS = ("desk", "home")
OPEN = ("asked", "planned")
OVER = ("done", "missed", "cancelled", "refused")
MOST_TIMES = 3
LONGEST_ADDRESS = 200
LONGEST_WORDS = 500

EARLIEST, LATEST = time(7), time(19)  # a visit to a home begins between these times
SOONEST, FARTHEST = timedelta(minutes=30), timedelta(days=30)
APART = timedelta(minutes=90)  # minimum gap between two visits of one visitor
BEFORE = timedelta(hours=24)  # the two visitors and the planner may read the address from this long before the visit
ARRIVING = timedelta(minutes=30)  # the visitors may report the result from this long before the visit

ADDRESS_KEPT = timedelta(days=7)  # the address is stored this long after the visit or its other end
WAITS = timedelta(days=30)  # an unplanned request ends after this, and its address is deleted
READ_AFTER = timedelta(days=7)  # its visitors may read the visit this long after it
OFFERED = timedelta(days=14)  # an offer from a room stays open this long
AFTER_ROOM = timedelta(days=7)  # an offer may still be made this long after the room ended


# ---- asking ---------------------------------------------------------------------------------------------------


def may_ask_visit(minor: bool, belongs: bool) -> bool:
    """An adult who belongs to the ward, or to a unit in it, may ask, and only for themself."""
    return belongs and not minor


def may_come_home(children: bool, guardian_there: bool) -> bool:
    """Where a child lives, a home visit needs a parent or guardian present."""
    return guardian_there or not children


def may_offer_visit(room: RoomFacts, since_end: timedelta | None) -> bool:
    """The helper or an observer of a room of adults may propose a visit.

    `since_end` is the time since the room ended, or None while it is open.
    """
    if room.minors or room.kind not in {"pair", "desk", "questions"} or not may_read_room(room):
        return False
    return room.role in {"helper", "observer"} and (since_end is None or since_end <= AFTER_ROOM)


# ---- planning -------------------------------------------------------------------------------------------------


def may_plan(held: Collection[str], is_asker: bool) -> bool:
    """Leads, officers and coordinators of the unit or a higher one may plan.

    No user plans their own request.
    """
    return not is_asker and not PLANNERS.isdisjoint(held)


@dataclass(frozen=True)
class Visitor:
    """The facts that the rules need about one possible visitor."""

    user_id: int
    adult: bool = False
    active: bool = False  # the account
    vouched: bool = False  # policy.pairing.vetting: a nomination in force with its training, or confirmed staff
    staff: bool = False  # lead, officer or coordinator of the ward, or of something in or above it
    nominated: bool = False  # nominated by a member of the ward
    on_probation: bool = False
    avoided: bool = False  # by the asker, or by a decision of the help desk


def may_visit(one: Visitor, asker_id: int) -> bool:
    """A vetted adult of the ward may visit, unless the asker avoids them or is the same person."""
    fit = one.adult and one.active and one.vouched and (one.staff or one.nominated)
    return fit and one.user_id != asker_id and not one.avoided


def may_receive(one: Visitor, asker_id: int) -> bool:
    """At the centre, only the ward's own staff receive visitors."""
    return may_visit(one, asker_id) and one.staff


def may_go_together(one: Visitor, other: Visitor, asker_id: int, kin: bool) -> bool:
    """The two visitors are different people of different families.

    At least one is past probation.
    """
    two = may_visit(one, asker_id) and may_visit(other, asker_id) and one.user_id != other.user_id
    return two and not kin and not (one.on_probation and other.on_probation)


def wrong_time(kind: str, at: datetime, now: datetime) -> str:
    """Returns what is wrong with a time: "soon", "far", "hours" or ""."""
    if at < now + SOONEST:
        return "soon"
    if at > now + FARTHEST:
        return "far"
    return "hours" if kind == "home" and not EARLIEST <= local(at).time() <= LATEST else ""


# ---- the visit ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitFacts:
    """The facts that the rules need about one user and one visit."""

    is_asker: bool = False
    is_visitor: bool = False
    is_planner: bool = False  # made the latest plan
    held: Collection[str] = frozenset()  # roles at its unit or above
    fit: bool = True  # a visitor who still may visit
    state: str = "asked"
    kind: str = "home"
    at: datetime | None = None
    since: timedelta | None = None  # time since it ended

    @property
    def plans(self) -> bool:
        return may_plan(self.held, self.is_asker)

    @property
    def goes(self) -> bool:
        return self.is_visitor and self.fit and not self.is_asker


def until(at: datetime) -> datetime:
    """Returns the end of the day after a visit."""
    return datetime.combine(local(at).date() + timedelta(days=2), time(0), LOCAL)


def may_see_visit(facts: VisitFacts) -> bool:
    """The asker, the unit's staff and the two visitors may see a visit.

    The visitors see it while it is planned, and for a week after it took place or was missed.
    """
    lately = facts.state in {"done", "missed"} and facts.since is not None and facts.since < READ_AFTER
    return facts.is_asker or facts.plans or (facts.goes and (lately or facts.state == "planned"))


def may_change_plan(facts: VisitFacts) -> bool:
    """The planning staff may plan, replan or refuse a visit while it is open."""
    return facts.plans and facts.state in OPEN


def may_cancel(facts: VisitFacts) -> bool:
    """The asker may cancel until the end, without a reason."""
    return facts.is_asker and facts.state in OPEN


def may_do_without(facts: VisitFacts, is_visitor: bool) -> bool:
    """The asker may exclude one of the two visitors of a planned visit."""
    return facts.is_asker and facts.state == "planned" and is_visitor


def may_read_address(facts: VisitFacts, now: datetime) -> bool:
    """The two visitors and the planner may read the address of a planned home visit.

    The window runs from a day before the visit to the end of the day after it.
    """
    if facts.kind != "home" or facts.state != "planned" or facts.at is None:
        return False
    near = facts.at - BEFORE <= now < until(facts.at)
    return near and (facts.goes or (facts.is_planner and facts.plans))


def may_carry_badge(facts: VisitFacts) -> bool:
    """The two visitors have a badge while a home visit is planned."""
    return facts.goes and facts.kind == "home" and facts.state == "planned"


def may_see_number(facts: VisitFacts, now: datetime) -> bool:
    """The asker sees the number at once; the visitors see it from the day of the visit on."""
    if facts.kind != "home" or facts.state != "planned" or facts.at is None:
        return False
    return facts.is_asker or (facts.goes and local(facts.at).date() <= local(now).date() and now < until(facts.at))


def may_say_how_it_went(facts: VisitFacts, now: datetime) -> bool:
    """The visitors and the planner report the result, from shortly before the visit on."""
    took_part = facts.goes or (facts.is_planner and facts.plans)
    return took_part and facts.state == "planned" and facts.at is not None and now >= facts.at - ARRIVING


def may_judge(facts: VisitFacts) -> bool:
    """Only the asker may say whether the visit helped."""
    return facts.is_asker and facts.state == "done"


def may_go_on_online(facts: VisitFacts) -> bool:
    """The asker may continue with help online once the visit is done."""
    return facts.is_asker and facts.state == "done"
