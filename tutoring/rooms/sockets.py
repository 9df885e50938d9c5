"""Socket verbs of a room: membership is asked of the database at each of them."""

from functools import cache
from typing import Any

from tutoring.accounts.called import Someone
from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed, Refusal
from tutoring.kernel.paging import Page
from tutoring.kernel.text import N_
from tutoring.policy.rooms import may_post_message, silence_code
from tutoring.rooms import commands, listeners, payloads, queries
from tutoring.rooms.around import changed_since
from tutoring.rooms.events import Stored
from tutoring.rooms.ids import room_number
from tutoring.rooms.models import Message
from tutoring.safety.free_text import SaidDanger
from tutoring.web import live
from tutoring.welfare.commands import HEARD, disclose

Data = dict[str, Any]


def _number(data: Data, name: str) -> int:
    value = data.get(name)
    if type(value) is not int or not 0 <= value < 2**31:
        raise Invalid
    return value


@live.verb("enter", rule="enter")
def enter(caller: live.Caller, data: Data) -> Data:
    room_id, after = room_number(data), _number(data, "after")
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


@live.batch("enter")
def enter_together(calls: list[live.Call]) -> list[live.Done]:
    """Many pages come back into their rooms at once. As with one alone each hears the room before its past is read, and
    membership is asked again after that."""
    asked = [_entry(caller, data) for caller, data in calls]
    plain = commands.places(one for one in asked if one is not None)
    ready = [one if one is not None and one.seat in plain else None for one in asked]
    counted = iter(limits.hit_each("enter", [one.user.id for one in ready if one is not None]))
    refused = [None if one is None else next(counted) for one in ready]
    entries = [one for one, no in zip(ready, refused, strict=True) if one is not None and no is None]
    entered = commands.enter_together(entries)
    here, past = commands.places(entries), _Past()
    for one in entries:
        if one.seat in entered and one.seat not in here:
            live.leave([one.sid], f"room:{one.room_id}")
    reading = entered & here.keys()
    return [
        no or (None if one is None or one.seat not in reading else past.of(caller, here[one.seat], data))
        for one, no, (caller, data) in zip(ready, refused, calls, strict=True)
    ]


def _entry(caller: live.Caller, data: Data) -> commands.Entry | None:
    """None where something is not as our pages say it: alone it gets its refusal."""
    try:
        for name in {"after", "rev" if "rev" in data else "after"}:
            _number(data, name)
        return commands.Entry(caller.user, caller.sid, room_number(data))
    except Refusal:
        return None


class _Past:
    """What pages have missed; those of one room mostly the same."""

    def __init__(self) -> None:
        self.after = cache(queries.messages_after)
        self.changed = cache(changed_since)

    def of(self, caller: live.Caller, place: commands.Place, data: Data) -> Data:
        after, rev = data["after"], data.get("rev")
        page: Page[Message] = self.after(place.id, after) if place.last_seq > after else Page([], False)
        changes: Page[Message] | None = None
        if rev is not None:
            changes = self.changed(place.id, after, rev) if place.rev > rev else Page([], False)
        return payloads.messages(caller.user, place.known, place, page, changes)


@live.verb("catch_up", rule="catch_up")
def catch_up(caller: live.Caller, data: Data) -> Data:
    return _after(caller, room_number(data), _number(data, "after"), data)


def _after(caller: live.Caller, room_id: int, after: int, data: Data) -> Data:
    rev = _number(data, "rev") if "rev" in data else None
    room, known = queries.readable(caller.user, room_id)
    changes = None if rev is None else changed_since(room_id, after, rev)
    return payloads.messages(caller.user, known, room, queries.messages_after(room_id, after), changes)


@live.verb("post", rule="knock")
def post(caller: live.Caller, data: Data) -> Data:
    confirm = data.get("confirm") is True
    reply_to = None if data.get("reply") is None else _number(data, "reply")
    try:
        message = commands.post_message(
            caller.user, room_number(data), data.get("client_id", ""), data.get("text", ""), confirm, reply_to=reply_to
        )
    except SaidDanger as said:
        disclose(caller.user, "feedback", said.text, said.hits)
        raise Conflict(HEARD, code="care") from None
    return payloads.receipt(message)


@live.batch("post", one_command=True)
def post_together(calls: list[live.Call]) -> list[live.Done]:
    """What several people post at once, as far as there is nothing to decide."""
    asked = [_plain(caller.user, data) for caller, data in calls]
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
        return commands.Plain(author, room_number(data), data.get("client_id"), data.get("text"))
    except Refusal:
        return None


@live.verb("typing", rule="typing")
def typing(caller: live.Caller, data: Data) -> None:
    room_id = room_number(data)
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
    room = commands.follow(caller.user, room_number(data), _number(data, "step"))
    return {"step": room.step_number}


@live.verb("seen")
def seen(caller: live.Caller, data: Data) -> None:
    commands.mark_seen(caller.user, room_number(data), _number(data, "seq"))


@live.verb("leave")
def leave(caller: live.Caller, data: Data) -> None:
    room_id = room_number(data)
    live.leave([caller.sid], f"room:{room_id}")
    commands.leave(caller.user, room_id, caller.sid)


@live.after_silence
def newest_numbers(names: list[str], rights: bool) -> list[tuple[str, Data, str]]:
    """The newest number of each room, so that pages see what they lack; whoever may hear it no more, does not."""
    rooms = {int(name.removeprefix("room:")): name for name in names if name.startswith("room:")}
    if rights:
        lines = [(sid, user_id, room_id) for room_id, name in rooms.items() for sid, user_id in live.listening(name)]
        sure = listeners.surely_hear(rooms)
        sure |= listeners.still_hear({(user_id, room_id) for _sid, user_id, room_id in lines} - sure)
        for sid, user_id, room_id in lines:
            if (user_id, room_id) not in sure:
                live.leave([sid], rooms[room_id])
    heads = listeners.newest_numbers(list(rooms))
    return [("head", {"room": str(room_id), "seq": seq}, rooms[room_id]) for room_id, seq in heads]
