"""Ids as pages send them over sockets: opaque texts, so what is no number of ours is simply no such thing."""

from typing import Any

from tutoring.kernel.errors import Invalid, Missing


def opaque(value: object) -> int:
    """The number behind an id; raises Invalid for what is no text, Missing for what is no number."""
    if type(value) is not str:
        raise Invalid
    if not (value.isascii() and value.isdecimal() and len(value) < 12):
        raise Missing
    return int(value)


def room_number(data: dict[str, Any]) -> int:
    """The number of the room that something is said for."""
    value = data.get("room")
    return value if type(value) is int else opaque(value)
