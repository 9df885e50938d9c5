"""Access rules of needs for devices and internet: who asks, confirms, proposes and approves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tutoring.policy.devices.inventory import STOCK

SCHOOL: Final = frozenset({"teacher", "coordinator"})  # know a pupil's family at school

NEED_KINDS: Final = ("device", "internet")
WANTS: Final = ("any", "phone", "tablet", "laptop", "desktop", "router")
WANTS_FOR: Final = {"device": ("any", "phone", "tablet", "laptop", "desktop"), "internet": ("any", "router")}
AT_HOME: Final = ("none", "shared", "own")  # no device at all · one shared by several · one for this person
# In the order of Thông tư 14/2022/TT-BTTTT; "hardship": another difficulty that the ward or the school knows about.
BASES: Final = ("poor_policy", "poor", "near_poor", "hardship")
NEED_STATES: Final = ("asked", "confirmed", "proposed", "approved", "met", "refused", "withdrawn", "lapsed")
OPEN: Final = ("asked", "confirmed", "proposed", "approved")
OVER: Final = ("met", "refused", "withdrawn", "lapsed")

LONGEST_BASIS: Final = timedelta(days=366)  # longest time ahead for which a basis is confirmed
BASIS_TOLD: Final = timedelta(days=14)  # before it ends, staff are asked to confirm it again
BASIS_KEPT: Final = timedelta(days=90)  # after the need is over
NEED_KEPT: Final = timedelta(days=2 * 365)  # after its end, where nothing was given
UNCONFIRMED: Final = timedelta(days=180)  # an unconfirmed need lapses after this, and may be asked again
GIVEN_BEFORE: Final = timedelta(days=3 * 365)  # a device given within this time counts as one that the family has


# ---- asking ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NeedApplicantFacts:
    """The facts about one user and the person for whom the user wants to ask."""

    is_self: bool = False
    is_guardian: bool = False  # confirmed
    minor: bool = False  # the person who needs it
    held: Collection[str] = frozenset()  # roles at that person's class, neighbourhood or ward, or above it
    in_school: bool = False  # that person is a pupil of a class


def may_ask_need(who: NeedApplicantFacts) -> bool:
    """An adult asks for themself, a guardian for a child.

    For a family without any device, the child's school or staff of the ward ask. A minor never asks; the guardian who
    receives the device does.
    """
    if who.is_self:
        return not who.minor
    if who.is_guardian:
        return who.minor
    staff = not STOCK.isdisjoint(who.held)
    return staff or (who.minor and who.in_school and not SCHOOL.isdisjoint(who.held))


# ---- confirming and deciding ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NeedFacts:
    """The facts about one user and one need."""

    family: bool = False  # uses it, receives it, or is responsible for its user: sees the state
    concerned: bool = False  # or is of that family otherwise: decides nothing
    held: Collection[str] = frozenset()  # roles at the need's ward or above it
    held_near: Collection[str] = frozenset()  # roles at its class or neighbourhood, or above
    in_school: bool = False  # the need belongs to a class
    is_confirmer: bool = False  # confirmed its basis
    is_proposer: bool = False
    is_donor: bool = False  # gave the device that is proposed
    state: str = "asked"


def may_decide_needs(held: Collection[str]) -> bool:
    """Leads, officers and coordinators of a ward or above see its needs, propose and approve."""
    return not STOCK.isdisjoint(held)


def knows_family(facts: NeedFacts) -> bool:
    """Staff of the ward or neighbourhood and teachers of the child know the family.

    Its members do not count.
    """
    if facts.concerned or facts.family:
        return False
    school = facts.in_school and not SCHOOL.isdisjoint(facts.held_near)
    return may_decide_needs(facts.held) or may_decide_needs(facts.held_near) or school


def may_see_need(facts: NeedFacts) -> bool:
    """The family, and the staff who confirm or decide, see a need."""
    return facts.family or knows_family(facts)


def decides(facts: NeedFacts) -> bool:
    """Staff of the ward who are not of the family decide."""
    return may_decide_needs(facts.held) and not facts.concerned and not facts.family


def may_see_basis(facts: NeedFacts) -> bool:
    """Only the deciding staff of the ward and the staff member who confirmed the basis see it."""
    return decides(facts) or (facts.is_confirmer and knows_family(facts))


def may_confirm(facts: NeedFacts) -> bool:
    """Whether the user may confirm a basis, or confirm it again before it ends."""
    return knows_family(facts) and facts.state in {"asked", "confirmed"}


def may_propose(facts: NeedFacts) -> bool:
    """The first of two staff proposes; never a device that they gave themselves."""
    return decides(facts) and not facts.is_donor and facts.state == "confirmed"


def may_be_second(facts: NeedFacts) -> bool:
    """The second approver is not the proposer, the confirmer of the basis or the donor."""
    return decides(facts) and not (facts.is_proposer or facts.is_confirmer or facts.is_donor)


def may_approve(facts: NeedFacts) -> bool:
    """The second of two staff approves a proposed need."""
    return may_be_second(facts) and facts.state == "proposed"


def may_put_back(facts: NeedFacts, holds_device: bool = False) -> bool:
    """Staff undo a proposal or reservation.

    They also return a device that is still reserved for a need that is over.
    """
    return decides(facts) and (facts.state in {"proposed", "approved"} or (facts.state in OVER and holds_device))


def may_give_again(facts: NeedFacts) -> bool:
    """Staff replace a voucher that did not work, while the approval of two people is in force."""
    return decides(facts) and facts.state == "approved"


def may_refuse(facts: NeedFacts) -> bool:
    """Staff refuse with a reason that the family reads; an approved need must be put back first."""
    return decides(facts) and facts.state in {"asked", "confirmed", "proposed"}


def may_withdraw(facts: NeedFacts) -> bool:
    """The family may withdraw at any time until the need is met."""
    return facts.family and facts.state in OPEN


def wrong_basis_day(until: date, today: date) -> str:
    """Returns what is wrong with the day until which a basis holds: "past", "far" or ""."""
    if until <= today:
        return "past"
    return "far" if until > today + LONGEST_BASIS else ""


def fits(need_kind: str, wants: str, device_kind: str) -> bool:
    """Whether a device meets a need: a router is internet access, everything else a device."""
    if (device_kind == "router") != (need_kind == "internet"):
        return False
    return wants in {"any", device_kind}


def may_be_gift(terms: str, as_gift: bool) -> bool:
    """A device that its donor only lends is never proposed as a gift."""
    return terms == "gift" or not as_gift
