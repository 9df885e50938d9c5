"""Needs of devices and of internet: who may ask, confirm, propose and approve. Facts come in."""

from collections.abc import Collection
from typing import Final

from tutoring.policy.access import Access
from tutoring.policy.devices import STOCK

ROUTES: dict[str, Access] = {}

NEED_KINDS: Final = ("device", "internet")
WANTS: Final = ("any", "phone", "tablet", "laptop", "desktop", "router")
AT_HOME: Final = ("none", "shared", "own")  # no device at all · one that several share · one for this person
# In the order of Thông tư 14/2022/TT-BTTTT; "hardship": another difficulty that the ward or the school knows of.
BASES: Final = ("poor_policy", "poor", "near_poor", "hardship")
NEED_STATES: Final = ("asked", "confirmed", "proposed", "approved", "met", "refused", "withdrawn", "lapsed")
OPEN: Final = ("asked", "confirmed", "proposed", "approved")


def may_decide_needs(held: Collection[str]) -> bool:
    """See the needs of a ward, propose, approve: leads, officers and coordinators of it or above it."""
    return not STOCK.isdisjoint(held)
