"""Socket verbs of a room: membership is asked of the database at each of them."""

from typing import Any

from tutoring.accounts.called import Someone
from tutoring.kernel.errors import Invalid, Missing, NotAllowed, Refusal
from tutoring.kernel.text import N_
from tutoring.policy.rooms import may_post_message, silence_code
from tutoring.rooms import commands, payloads, queries
from tutoring.rooms.around import changed_since
from tutoring.rooms.events import Stored
from tutoring.web import live

Data = dict[str, Any]


def _room(data: Data) -> int:
    """The room's number; ids are opaque to clients, so what is no number is simply no room."""
    value = data.get("room")
    if type(value) is int:
        return value
    if not isinstance(value, str):
        raise Invalid
    if not (value.isascii() and value.isdecimal() and len(value) < 12):
        raise Missing
    return int(value)


def _number(data: Data, name: str) -> int:
    value = data.get(name)
    if type(value) is not int or not 0 <= value < 2**31:
        raise Invalid
    return value


@live.verb("enter", rule="enter")
def enter(caller: live.Caller, data: Data) -> Data:
    room_id, after = _room(data), _number(data, "after")
    queries.readable(caller.user, room_id)
    # The socket hears the room before its past is read, so nothing can fall between the two; and membership
    # is asked again after that, so a removal in between either finds the socket here or is seen.
    if queries.may_hear(caller.user, room_id):
        live.join(caller.sid, f"room:{room_id}")
    try:
        commands.enter(caller.user, room_id, caller.sid)
        answer = _after(caller, room_id, after, data)
        if not queries.may_hear(caller.user, room_id):
            live.leave([caller.sid], f"room:{room_id}")
        return answer
    except BaseException:
        live.leave([caller.sid], f"room:{room_id}")
        raise


@live.verb("catch_up", rule="catch_up")
def catch_up(caller: live.Caller, data: Data) -> Data:
    return _after(caller, _room(data), _number(data, "after"), data)


def _after(caller: live.Caller, room_id: int, after: int, data: Data) -> Data:
    rev = _number(data, "rev") if "rev" in data else None
    room, known = queries.readable(caller.user, room_id)
    changes = None if rev is None else changed_since(room_id, after, rev)
    return payloads.messages(caller.user, known, room, queries.messages_after(room_id, after), changes)


@live.verb("post", rule="knock")
def post(caller: live.Caller, data: Data) -> Data:
    confirm = data.get("confirm") is True
    reply_to = None if data.get("reply") is None else _number(data, "reply")
    message = commands.post_message(
        caller.user, _room(data), data.get("client_id", ""), data.get("text", ""), confirm, reply_to=reply_to
    )
    return payloads.receipt(message)


@live.batch("post")
def post_together(calls: list[tuple[Someone, Data]]) -> list[live.Done]:
    """What several people post at once, as far as there is nothing to decide."""
    asked = [_plain(author, data) for author, data in calls]
    done = iter(commands.post_together([one for one in asked if one is not None]))
    answers = [None if one is None else next(done) for one in asked]
    return [_done(one) for one in answers]


def _done(one: commands.Came) -> live.Done:
    if isinstance(one, Stored):
        return {"seq": one.seq, "status": "sent"}
    return live.AGAIN if one == commands.HELD else one


def _plain(author: Someone, data: Data) -> commands.Plain | None:
    if data.get("reply") is not None:
        return None
    try:
        return commands.Plain(author, _room(data), data.get("client_id"), data.get("text"))
    except Refusal:
        return None


@live.verb("typing", rule="typing")
def typing(caller: live.Caller, data: Data) -> None:
    room_id = _room(data)
    _room_found, known = queries.readable(caller.user, room_id)
    if not may_post_message(known):
        raise NotAllowed(N_("Bạn chưa viết được trong phòng này lúc này."), code=silence_code(known))
    name = queries.shown_name(caller.user)
    live.push(
        "changed",
        payloads.changed(room_id, "typing", author=str(caller.user.id), name=name),
        f"room:{room_id}",
    )


@live.verb("follow", rule="follow")
def follow(caller: live.Caller, data: Data) -> Data:
    room = commands.follow(caller.user, _room(data), _number(data, "step"))
    return {"step": room.step_number}


@live.verb("seen")
def seen(caller: live.Caller, data: Data) -> None:
    commands.mark_seen(caller.user, _room(data), _number(data, "seq"))


@live.verb("leave")
def leave(caller: live.Caller, data: Data) -> None:
    room_id = _room(data)
    live.leave([caller.sid], f"room:{room_id}")
    commands.leave(caller.user, room_id, caller.sid)


@live.after_silence
def newest_numbers(names: list[str], rights: bool) -> list[tuple[str, Data, str]]:
    """The newest number of each room, so that pages see what they lack; whoever may hear it no more, does not."""
    rooms = {int(name.removeprefix("room:")): name for name in names if name.startswith("room:")}
    if rights:
        for room_id, name in rooms.items():
            for sid, user_id in live.listening(name):
                if not queries.still_hears(user_id, room_id):
                    live.leave([sid], name)
    heads = queries.newest_numbers(list(rooms))
    return [("head", {"room": str(room_id), "seq": seq}, rooms[room_id]) for room_id, seq in heads]
