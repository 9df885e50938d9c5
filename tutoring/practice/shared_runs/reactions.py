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
from tutoring.web.socket_io import realtime


def _push_run_changed(event: RunMoved | RunShown | ControlPointed) -> None:
    """Tells pages to reload what they may see. The push does not name the screen."""
    told = {"room": str(event.room_id), "run": event.run_id}
    after_commit(
        realtime.push_each, "run_moved", told, shared_runs_queries.list_push_recipients(event.room_id, event.user_id)
    )


@on(RunMoved)
def push_move(event: RunMoved) -> None:
    commands.note_step(event.user_id, event.room_id)
    _push_run_changed(event)


@on(RunShown)
def push_shown(event: RunShown) -> None:
    _push_run_changed(event)


@on(ControlPointed)
def push_pointed(event: ControlPointed) -> None:
    """Sends the control to the learner, who may be typing, on any page; other pages reload."""
    learner = user(event.user_id)
    told = {
        "room": str(event.room_id), "run": event.run_id, "control": event.control,
        "name": shown_name(user(event.by_id), learner, learner.language) if event.control else "",
    }  # fmt: skip
    after_commit(realtime.push, "pointed", told, f"user:{event.user_id}")
    _push_run_changed(event)


@on(RoomClosed)
def hide_runs_of_closed_room(event: RoomClosed) -> None:
    commands.hide_runs_from_room(event.room_id)


@on(MemberRemoved)
def hide_runs_of_removed_member(event: MemberRemoved) -> None:
    commands.hide_runs_from_room(event.room_id, event.user_id)


@on(PersonLeft)
def hide_runs_of_departed_participant(event: PersonLeft) -> None:
    commands.hide_runs_from_room(event.room_id, event.user_id)


@on(PersonStopped)
def hide_runs_of_restricted_user(event: PersonStopped) -> None:
    commands.hide_runs_from_room(event.room_id, event.user_id)


@on(MembershipEnded)
def hide_runs_after_membership_ended(event: MembershipEnded) -> None:
    commands.hide_runs_from_unreadable_rooms(user(event.user_id))


@on(ConsentWithdrawn)
def hide_runs_after_consent_withdrawn(event: ConsentWithdrawn) -> None:
    commands.hide_runs_from_unreadable_rooms(user(event.subject_id))


@on(AccountErased)
def delete_pointing_of_erased_user(event: AccountErased) -> None:
    commands.forget_pointing(event.user_id)
