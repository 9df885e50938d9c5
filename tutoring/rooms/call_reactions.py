"""What both pages of a call hear of it; and what ends one: whatever takes one of the two, or the room, out of it."""

from typing import Any

from tutoring.accounts.events import SignInEnded, SocketsClosed
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.rooms import calls, commands
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
from tutoring.web import live


@on(CallChanged)
def push_call(event: CallChanged) -> None:
    """To every open page of the two, and to nobody else; a page that holds its side no longer hears that too."""
    found = calls.call(event.call_id)
    after_commit(live.push_each, "call", calls.shape(found), [found.asker_id, found.answerer_id])
    if event.left_line is not None:
        after_commit(live.push, "call", {**calls.shape(found), "here": False}, event.left_line)


def end_if_it_may_not_be(event: Any) -> None:
    commands.look_again_at_calls([event.room_id])


for _event in (RoomClosed, LockChanged, HoldChanged, MemberMuted, MemberRemoved, PersonStopped, ObserverEntered):
    on(_event)(end_if_it_may_not_be)


@on(PresenceChanged)
def end_when_a_minor_comes_in(event: PresenceChanged) -> None:
    commands.look_again_at_calls(event.room_ids)


@on(PersonLeft)
def end_with_a_goodbye(event: PersonLeft) -> None:
    commands.end_call_of(event.room_id, event.user_id, "left")


@on(SignInEnded)
def end_with_the_sign_in(event: SignInEnded) -> None:
    commands.end_calls_at_sign_out(event.sign_in_id)


@on(SocketsClosed)
def wait_for_a_lost_line(event: SocketsClosed) -> None:
    commands.call_lines_gone([one.sid for one in event.closed])
