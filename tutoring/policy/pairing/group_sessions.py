"""Group sessions: who announces one and for whom, and what holds for everybody who comes.

SAFETY §3 "create group room": teachers and coordinators in their unit, leads and officers for adults alone, a vouched
helper where they belong. A helper has the observed first sessions behind them: a group is more than one learner at
once. DECISIONS "no adult opens a room with one minor": learners sign up of their own will, but with fewer than two
pupils an adult's session does not open.
"""

from collections.abc import Collection
from typing import Protocol

from tutoring.policy.pairing.requests import PersonFacts, may_help
from tutoring.policy.rooms.participation import TEACHING

FEWEST_PLACES, MOST_PLACES = 2, 8
MOST_WAITING = 12
WIDEST_GRADES = 3  # pupils of one group are at most so many grades apart


class Group(Protocol):
    """For whom a session is."""

    @property
    def pupils(self) -> bool: ...

    @property
    def lowest(self) -> int | None: ...

    @property
    def highest(self) -> int | None: ...


def may_announce(held: Collection[str], belongs: bool, standing: str, *, pupils: bool) -> bool:
    """`held`: roles at the unit or above it; `standing`: a state of policy.vetting."""
    if not TEACHING.isdisjoint(held):
        return True
    if not {"lead", "officer"}.isdisjoint(held):
        return not pupils
    return belongs and standing == "active"


def may_cancel_session(leads: bool, held: Collection[str]) -> bool:
    """Who leads it, and the coordinator of its unit."""
    return leads or "coordinator" in held


def is_for(group: Group, learner: PersonFacts) -> bool:
    """Minors sit with minors of near grades, adults with adults; a pupil whose grade is not known has no group."""
    if learner.minor != group.pupils:
        return False
    if not group.pupils:
        return True
    if learner.grade is None or group.lowest is None or group.highest is None:
        return False
    return group.lowest <= learner.grade <= group.highest


def may_come(
    helper: PersonFacts, learner: PersonFacts, group: Group, *, youth_help_adults: bool, observed: bool = True
) -> bool:
    """The hard rules of every pair hold between who leads and each who comes; the skill is asked for beside them."""
    fits = may_help(helper, learner, observed=observed, youth_help_adults=youth_help_adults, holds_skill=True)
    return fits and is_for(group, learner)


def fewest(helper_minor: bool, pupils: bool) -> int:
    """How many learners a room of the group needs to open: no adult opens a room with one minor."""
    return 2 if pupils and not helper_minor else 1
