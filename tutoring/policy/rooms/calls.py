"""Rules of calls between two adults in a session room.

No setting allows a call in a room with a minor.
"""

from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, RoomFacts, may_read_room

CALLED = frozenset({"pair", "group", "desk"})


def why_no_call(facts: RoomFacts, adults: bool, hold_all: bool) -> str:
    """Returns why this user may not be in a call in this room now, as a code; "" where they may.

    `adults`: every user with a seat is an adult. `hold_all`: every message is held for an observer, who cannot hear a
    call.
    """
    if not may_read_room(facts):
        return "removed"
    if facts.closed:
        return "closed"
    if facts.kind not in CALLED:
        return "kind"
    if facts.minors or not adults:
        return "minor"
    if facts.locked or hold_all:
        return "locked"
    if not _speaks(facts):
        return "watcher"
    return "muted" if facts.muted else ""


def _speaks(facts: RoomFacts) -> bool:
    """Whether the user participates; at a ward's help desk the observer is the one who helps."""
    return facts.role in PARTICIPANT_ROLES or (facts.kind == "desk" and facts.role == "observer")


def may_call(facts: RoomFacts, adults: bool, hold_all: bool) -> bool:
    """Whether the user may call, answer or send call signals; checked for both sides each time."""
    return not why_no_call(facts, adults, hold_all)
