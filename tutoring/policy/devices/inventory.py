"""Access rules of donated and lent devices, and every move a device can make.

A device is in exactly one state, and the state says where it is. It is with its donor, in the store of a ward, at a
repairer's, with a family, or gone. It moves only along `MOVES`, each by the people named there. Functions take facts
and query no database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

STOCK: Final = frozenset({"lead", "officer", "coordinator"})  # manage the store and needs of their unit and below

KINDS: Final = ("phone", "tablet", "laptop", "desktop", "router")
TERMS: Final = ("gift", "loan")  # of the donor: the ward gives or lends a gift on; a loan returns to the donor

STATES: Final = (
    "offered",  # with the donor, no answer yet
    "declined",  # end: the unit cannot use it
    "withdrawn",  # end: the donor keeps it
    "expected",  # with the donor, to be brought or fetched
    "stored",  # in the store, to be looked at
    "repair",  # at a repairer's
    "ready",  # in the store, checked and wiped
    "reserved",  # in the store, approved for one need
    "lent",  # with a family, until a day
    "given",  # end: a family's own
    "lost",  # location unknown
    "sent_back",  # end: with its donor again
    "scrapped",  # end: to be recycled
)
ENDS: Final = frozenset({"declined", "withdrawn", "given", "sent_back", "scrapped"})
WITH_FAMILY: Final = frozenset({"lent", "given"})
FOR_A_NEED: Final = frozenset({"reserved", "lent", "given"})
WIPED: Final = frozenset({"ready", "reserved", "lent", "given"})  # only with a wipe record since it last came in

STORE, DONOR, APPROVERS, GUARDIAN_THERE = "store", "donor", "two", "guardian"

# from, to → the actor: staff of the store, the donor, two staff (one proposes, another approves), or staff with the
# receiving adult present.
MOVES: Final[dict[tuple[str, str], str]] = {
    ("offered", "expected"): STORE,
    ("offered", "declined"): STORE,
    ("offered", "withdrawn"): DONOR,
    ("expected", "withdrawn"): DONOR,
    ("expected", "stored"): STORE,
    ("expected", "declined"): STORE,  # looked at when brought, and not fit
    ("stored", "repair"): STORE,
    ("repair", "stored"): STORE,
    ("stored", "ready"): STORE,
    ("ready", "stored"): STORE,
    ("stored", "scrapped"): STORE,
    ("repair", "scrapped"): STORE,
    ("ready", "reserved"): APPROVERS,
    ("reserved", "ready"): STORE,
    ("reserved", "lent"): GUARDIAN_THERE,
    ("reserved", "given"): GUARDIAN_THERE,
    ("lent", "stored"): STORE,
    ("lent", "lost"): STORE,
    ("lost", "stored"): STORE,
    ("stored", "sent_back"): STORE,
    ("ready", "sent_back"): STORE,
}

MOST_AT_ONCE: Final = 50  # devices of one kind in an offer
MOST_PICTURES: Final = 3  # of an offer
LONGEST_WORDS: Final = 300
LENDER_REMINDED: Final = timedelta(days=14)  # this long before the day by which a donor wants a device back
PICTURES_KEPT: Final = timedelta(days=30)  # after an offer is decided


def may_offer(minor: bool, belongs: bool) -> bool:
    """An adult offers to their own ward; staff record what a donor without an account brings."""
    return belongs and not minor


def may_see_offer(is_donor: bool, held: Collection[str]) -> bool:
    """The donor and the staff of the store that got the offer see it."""
    return is_donor or may_run_store(held)


def may_add_picture(is_donor: bool, is_author: bool, held: Collection[str], state: str) -> bool:
    """The donor, or the staff member who recorded the offer, adds pictures until it is answered."""
    return state == "waiting" and (is_donor or (is_author and may_run_store(held)))


def may_remove_picture(is_donor: bool, held: Collection[str]) -> bool:
    """The donor and the staff of the store remove a picture at any time."""
    return may_see_offer(is_donor, held)


def may_run_store(held: Collection[str]) -> bool:
    """Leads, officers and coordinators of the unit or of one above it manage the store."""
    return not STOCK.isdisjoint(held)


@dataclass(frozen=True)
class MoveParties:
    """The facts about one user and one device, and the need it goes to, if any."""

    held: Collection[str] = frozenset()  # roles at the device's unit or above
    is_donor: bool = False
    concerned: bool = False  # asked for it, uses it or receives it, or is of that family
    has_second: bool = False  # another entitled person takes part: the proposer, or the receiving adult
    second_is_other: bool = True  # and is not the actor


def may_move(before: str, after: str, who: MoveParties) -> bool:
    """Whether these people may make this move.

    No user approves or hands over a device that they gave or receive. Another person than the donor wipes a device.
    """
    needed = MOVES.get((before, after))
    if needed is None:
        return False
    if needed == DONOR:
        return who.is_donor or may_run_store(who.held)
    staff = may_run_store(who.held)
    if needed == STORE:
        own = who.is_donor and (before, after) == ("stored", "ready")
        return staff and not own and not (who.concerned and before == "lent")
    return staff and not who.is_donor and not who.concerned and who.has_second and who.second_is_other


def may_go_with(terms: str, after: str) -> bool:
    """A device that a donor lends is never given away."""
    return after != "given" or terms == "gift"
