"""Rules of persistent rooms: which units have them, who opens them and who enters.

A class room is for the pupils of a class and its teachers. A circle is for the guardians of its children and the
teachers. A questions room is for the adults of a neighbourhood or ward and its leading staff. Functions take facts and
query no database.
"""

from collections.abc import Collection

from tutoring.policy.rooms.participation import TEACHING, RoomFacts, may_moderate

_LASTING_IN = {
    "class": ("class", "circle"),
    "school": ("circle",),
    "neighbourhood": ("questions",),
    "ward": ("questions",),
}
_OPENED_BY = {"class": TEACHING, "circle": TEACHING, "questions": frozenset({"lead", "officer", "coordinator"})}
CLASS_PURPOSES = frozenset({"profile", "chat"})  # a child sees the room of its class only with all these consents


def persistent_room_kinds(unit_kind: str) -> tuple[str, ...]:
    """Returns the persistent rooms that a unit of this kind can have, one of each."""
    return _LASTING_IN.get(unit_kind, ())


def may_open_persistent_room(held: Collection[str], unit_kind: str, kind: str) -> bool:
    """Teachers and coordinators open rooms of a class or school.

    Leads, officers and coordinators open them elsewhere.
    """
    return kind in persistent_room_kinds(unit_kind) and not _OPENED_BY[kind].isdisjoint(held)


def may_be_in_class(minor: bool, consents: Collection[str], assents: Collection[str] | None) -> bool:
    """Whether a pupil's consents admit them to the room of their class.

    `assents` has the same meaning as in requests.may_ask.
    """
    return not minor or (set(consents) >= CLASS_PURPOSES and (assents is None or set(assents) >= CLASS_PURPOSES))


def may_come_in(facts: RoomFacts) -> bool:
    """A membership admits without approval; a breakout room needs an invitation."""
    return facts.place is not None and not (facts.role or facts.side or facts.removed or facts.closed)


def may_announce(facts: RoomFacts) -> bool:
    """Moderators of a persistent room choose whether all users write or only observers."""
    return may_moderate(facts) and facts.lasting and not facts.side


def may_split(facts: RoomFacts) -> bool:
    """Moderators open breakout rooms in class rooms and circles that are not resting."""
    return may_announce(facts) and facts.kind != "questions" and not facts.resting


def may_ask_at_desk(minor: bool, belongs: bool) -> bool:
    """Adults who belong to the ward or to a unit in it may ask; a guardian asks for a child."""
    return belongs and not minor
