"""Calls between two grown-ups in a room of a session. No setting widens this: where one minor sits there is no call."""

from tutoring.policy.access import SIGNED_IN, Access
from tutoring.policy.rooms.participation import TAKING_PART, RoomFacts, may_read_room

ROUTES: dict[str, Access] = {"rooms.call": SIGNED_IN}
SOCKET_EVENTS: dict[str, Access] = {"call": SIGNED_IN, "signal": SIGNED_IN}

CALLED = frozenset({"pair", "group", "desk"})


def why_no_call(facts: RoomFacts, adults: bool, hold_all: bool) -> str:
    """Why this person may not be in a call in this room now, as a code; nothing where they may. `adults`: whether
    everybody who has a seat is grown up; `hold_all`: whether every message waits for a watcher, who cannot hear."""
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
    """Who takes part; at a ward's desk whoever has come in from it is the one who helps."""
    return facts.role in TAKING_PART or (facts.kind == "desk" and facts.role == "observer")


def may_call(facts: RoomFacts, adults: bool, hold_all: bool) -> bool:
    """Asking, answering and every signal of a call: asked of both sides each time."""
    return not why_no_call(facts, adults, hold_all)
