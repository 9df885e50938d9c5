"""Pushes changes of shown runs to a room after the commit, and ends the showing.

No push holds a value.
"""

from tutoring.accounts.events import AccountErased, ConsentWithdrawn
from tutoring.accounts.queries import user
from tutoring.community.events import MembershipEnded
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.practice.events import ControlPointed, RunMoved, RunShown
from tutoring.practice.shared_runs import commands
from tutoring.practice.shared_runs import queries as shared_runs_queries
from tutoring.rooms.events import MemberRemoved, PersonLeft, PersonStopped, RoomClosed
from tutoring.rooms.queries import shown_name
from tutoring.web import realtime


def _moved(event: RunMoved | RunShown | ControlPointed) -> None:
    """Tells pages to reload what they may see. The push does not name the screen."""
    told = {"room": str(event.room_id), "run": event.run_id}
    after_commit(realtime.push_each, "run_moved", told, shared_runs_queries.who_hears(event.room_id, event.user_id))


@on(RunMoved)
def push_move(event: RunMoved) -> None:
    commands.note_step(event.user_id, event.room_id)
    _moved(event)


@on(RunShown)
def push_shown(event: RunShown) -> None:
    _moved(event)


@on(ControlPointed)
def push_pointed(event: ControlPointed) -> None:
    """Sends the control to the learner, who may be typing, on any page; other pages reload."""
    told = {
        "room": str(event.room_id), "run": event.run_id, "control": event.control,
        "name": shown_name(user(event.by_id)) if event.control else "",
    }  # fmt: skip
    after_commit(realtime.push, "pointed", told, f"user:{event.user_id}")
    _moved(event)


@on(RoomClosed)
def go_on_alone_after_the_room(event: RoomClosed) -> None:
    commands.let_room_go(event.room_id)


@on(MemberRemoved)
def go_on_alone_after_a_removal(event: MemberRemoved) -> None:
    commands.let_room_go(event.room_id, event.user_id)


@on(PersonLeft)
def go_on_alone_after_a_goodbye(event: PersonLeft) -> None:
    commands.let_room_go(event.room_id, event.user_id)


@on(PersonStopped)
def go_on_alone_after_a_stop(event: PersonStopped) -> None:
    commands.let_room_go(event.room_id, event.user_id)


@on(MembershipEnded)
def go_on_alone_after_a_place(event: MembershipEnded) -> None:
    commands.let_lost_rooms_go(user(event.user_id))


@on(ConsentWithdrawn)
def go_on_alone_after_a_yes(event: ConsentWithdrawn) -> None:
    commands.let_lost_rooms_go(user(event.subject_id))


@on(AccountErased)
def forget_who_pointed(event: AccountErased) -> None:
    commands.forget_pointing(event.user_id)
