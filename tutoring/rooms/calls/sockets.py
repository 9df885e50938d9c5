"""Socket events of a call.

Each signal is checked again: the room, both seats, that all people there are adults, and that the call is ongoing. The
socket has to hold its side of the call.
"""

from typing import Any

from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.text import N_
from tutoring.rooms import queries
from tutoring.rooms.calls import commands as calls_commands
from tutoring.rooms.calls import queries as calls_queries
from tutoring.rooms.calls.commands import OVER, refuse
from tutoring.rooms.calls.models import RoomCall
from tutoring.rooms.calls.signaling import checked
from tutoring.rooms.serializers import parse_opaque_id, parse_room_id
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import Caller

Data = dict[str, Any]
_MEMBERS = {
    "ask": ({"room", "act"}, {"room", "act", "to"}),
    **{act: ({"room", "act", "id"},) * 2 for act in ("accept", "decline", "end", "resume")},
}


@realtime.on_event("call", rule="call")
def call(caller: Caller, data: Data) -> Data:
    room_id = parse_room_id(data)
    queries.readable_room(caller.user, room_id)
    act = data.get("act")
    needed, known = _MEMBERS.get(act, (set(), set())) if type(act) is str else (set(), set())
    if not needed or not needed <= data.keys() <= known:
        raise InvalidInput
    found = _done(caller, room_id, str(act), data)
    return {"call": calls_queries.shape_for(found, caller.user, caller.sid)}


def _done(caller: Caller, room_id: int, act: str, data: Data) -> RoomCall:
    user, sid = caller.user, caller.sid
    if act == "ask":
        return calls_commands.ask(user, room_id, sid, parse_opaque_id(data["to"]) if "to" in data else None)
    call_id = parse_opaque_id(data["id"])
    if act == "accept":
        return calls_commands.accept(user, room_id, call_id, sid)
    if act == "resume":
        return calls_commands.resume(user, room_id, call_id, sid)
    return (calls_commands.decline if act == "decline" else calls_commands.hang_up)(user, room_id, call_id)


@realtime.on_event("signal", rule="signal")
def signal(caller: Caller, data: Data) -> None:
    room_id = parse_room_id(data)
    room, _known = queries.readable_room(caller.user, room_id)
    if data.keys() != {"room", "id", "data"}:
        raise InvalidInput
    found = calls_queries.own_call_in_room(caller.user, room_id, parse_opaque_id(data["id"]))
    told = checked(data["data"])
    if found.state != "on":
        raise Conflict(OVER, code="over")
    side = found.side_of(caller.user.id)
    if found.line_of(side) != caller.sid:
        raise Conflict(N_("Cuộc gọi đang mở ở một trang khác của bạn."), code="elsewhere")
    if why := calls_queries.find_refusal_code(room, [found.asker, found.answerer]):
        calls_commands.recheck_calls([room_id])
        refuse(why)
    other = found.line_of("answerer" if side == "asker" else "asker")
    if other is None:
        raise Conflict(N_("Người kia đang mất mạng. Hãy chờ một chút."), code="away")
    realtime.push("signal", {"room": str(room_id), "id": str(found.id), "data": told}, other)
