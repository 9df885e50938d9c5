"""Reading a room in an emergency: somebody with power who ordinarily may not asks, a second one agrees, for an hour."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

POWER = frozenset({"coordinator", "site_admin"})
HOUR = timedelta(hours=1)  # how long the room is open to the one who asked
LIFE = timedelta(days=1)  # how long a request waits for the second person
SHORTEST = 20  # characters of a reason


@dataclass(frozen=True)
class EmergencyAccessFacts:
    """What the rules need to know of one person and one reading."""

    holds: Collection[str] = frozenset()  # what this person is anywhere
    held: Collection[str] = frozenset()  # what this person is at the room's unit
    of_the_room: bool = False  # takes or took part in it, or is family of somebody who does
    is_asker: bool = False
    agreed: bool = False
    in_time: bool = False


def may_ask_to_read(facts: EmergencyAccessFacts) -> bool:
    """Coordinators of any unit and site admins: never of a room in which they or their families take part."""
    return not POWER.isdisjoint(facts.holds) and not facts.of_the_room


def may_agree_to_read(facts: EmergencyAccessFacts) -> bool:
    """Another one than who asked: a coordinator of the room's unit, or a site admin."""
    return not POWER.isdisjoint(facts.held) and not (facts.is_asker or facts.of_the_room)


def may_see_reading(facts: EmergencyAccessFacts) -> bool:
    """The request and what became of it: who asked, and whoever may be the second."""
    return facts.is_asker or may_agree_to_read(facts)


def may_read_opened(facts: EmergencyAccessFacts) -> bool:
    """The one who asked, once it is agreed and until the hour is over, as long as the power lasts."""
    return facts.is_asker and facts.agreed and facts.in_time and may_ask_to_read(facts)
