"""Rules of ready phrases: who uses them in a room, who writes those of a unit, and how many there are."""

from collections.abc import Collection

from tutoring.policy.rooms.participation import TEACHING, RoomFacts, may_post_message

MAX_OWN_PHRASES = 30
MAX_UNIT_PHRASES = 60
MAX_PHRASE_CHARS = 300
_AMONG_ADULTS = frozenset({"lead", "officer"})
_ADULT_KINDS = frozenset({"ward", "neighbourhood"})


def may_use_phrases(facts: RoomFacts) -> bool:
    """The helper of a room uses ready phrases while they may write there."""
    return facts.role == "helper" and may_post_message(facts)


def may_write_unit_phrases(held: Collection[str], kind: str) -> bool:
    """Teachers and coordinators write a unit's phrases; leads and officers only outside of schools."""
    return not TEACHING.isdisjoint(held) or (kind in _ADULT_KINDS and not _AMONG_ADULTS.isdisjoint(held))
