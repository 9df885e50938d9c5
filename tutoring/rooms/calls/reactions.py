"""Pushes of calls to both sides, and the events that end a call."""

from typing import Any

from tutoring.accounts.events import SignInEnded, SocketsClosed
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.rooms.calls import commands as calls_commands
from tutoring.rooms.calls import queries as calls_queries
from tutoring.rooms.events import (
    CallChanged,
    HoldChanged,
    LockChanged,
    MemberMuted,
    MemberRemoved,
    ObserverEntered,
    PersonLeft,
    PersonStopped,
    PresenceChanged,
    RoomClosed,
)
from tutoring.web.socket_io import realtime


@on(CallChanged)
def push_call(event: CallChanged) -> None:
    """Pushes the call to all open pages of the two people only.

    A socket that no longer holds its side is told so.
    """
    found = calls_queries.call(event.call_id)
    after_commit(realtime.push_each, "call", calls_queries.shape(found), [found.asker_id, found.answerer_id])
    if event.left_line is not None:
        after_commit(realtime.push, "call", {**calls_queries.shape(found), "here": False}, event.left_line)


def recheck_call_of_room(event: Any) -> None:
    calls_commands.recheck_calls([event.room_id])


for _event in (RoomClosed, LockChanged, HoldChanged, MemberMuted, MemberRemoved, PersonStopped, ObserverEntered):
    on(_event)(recheck_call_of_room)


@on(PresenceChanged)
def recheck_calls_on_presence(event: PresenceChanged) -> None:
    calls_commands.recheck_calls(event.room_ids)


@on(PersonLeft)
def end_call_of_leaver(event: PersonLeft) -> None:
    calls_commands.end_of(event.room_id, event.user_id, "left")


@on(SignInEnded)
def end_calls_on_sign_out(event: SignInEnded) -> None:
    calls_commands.end_at_sign_out(event.sign_in_id)


@on(SocketsClosed)
def mark_lost_call_sides(event: SocketsClosed) -> None:
    calls_commands.lines_gone([one.sid for one in event.closed])
