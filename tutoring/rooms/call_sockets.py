"""Socket verbs of a call. What passes between two browsers is checked anew at each signal: the room, both seats, that
everybody there is grown up, that the call goes on, and that it is spoken in at this very socket."""

from typing import Any

from tutoring.kernel.errors import Conflict, Invalid
from tutoring.kernel.text import N_
from tutoring.rooms import calls, commands, queries
from tutoring.rooms.call_models import RoomCall
from tutoring.rooms.commands.calling import OVER, refuse
from tutoring.rooms.ids import opaque, room_number
from tutoring.rooms.signals import checked
from tutoring.web import live

Data = dict[str, Any]
_MEMBERS = {
    "ask": ({"room", "act"}, {"room", "act", "to"}),
    **{act: ({"room", "act", "id"},) * 2 for act in ("accept", "decline", "end", "resume")},
}


@live.verb("call", rule="call")
def call(caller: live.Caller, data: Data) -> Data:
    room_id = room_number(data)
    queries.readable(caller.user, room_id)
    act = data.get("act")
    needed, known = _MEMBERS.get(act, (set(), set())) if type(act) is str else (set(), set())
    if not needed or not needed <= data.keys() <= known:
        raise Invalid
    found = _done(caller, room_id, str(act), data)
    return {"call": calls.shape_for(found, caller.user, caller.sid)}


def _done(caller: live.Caller, room_id: int, act: str, data: Data) -> RoomCall:
    user, sid = caller.user, caller.sid
    if act == "ask":
        return commands.ask_for_call(user, room_id, sid, opaque(data["to"]) if "to" in data else None)
    call_id = opaque(data["id"])
    if act == "accept":
        return commands.accept_call(user, room_id, call_id, sid)
    if act == "resume":
        return commands.resume_call(user, room_id, call_id, sid)
    return (commands.decline_call if act == "decline" else commands.hang_up)(user, room_id, call_id)


@live.verb("signal", rule="signal")
def signal(caller: live.Caller, data: Data) -> None:
    room_id = room_number(data)
    room, _known = queries.readable(caller.user, room_id)
    if data.keys() != {"room", "id", "data"}:
        raise Invalid
    found = calls.of_mine(caller.user, room_id, opaque(data["id"]))
    told = checked(data["data"])
    if found.state != "on":
        raise Conflict(OVER, code="over")
    side = found.side_of(caller.user.id)
    if found.line_of(side) != caller.sid:
        raise Conflict(N_("Cuộc gọi đang mở ở một trang khác của bạn."), code="elsewhere")
    if why := calls.why_not(room, [found.asker, found.answerer]):
        commands.look_again_at_calls([room_id])
        refuse(why)
    other = found.line_of("answerer" if side == "asker" else "asker")
    if other is None:
        raise Conflict(N_("Người kia đang mất mạng. Hãy chờ một chút."), code="away")
    live.push("signal", {"room": str(room_id), "id": str(found.id), "data": told}, other)
