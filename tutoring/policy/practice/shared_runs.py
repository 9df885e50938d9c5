"""Rehearsing together in a room, and a class at work: who shows a run, who sees it, who points, never what was typed.

Facts are those of a room (policy/rooms/participation.py): a run is shown where a lesson is followed, and by the same people.
"""

from collections.abc import Collection

from tutoring.policy.access import SIGNED_IN, Access, roles
from tutoring.policy.rooms.participation import (
    TEACHING,
    RoomFacts,
    may_follow,
    may_post_message,
    may_see_signs,
    may_sign,
)

ROUTES: dict[str, Access] = {
    "practice.in_room": SIGNED_IN,
    "practice.begin_in_room": SIGNED_IN,
    "practice.stop_in_room": SIGNED_IN,
    "practice.suggest": SIGNED_IN,
    "practice.point": SIGNED_IN,
    "practice.unpoint": SIGNED_IN,
    "practice.group_page": roles(*TEACHING),
}

SOCKET_EVENTS: dict[str, Access] = {"point": SIGNED_IN, "unpoint": SIGNED_IN}


def may_show_run(facts: RoomFacts) -> bool:
    """A learner shows their own rehearsal to the room; it carries no words, so who is muted does too."""
    return may_sign(facts)


def may_see_run(facts: RoomFacts, is_own: bool, is_guardian: bool) -> bool:
    """Who may see how far the learner is in a lesson, sees at which screen they are; never the other learners. In a
    room that is locked or closed nothing is shown."""
    return may_see_signs(facts, is_own, is_guardian) and not (facts.closed or facts.locked)


def may_point(facts: RoomFacts, is_guardian: bool) -> bool:
    """Who moves the shared step and sees this run, while they are not asked to be quiet."""
    sees = may_follow(facts) and may_see_run(facts, False, is_guardian)
    return sees and not (facts.muted or facts.resting)


def may_suggest(facts: RoomFacts) -> bool:
    """Who helps or looks in proposes a rehearsal, while they may write: it is a line in the room."""
    return may_post_message(facts) and facts.role in {"helper", "observer"}


def may_see_group(held: Collection[str]) -> bool:
    """How far the learners of a class are in their rehearsals: its teachers and coordinators."""
    return not TEACHING.isdisjoint(held)
