"""Socket events of a room; each event checks the caller's right to read it in the database."""

from functools import cache
from typing import Any

from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput
from tutoring.kernel.paging import Page
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import may_post_message, silence_code
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.events import StoredMessage
from tutoring.rooms.messages import batch_posting
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.queries import changed_since
from tutoring.rooms.models import Message
from tutoring.rooms.presence import batch_entry, subscriptions
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.serializers import parse_room_id
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.safety.free_text import SaidDanger
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import AGAIN, Call, Caller, Done, batch
from tutoring.welfare.commands import HEARD, disclose

Data = dict[str, Any]


def _number(data: Data, name: str) -> int:
    value = data.get(name)
    if type(value) is not int or not 0 <= value < 2**31:
        raise InvalidInput
    return value


@realtime.on_event("enter", rule="enter")
def enter(caller: Caller, data: Data) -> Data:
    room_id, after = parse_room_id(data), _number(data, "after")
    queries.readable_room(caller.user, room_id)
    # The socket subscribes before the history is read, so no message falls between the two. The right to read is
    # checked again afterwards, so a concurrent removal either finds the socket subscribed or is seen here.
    if queries.may_hear(caller.user, room_id):
        realtime.join(caller.sid, f"room:{room_id}")
    try:
        presence_commands.enter(caller.user, room_id, caller.sid)
        answer = _after(caller, room_id, after, data)
        if not queries.may_hear(caller.user, room_id):
            realtime.leave([caller.sid], f"room:{room_id}")
        return answer
    except BaseException:
        realtime.leave([caller.sid], f"room:{room_id}")
        raise


@batch("enter")
def enter_together(calls: list[Call]) -> list[Done]:
    """Handles many `enter` events at once, for example after an outage.

    As in `enter`, each socket subscribes before the history is read, and the right to read is checked again afterwards.
    """
    asked = [_entry(caller, data) for caller, data in calls]
    plain = batch_entry.places(one for one in asked if one is not None)
    ready = [one if one is not None and one.seat in plain else None for one in asked]
    counted = iter(rate_limits.hit_each("enter", [one.user.id for one in ready if one is not None]))
    refused = [None if one is None else next(counted) for one in ready]
    entries = [one for one, no in zip(ready, refused, strict=True) if one is not None and no is None]
    entered = batch_entry.enter_together(entries)
    here, past = batch_entry.places(entries), _Past()
    for one in entries:
        if one.seat in entered and one.seat not in here:
            realtime.leave([one.sid], f"room:{one.room_id}")
    reading = entered & here.keys()
    return [
        no or (None if one is None or one.seat not in reading else past.of(caller, here[one.seat], data))
        for one, no, (caller, data) in zip(ready, refused, calls, strict=True)
    ]


def _entry(caller: Caller, data: Data) -> batch_entry.Entry | None:
    """Parses one entry; None means invalid input, which `enter` rejects with its reason."""
    try:
        for name in {"after", "rev" if "rev" in data else "after"}:
            _number(data, name)
        return batch_entry.Entry(caller.user, caller.sid, parse_room_id(data))
    except DomainError:
        return None


class _Past:
    """The missed messages of each page; pages of one room share the cached queries."""

    def __init__(self) -> None:
        self.after = cache(queries.messages_after)
        self.changed = cache(changed_since)

    def of(self, caller: Caller, place: batch_entry.SeatState, data: Data) -> Data:
        after, rev = data["after"], data.get("rev")
        page: Page[Message] = self.after(place.id, after) if place.last_seq > after else Page([], False)
        changes: Page[Message] | None = None
        if rev is not None:
            changes = self.changed(place.id, after, rev) if place.rev > rev else Page([], False)
        return rooms_serializers.messages(caller.user, place.known, place, page, changes)


@realtime.on_event("catch_up", rule="catch_up")
def catch_up(caller: Caller, data: Data) -> Data:
    return _after(caller, parse_room_id(data), _number(data, "after"), data)


