"""Pointing in a rehearsal that a room sees: the same commands as its pages."""

from typing import Any

from tutoring.kernel.errors import Invalid, Missing
from tutoring.practice import room_commands as commands
from tutoring.web import live

Data = dict[str, Any]
_LONGEST = 64


def _room(data: Data) -> int:
    """The room's number; what is none is simply no room."""
    value = data.get("room")
    if not isinstance(value, str):
        raise Invalid
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Missing
    return int(value)


def _word(data: Data, name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isascii() or not value.isprintable():
        raise Invalid(field=name)
    return value


@live.verb("point")
def point(caller: live.Caller, data: Data) -> None:
    at = data.get("at")
    if type(at) is not int:
        raise Invalid(field="at")
    commands.point(caller.user, _room(data), _word(data, "run"), at, _word(data, "control"))


@live.verb("unpoint")
def unpoint(caller: live.Caller, data: Data) -> None:
    commands.unpoint(caller.user, _room(data), _word(data, "run"))
