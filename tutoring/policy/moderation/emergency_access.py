"""Rules of emergency access to rooms.

A coordinator or site admin may read a room for an hour after a second approver agrees.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

POWER = frozenset({"coordinator", "site_admin"})
HOUR = timedelta(hours=1)  # how long the asker may read the room
LIFE = timedelta(days=1)  # how long a request waits for the second approver
SHORTEST = 20  # characters of a reason


@dataclass(frozen=True)
class EmergencyAccessFacts:
    """The facts that the rules need about one user and one emergency access."""

    holds: Collection[str] = frozenset()  # the user's roles in any unit
    held: Collection[str] = frozenset()  # the user's roles at the room's unit
    of_the_room: bool = False  # is or was a participant, or is family of one
    is_asker: bool = False
    agreed: bool = False
    in_time: bool = False


def may_ask_to_read(facts: EmergencyAccessFacts) -> bool:
    """Coordinators of any unit and site admins may ask.

    They may not for a room in which they or their families take part.
    """
    return not POWER.isdisjoint(facts.holds) and not facts.of_the_room


def may_agree_to_read(facts: EmergencyAccessFacts) -> bool:
    """The second approver is another user: a coordinator of the room's unit, or a site admin."""
    return not POWER.isdisjoint(facts.held) and not (facts.is_asker or facts.of_the_room)


def may_see_emergency_access(facts: EmergencyAccessFacts) -> bool:
    """The asker and each possible second approver see the request and its result."""
    return facts.is_asker or may_agree_to_read(facts)


def may_read_opened(facts: EmergencyAccessFacts) -> bool:
    """The asker may read from the approval until the hour ends, while still in the role."""
    return facts.is_asker and facts.agreed and facts.in_time and may_ask_to_read(facts)
