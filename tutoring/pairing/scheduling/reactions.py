"""Reactions of weekly meetings to other events, and signals to open pages.

Lost rights and withdrawn consent end proposals and bookings.
"""

from tutoring.accounts.events import ConsentWithdrawn
from tutoring.accounts.queries import guardians, user
from tutoring.community.events import HelperStopped, MembershipEnded, Suspended
from tutoring.community.queries import memberships
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.pairing.eligibility import home_unit, is_vouched
from tutoring.pairing.events import (
    Booked,
    BookingEnded,
    HelpEnded,
    MeetingOpened,
    MoveAnswered,
    MoveRequested,
    ProposalClosed,
    ProposalMade,
    RoundMoved,
)
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling import proposals
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.web.socket_io import realtime


def _nudge(what: str, *user_ids: int) -> None:
    realtime.push_each("changed", {"what": what}, user_ids)


@on(RoundMoved)
def push_round_to_coordinator(event: RoundMoved) -> None:
    after_commit(_nudge, "round", event.by_id)


def push_weekly_to_pair(event: ProposalMade | ProposalClosed | Booked | BookingEnded | MeetingOpened) -> None:
    family = [guardian.id for guardian in guardians(event.learner_id)]
    after_commit(_nudge, "weekly", event.learner_id, event.helper_id, *family)


for kind in (ProposalMade, ProposalClosed, Booked, BookingEnded, MeetingOpened):
    on(kind)(push_weekly_to_pair)  # type: ignore[arg-type]  # each has learner and helper


def push_move_to_both(event: MoveRequested | MoveAnswered) -> None:
    after_commit(_nudge, "weekly", event.by_id, event.other_id)


for moved in (MoveRequested, MoveAnswered):
    on(moved)(push_move_to_both)  # type: ignore[arg-type]


@on(HelpEnded)
def withdraw_proposals_of_ended_request(event: HelpEnded) -> None:
    if event.outcome != "booked":
        proposals.withdraw_proposals(request_id=event.request_id)


def _stop(user_id: int, why: str, helping_alone: bool = False) -> None:
    proposals.withdraw_proposals(user_id=user_id, helping_alone=helping_alone)
    scheduling_commands.end_bookings_of(user_id, why, helping_alone)


@on(ConsentWithdrawn)
def stop_weekly_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in HELP_PURPOSES:
        _stop(event.subject_id, "consent")


@on(Suspended)
def stop_weekly_after_suspension(event: Suspended) -> None:
    _stop(event.user_id, "suspended")


@on(HelperStopped)
def stop_weekly_helping(event: HelperStopped) -> None:
    _stop(event.user_id, "stopped", helping_alone=True)


@on(MembershipEnded)
def stop_weekly_after_leaving(event: MembershipEnded) -> None:
    if home_unit(event.user_id) is None:
        _stop(event.user_id, "left")
    elif not (memberships(event.user_id) and is_vouched(user(event.user_id))):
        _stop(event.user_id, "left", helping_alone=True)
