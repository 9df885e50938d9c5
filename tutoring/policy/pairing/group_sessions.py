"""Rules of group sessions: who publishes one, for whom, and who may take part.

Teachers and coordinators publish in their unit, leads and officers for adults alone, a vouched helper where they
belong. A helper must be past probation, because a group has more than one learner. No adult opens a room with one
minor: learners sign up of their own will, and with fewer than two pupils an adult's session does not open.
"""

from collections.abc import Collection
from typing import Protocol

from tutoring.policy.pairing.requests import PersonFacts, may_help
from tutoring.policy.rooms.participation import TEACHING

FEWEST_PLACES, MOST_PLACES = 2, 8
MOST_WAITING = 12
WIDEST_GRADES = 3  # maximum difference between the grades of pupils in one group


class Group(Protocol):
    """The audience of a session."""

    @property
    def pupils(self) -> bool: ...

    @property
    def lowest(self) -> int | None: ...

    @property
    def highest(self) -> int | None: ...


def may_announce(held: Collection[str], belongs: bool, standing: str, *, pupils: bool) -> bool:
    """Whether the user may publish a session.

    `held`: roles at the unit or above it; `standing`: a state of policy.pairing.vetting.
    """
    if not TEACHING.isdisjoint(held):
        return True
    if not {"lead", "officer"}.isdisjoint(held):
        return not pupils
    return belongs and standing == "active"


def may_cancel_session(leads: bool, held: Collection[str]) -> bool:
    """The leader of the session and the coordinator of its unit may cancel it."""
    return leads or "coordinator" in held


def is_for(group: Group, learner: PersonFacts) -> bool:
    """Minors join minors of near grades, adults join adults.

    A pupil without a known grade joins no group.
    """
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
    """Whether the pair of leader and learner passes the hard rules; the caller checks the skill."""
    fits = may_help(helper, learner, observed=observed, youth_help_adults=youth_help_adults, holds_skill=True)
    return fits and is_for(group, learner)


def fewest(helper_minor: bool, pupils: bool) -> int:
    """Returns how many learners the room needs to open: no adult opens a room with one minor."""
    return 2 if pupils and not helper_minor else 1
