"""Lasting rooms: which units have them, who opens them, who comes in. Facts come in; nothing is asked of the database.

A class room is for the pupils of a class and whoever teaches them, a circle for the guardians of its children and the
teachers, questions for the grown-ups of a neighbourhood or ward and whoever leads there.
"""

from collections.abc import Collection

from tutoring.policy.rooms.participation import TEACHING, RoomFacts, may_keep_order

_LASTING_IN = {
    "class": ("class", "circle"),
    "school": ("circle",),
    "neighbourhood": ("questions",),
    "ward": ("questions",),
}
_OPENED_BY = {"class": TEACHING, "circle": TEACHING, "questions": frozenset({"lead", "officer", "coordinator"})}
CLASS_PURPOSES = frozenset({"profile", "chat"})  # without each of these a child sees no room of its class


def lasting_kinds(unit_kind: str) -> tuple[str, ...]:
    """The lasting rooms that a unit of this kind can have, one of each."""
    return _LASTING_IN.get(unit_kind, ())


def may_open_lasting(held: Collection[str], unit_kind: str, kind: str) -> bool:
    """Who leads there: teachers and coordinators of a class or school, leads, officers and coordinators elsewhere."""
    return kind in lasting_kinds(unit_kind) and not _OPENED_BY[kind].isdisjoint(held)


def may_be_in_class(minor: bool, consents: Collection[str], assents: Collection[str] | None) -> bool:
    """Whether a pupil's consents let them into the room of their class; `assents` as in pairing.may_ask."""
    return not minor or (set(consents) >= CLASS_PURPOSES and (assents is None or set(assents) >= CLASS_PURPOSES))


def may_come_in(facts: RoomFacts) -> bool:
    """A membership lets in without anybody's yes; into a side room people are asked."""
    return facts.place is not None and not (facts.role or facts.side or facts.removed or facts.closed)


def may_announce(facts: RoomFacts) -> bool:
    """Who keeps order says whether all write or only they do."""
    return may_keep_order(facts) and facts.lasting and not facts.side


def may_split(facts: RoomFacts) -> bool:
    """Side rooms are led: in rooms of classes and circles, while these are awake."""
    return may_announce(facts) and facts.kind != "questions" and not facts.resting


def may_ask_at_desk(minor: bool, belongs: bool) -> bool:
    """Grown-ups who belong to the ward or to anything in it; for a child its guardian asks."""
    return belongs and not minor
