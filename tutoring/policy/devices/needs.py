"""Needs of devices and of internet: who may ask, confirm, propose and approve. Facts come in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tutoring.policy.access import ANYONE, SIGNED_IN, Access, roles
from tutoring.policy.devices.inventory import STOCK

SCHOOL: Final = frozenset({"teacher", "coordinator"})  # know a pupil's family at the school
_CONFIRMS: Access = roles(*(STOCK | SCHOOL))
_DECIDES: Access = roles(*STOCK)

ROUTES: dict[str, Access] = {
    "devices.need_order": ANYONE,
    "devices.needs": SIGNED_IN,
    "devices.new_need": SIGNED_IN,
    "devices.need": SIGNED_IN,
    "devices.withdraw_need": SIGNED_IN,
    "devices.unit_needs": _CONFIRMS,
    "devices.confirm_need": _CONFIRMS,
    "devices.propose_device": _DECIDES,
    "devices.propose_vouchers": _DECIDES,
    "devices.approve_need": _DECIDES,
    "devices.put_back_need": _DECIDES,
    "devices.give_again": _DECIDES,
    "devices.refuse_need": _DECIDES,
}
STEP_UP = frozenset({"devices.approve_need", "devices.give_again"})  # they give goods away

NEED_KINDS: Final = ("device", "internet")
WANTS: Final = ("any", "phone", "tablet", "laptop", "desktop", "router")
WANTS_FOR: Final = {"device": ("any", "phone", "tablet", "laptop", "desktop"), "internet": ("any", "router")}
AT_HOME: Final = ("none", "shared", "own")  # no device at all · one that several share · one for this person
# In the order of Thông tư 14/2022/TT-BTTTT; "hardship": another difficulty that the ward or the school knows of.
BASES: Final = ("poor_policy", "poor", "near_poor", "hardship")
NEED_STATES: Final = ("asked", "confirmed", "proposed", "approved", "met", "refused", "withdrawn", "lapsed")
OPEN: Final = ("asked", "confirmed", "proposed", "approved")
OVER: Final = ("met", "refused", "withdrawn", "lapsed")

LONGEST_BASIS: Final = timedelta(days=366)  # so far ahead a basis is confirmed at most
BASIS_TOLD: Final = timedelta(days=14)  # before it ends, staff are asked to confirm it again
BASIS_KEPT: Final = timedelta(days=90)  # after the need is over
NEED_KEPT: Final = timedelta(days=2 * 365)  # after its end, where nothing was given
UNCONFIRMED: Final = timedelta(days=180)  # nobody confirms it for so long: it lapses, and may be asked again
GIVEN_BEFORE: Final = timedelta(days=3 * 365)  # a device given within it counts as one that the family has


# ---- asking ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NeedApplicantFacts:
    """Somebody before one person for whom something is to be asked."""

    is_self: bool = False
    is_guardian: bool = False  # confirmed
    minor: bool = False  # the person for whom it is
    held: Collection[str] = frozenset()  # roles at that person's class, neighbourhood or ward, or above it
    in_school: bool = False  # that person is a pupil of a class


def may_ask_need(who: NeedApplicantFacts) -> bool:
    """A grown-up for themself, a guardian for a child; for a family without any device the child's school, or staff of
    the ward. A minor asks for nothing: the guardian who receives it does."""
    if who.is_self:
        return not who.minor
    if who.is_guardian:
        return who.minor
    staff = not STOCK.isdisjoint(who.held)
    return staff or (who.minor and who.in_school and not SCHOOL.isdisjoint(who.held))


# ---- confirming and deciding ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NeedFacts:
    """Somebody before one need."""

    family: bool = False  # uses it, receives it, or answers for who uses it: sees how it stands
    concerned: bool = False  # or is of that family otherwise: decides nothing
    held: Collection[str] = frozenset()  # roles at the need's ward or above it
    held_near: Collection[str] = frozenset()  # roles at its class or neighbourhood, or above
    in_school: bool = False  # it is asked for in a class
    is_confirmer: bool = False  # confirmed its basis
    is_proposer: bool = False
    is_donor: bool = False  # gave the device that is proposed
    state: str = "asked"


def may_decide_needs(held: Collection[str]) -> bool:
    """See the needs of a ward, propose, approve: leads, officers and coordinators of it or above it."""
    return not STOCK.isdisjoint(held)


def knows_family(facts: NeedFacts) -> bool:
    """Staff of the ward or of the neighbourhood, and who teaches the child; none of the family."""
    if facts.concerned or facts.family:
        return False
    school = facts.in_school and not SCHOOL.isdisjoint(facts.held_near)
    return may_decide_needs(facts.held) or may_decide_needs(facts.held_near) or school


def may_see_need(facts: NeedFacts) -> bool:
    """The family, and the staff who confirm or decide."""
    return facts.family or knows_family(facts)


def decides(facts: NeedFacts) -> bool:
    """Staff of the ward who are not of the family."""
    return may_decide_needs(facts.held) and not facts.concerned and not facts.family


def may_see_basis(facts: NeedFacts) -> bool:
    """Who decides in the ward, and who confirmed it; nobody else ever."""
    return decides(facts) or (facts.is_confirmer and knows_family(facts))


def may_confirm(facts: NeedFacts) -> bool:
    """Confirm a basis, or confirm it again before it ends."""
    return knows_family(facts) and facts.state in {"asked", "confirmed"}


def may_propose(facts: NeedFacts) -> bool:
    """The first of two: never what they gave themselves."""
    return decides(facts) and not facts.is_donor and facts.state == "confirmed"


def may_be_second(facts: NeedFacts) -> bool:
    """Another person than the one who proposed it, the one who confirmed the basis, and the donor."""
    return decides(facts) and not (facts.is_proposer or facts.is_confirmer or facts.is_donor)


def may_approve(facts: NeedFacts) -> bool:
    """The second of two, while it waits for that."""
    return may_be_second(facts) and facts.state == "proposed"


def may_put_back(facts: NeedFacts, holds_device: bool = False) -> bool:
    """Take back what is proposed or reserved; also a device that is still reserved for a need that is over."""
    return decides(facts) and (facts.state in {"proposed", "approved"} or (facts.state in OVER and holds_device))


def may_give_again(facts: NeedFacts) -> bool:
    """Another voucher in place of one that did not work, while what two people approved stands."""
    return decides(facts) and facts.state == "approved"


def may_refuse(facts: NeedFacts) -> bool:
    """Say no, with a reason that the family reads; what is approved is put back first."""
    return decides(facts) and facts.state in {"asked", "confirmed", "proposed"}


def may_withdraw(facts: NeedFacts) -> bool:
    """The family, whenever it likes, until it has it."""
    return facts.family and facts.state in OPEN


def wrong_basis_day(until: date, today: date) -> str:
    """What is wrong with the day until which a basis holds: "past", "far" or ""."""
    if until <= today:
        return "past"
    return "far" if until > today + LONGEST_BASIS else ""


def fits(need_kind: str, wants: str, device_kind: str) -> bool:
    """Whether a machine is what somebody needs: a router is a way to the internet, everything else a device."""
    if (device_kind == "router") != (need_kind == "internet"):
        return False
    return wants in {"any", device_kind}


def may_be_gift(terms: str, as_gift: bool) -> bool:
    """What its donor only lends is never proposed to be the family's own."""
    return terms == "gift" or not as_gift
