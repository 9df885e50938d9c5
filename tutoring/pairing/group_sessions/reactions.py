"""Reactions of group sessions to other events, and signals to open pages.

Sessions end with their rooms. Lost rights and withdrawn consent end a person's part in them.
"""

from tutoring.accounts.events import ConsentWithdrawn, DataErasureDue
from tutoring.accounts.queries import children, guardians, user
from tutoring.community.events import HelperStopped, MembershipEnded, Suspended
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.pairing.eligibility import is_vouched
from tutoring.pairing.events import HelpEnded, HelpReturned
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions import request_groups
from tutoring.pairing.group_sessions.events import (
    GroupProposed,
    PlaceFreed,
    SessionCancelled,
    SessionMissed,
    SessionOpened,
    SignedUp,
    SignUpWithdrawn,
)
from tutoring.pairing.group_sessions.queries import group_of_room, people_of, session_of
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms.events import FeedbackGiven, RoomClosed
from tutoring.web.socket_io import realtime


def _nudge(user_ids: list[int], what: str = "sessions") -> None:
    for user_id in dict.fromkeys(user_ids):
        realtime.push("changed", {"what": what}, f"user:{user_id}")


def push_to_family_and_helper(event: SignedUp | SignUpWithdrawn | PlaceFreed) -> None:
    family = [event.learner_id, *(guardian.id for guardian in guardians(event.learner_id))]
    after_commit(_nudge, [*family, session_of(event.session_id).helper_id])


for kind in (SignedUp, SignUpWithdrawn, PlaceFreed):
    on(kind)(push_to_family_and_helper)  # type: ignore[arg-type]  # each has session and learner


def push_to_session_members(event: SessionOpened | SessionMissed) -> None:
    people = [one.id for one in people_of(event.session_id, "in", "waiting")]
    family = [guardian.id for one in people for guardian in guardians(one)]
    after_commit(_nudge, [*people, *family, session_of(event.session_id).helper_id])


for ended in (SessionOpened, SessionMissed):
    on(ended)(push_to_session_members)  # type: ignore[arg-type]


@on(SessionCancelled)
def push_cancellation(event: SessionCancelled) -> None:
    family = [guardian.id for one in event.user_ids for guardian in guardians(one)]
    after_commit(_nudge, [*event.user_ids, *family])


@on(RoomClosed)
def end_session_of_closed_room(event: RoomClosed) -> None:
    group = group_of_room(event.room_id)
    if group is None:
        return
    if group.merged and group.because != "helper":
        request_groups.end_group_requests(group.id, "closed" if event.reason == "ended" else "interrupted")
    group_sessions_commands.end_session_with_room(event.room_id)


@on(FeedbackGiven)
def end_requests_with_feedback(event: FeedbackGiven) -> None:
    said = event.solved and event.role in {"learner", "guardian"}
    group = group_of_room(event.room_id) if said else None
    if group is not None and group.merged:
        mine = [event.user_id, *(link.child_id for link in children(event.user_id))]
        request_groups.end_group_requests(group.id, event.solved, mine)


@on(GroupProposed)
def push_group_proposal(event: GroupProposed) -> None:
    for _request_id, learner_id in event.asked:
        family = [learner_id, *(guardian.id for guardian in guardians(learner_id))]
        after_commit(_nudge, family, "request")
    after_commit(_nudge, [event.helper_id], "helping")


@on(SessionOpened)
def requeue_learners_left_out(event: SessionOpened) -> None:
    row = session_of(event.session_id)
    if row.merged:
        here = {one.id for one in people_of(row.id, "in")} - set(event.left_out)
        request_groups.release_group(row.id, tuple(here))
        after_commit(_nudge, [*here, row.helper_id], "request")


@on(SessionMissed)
def requeue_learners_of_missed_session(event: SessionMissed) -> None:
    request_groups.release_group(event.session_id, in_front=event.why == "helper")


@on(SessionCancelled)
def requeue_learners_of_cancelled_session(event: SessionCancelled) -> None:
    request_groups.release_group(event.session_id)


@on(HelpReturned)
def remove_returned_request_from_group(event: HelpReturned) -> None:
    request_groups.leave_group(event.request_id)


@on(HelpEnded)
def remove_ended_request_from_group(event: HelpEnded) -> None:
    request_groups.leave_group(event.request_id)


@on(ConsentWithdrawn)
def stop_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in HELP_PURPOSES:
        group_sessions_commands.stop_sessions_of(event.subject_id)


@on(Suspended)
def stop_after_suspension(event: Suspended) -> None:
    group_sessions_commands.stop_sessions_of(event.user_id)


@on(HelperStopped)
def stop_leading(event: HelperStopped) -> None:
    group_sessions_commands.stop_sessions_of(event.user_id, helping_alone=True)


@on(MembershipEnded)
def leave_sessions_of_former_unit(event: MembershipEnded) -> None:
    group_sessions_commands.leave_strange_sessions(event.user_id)
    if not is_vouched(user(event.user_id)):
        group_sessions_commands.stop_sessions_of(event.user_id, helping_alone=True)


@on(DataErasureDue)
def erase_words(event: DataErasureDue) -> None:
    if event.purpose == "pairing":
        group_sessions_commands.forget_session_words(event.subject_id)