def _after(caller: Caller, room_id: int, after: int, data: Data) -> Data:
    rev = _number(data, "rev") if "rev" in data else None
    room, known = queries.readable_room(caller.user, room_id)
    changes = None if rev is None else changed_since(room_id, after, rev)
    return rooms_serializers.messages(caller.user, known, room, queries.messages_after(room_id, after), changes)


@realtime.on_event("post", rule="knock")
def post(caller: Caller, data: Data) -> Data:
    confirm = data.get("confirm") is True
    reply_to = None if data.get("reply") is None else _number(data, "reply")
    try:
        message = messages_commands.post_message(
            caller.user,
            parse_room_id(data),
            data.get("client_id", ""),
            data.get("text", ""),
            confirm,
            reply_to=reply_to,
        )
    except SaidDanger as said:
        disclose(caller.user, "feedback", said.text, said.hits)
        raise Conflict(HEARD, code="care") from None
    return rooms_serializers.receipt(message)


@batch("post", one_command=True)
def post_together(calls: list[Call]) -> list[Done]:
    """Stores the messages of several users at once, where no decision is needed."""
    asked = [_plain(caller.user, data) for caller, data in calls]
    done = iter(batch_posting.post_together([one for one in asked if one is not None]))
    answers = [None if one is None else next(done) for one in asked]
    return [_done(one) for one in answers]


def _done(one: batch_posting.PostResult) -> Done:
    if isinstance(one, StoredMessage):
        return {"seq": one.seq, "status": "sent"}
    return AGAIN if one == batch_posting.HELD else one


def _plain(author: PersonSummary, data: Data) -> batch_posting.UnvalidatedPost | None:
    if data.get("reply") is not None:
        return None
    try:
        return batch_posting.UnvalidatedPost(author, parse_room_id(data), data.get("client_id"), data.get("text"))
    except DomainError:
        return None


@realtime.on_event("typing", rule="typing")
def typing(caller: Caller, data: Data) -> None:
    room_id = parse_room_id(data)
    _room_found, known = queries.readable_room(caller.user, room_id)
    if not may_post_message(known):
        raise Forbidden(N_("Bạn chưa viết được trong phòng này lúc này."), code=silence_code(known))
    name = queries.shown_name(caller.user)
    realtime.push(
        "changed",
        rooms_serializers.serialize_room_change(room_id, "typing", author=str(caller.user.id), name=name),
        f"room:{room_id}",
    )


@realtime.on_event("follow", rule="follow")
def follow(caller: Caller, data: Data) -> Data:
    room = shared_lesson_commands.follow(caller.user, parse_room_id(data), _number(data, "step"))
    return {"step": room.step_number}


@realtime.on_event("seen")
def seen(caller: Caller, data: Data) -> None:
    messages_commands.mark_seen(caller.user, parse_room_id(data), _number(data, "seq"))


@realtime.on_event("leave")
def leave(caller: Caller, data: Data) -> None:
    room_id = parse_room_id(data)
    realtime.leave([caller.sid], f"room:{room_id}")
    presence_commands.leave(caller.user, room_id, caller.sid)


@realtime.missed_pushes.register
def newest_numbers(names: list[str], rights: bool) -> list[tuple[str, Data, str]]:
    """Returns the newest number of each room, so that pages detect missed messages.

    Sockets whose users lost the right to receive the room are unsubscribed.
    """
    rooms = {int(name.removeprefix("room:")): name for name in names if name.startswith("room:")}
    if rights:
        lines = [
            (sid, user_id, room_id) for room_id, name in rooms.items() for sid, user_id in realtime.listening(name)
        ]
        sure = subscriptions.surely_hear(rooms)
        sure |= subscriptions.still_hear({(user_id, room_id) for _sid, user_id, room_id in lines} - sure)
        for sid, user_id, room_id in lines:
            if (user_id, room_id) not in sure:
                realtime.leave([sid], rooms[room_id])
    heads = subscriptions.newest_numbers(list(rooms))
    return [("head", {"room": str(room_id), "seq": seq}, rooms[room_id]) for room_id, seq in heads]
