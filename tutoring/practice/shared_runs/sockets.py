"""Socket events for pointing in a shown run; they call the same commands as the pages."""

from typing import Any

from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.practice.shared_runs import commands
from tutoring.rooms import queries
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import Caller

Data = dict[str, Any]
_LONGEST = 64


def _room(caller: Caller, data: Data) -> int:
    """Returns the id of a room that the caller may read; raises NotFound for anything else."""
    value = data.get("room")
    if not isinstance(value, str):
        raise InvalidInput
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise NotFound
    room, _known = queries.readable_room(caller.user, int(value))
    return room.id


def _word(data: Data, name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isascii() or not value.isprintable():
        raise InvalidInput(field=name)
    return value


@realtime.on_event("point")
def point(caller: Caller, data: Data) -> None:
    room_id, at = _room(caller, data), data.get("at")
    if type(at) is not int:
        raise InvalidInput(field="at")
    commands.point(caller.user, room_id, _word(data, "run"), at, _word(data, "control"))


@realtime.on_event("unpoint")
def unpoint(caller: Caller, data: Data) -> None:
    room_id = _room(caller, data)
    commands.unpoint(caller.user, room_id, _word(data, "run"))
