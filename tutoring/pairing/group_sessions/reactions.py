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
    GroupAsked,
    PlaceFreed,
    SessionCancelled,
    SessionMissed,
    SessionOpened,
    SignedUp,
    WentAway,
)
from tutoring.pairing.group_sessions.queries import group_of_room, people_of, session_of
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms.events import FeedbackGiven, RoomClosed
from tutoring.web import realtime


def _nudge(user_ids: list[int], what: str = "sessions") -> None:
    for user_id in dict.fromkeys(user_ids):
        realtime.push("changed", {"what": what}, f"user:{user_id}")


def family_sees(event: SignedUp | WentAway | PlaceFreed) -> None:
    family = [event.learner_id, *(guardian.id for guardian in guardians(event.learner_id))]
    after_commit(_nudge, [*family, session_of(event.session_id).helper_id])


for kind in (SignedUp, WentAway, PlaceFreed):
    on(kind)(family_sees)  # type: ignore[arg-type]  # each has session and learner


def everybody_sees(event: SessionOpened | SessionMissed) -> None:
    people = [one.id for one in people_of(event.session_id, "in", "waiting")]
    family = [guardian.id for one in people for guardian in guardians(one)]
    after_commit(_nudge, [*people, *family, session_of(event.session_id).helper_id])


for ended in (SessionOpened, SessionMissed):
    on(ended)(everybody_sees)  # type: ignore[arg-type]


@on(SessionCancelled)
def all_in_it_see(event: SessionCancelled) -> None:
    family = [guardian.id for one in event.user_ids for guardian in guardians(one)]
    after_commit(_nudge, [*event.user_ids, *family])


@on(RoomClosed)
def session_ends_with_room(event: RoomClosed) -> None:
    group = group_of_room(event.room_id)
    if group is None:
        return
    if group.merged and group.because != "helper":
        request_groups.end_group_requests(group.id, "closed" if event.reason == "ended" else "interrupted")
    group_sessions_commands.end_session_with_room(event.room_id)


@on(FeedbackGiven)
def own_side_says_what_was_solved(event: FeedbackGiven) -> None:
    group = group_of_room(event.room_id) if event.role in {"learner", "guardian"} else None
    if group is not None and group.merged:
        mine = [event.user_id, *(link.child_id for link in children(event.user_id))]
        request_groups.end_group_requests(group.id, event.solved, mine)


@on(GroupAsked)
def all_asked_see(event: GroupAsked) -> None:
    for _request_id, learner_id in event.asked:
        family = [learner_id, *(guardian.id for guardian in guardians(learner_id))]
        after_commit(_nudge, family, "request")
    after_commit(_nudge, [event.helper_id], "helping")


@on(SessionOpened)
def others_wait_on(event: SessionOpened) -> None:
    row = session_of(event.session_id)
    if row.merged:
        here = {one.id for one in people_of(row.id, "in")} - set(event.left_out)
        request_groups.release_group(row.id, tuple(here))
        after_commit(_nudge, [*here, row.helper_id], "request")


@on(SessionMissed)
def all_wait_on(event: SessionMissed) -> None:
    request_groups.release_group(event.session_id, in_front=event.why == "helper")


@on(SessionCancelled)
def all_wait_on_after_the_end(event: SessionCancelled) -> None:
    request_groups.release_group(event.session_id)


@on(HelpReturned)
def request_left_its_group(event: HelpReturned) -> None:
    request_groups.leave_group(event.request_id)


@on(HelpEnded)
def ended_request_left_its_group(event: HelpEnded) -> None:
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
def leave_with_the_unit(event: MembershipEnded) -> None:
    group_sessions_commands.leave_strange_sessions(event.user_id)
    if not is_vouched(user(event.user_id)):
        group_sessions_commands.stop_sessions_of(event.user_id, helping_alone=True)


@on(DataErasureDue)
def erase_words(event: DataErasureDue) -> None:
    if event.purpose == "pairing":
        group_sessions_commands.forget_session_words(event.subject_id)
