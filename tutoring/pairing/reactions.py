"""Reactions of requests to other events, and signals to open pages.

Requests end with their rooms. Withdrawn consent and lost rights stop a pairing. Merged units and erased accounts are
handled here too.
"""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased, ConsentWithdrawn, DataErasureDue
from tutoring.accounts.queries import guardian_ids, user
from tutoring.community.events import ClassesMoved, HelperStopped, MembershipEnded, Suspended, UnitsMerged
from tutoring.community.queries import memberships
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.lessons.events import StepsRenumbered
from tutoring.pairing import erasure as pairing_erasure
from tutoring.pairing.awaiting_device.events import DeviceWaitContinued, DeviceWaitEnded, HelpAwaitingDevice
from tutoring.pairing.commands import follow_classes, follow_unit
from tutoring.pairing.eligibility import home_unit, is_vouched, may_show
from tutoring.pairing.events import (
    BookingEnded,
    DeferralEnded,
    GuardianAsked,
    HandedOver,
    HelpClaimed,
    HelpDeferred,
    HelpEnded,
    HelpPaused,
    HelpRequested,
    HelpResumed,
    HelpReturned,
    LearnerMissed,
    OfferClosed,
    OfferMade,
    PairOpened,
    RequestTextAdded,
    WaitMessageDue,
)
from tutoring.pairing.fallbacks.events import (
    AnswerRated,
    AnswerWritten,
    FallbacksOffered,
    TimeAgreed,
    TimeMissed,
    TimesWished,
    WishedTimesExpired,
)
from tutoring.pairing.lifecycle.ended_pairs import ended_since, meets_weekly
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import first_message, pictures, voice_notes
from tutoring.pairing.requests.models import kept_names
from tutoring.pairing.requests.queries import request_of_room
from tutoring.pairing.requests.step_numbers import renumber_steps
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.events import FeedbackGiven, MemberRemoved, RoomClosed
from tutoring.rooms.helper_notes.commands import forget_pair
from tutoring.rooms.hooks import ended_pairs, file_owners
from tutoring.web.socket_io import realtime


def _nudge_helpers(request_id: int) -> None:
    realtime.push_each("changed", {"what": "helping"}, may_show(request_id))


def _push_request_pages(*user_ids: int | None) -> None:
    realtime.push_each("changed", {"what": "request"}, {found for found in user_ids if found is not None})


def _family(learner_id: int) -> list[int]:
    return [learner_id, *guardian_ids(learner_id)]


@on(HelpRequested)
def push_board_on_request(event: HelpRequested) -> None:
    after_commit(_nudge_helpers, event.request_id)


@on(HelpClaimed)
def push_pages_on_claim(event: HelpClaimed) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)
    after_commit(_nudge_helpers, event.request_id)


@on(HelpReturned)
def push_pages_on_return(event: HelpReturned) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)
    after_commit(_nudge_helpers, event.request_id)


@on(GuardianAsked)
def push_family_on_guardian_question(event: GuardianAsked) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id))


file_owners.register(kept_names)
ended_pairs.register(ended_since)


@on(HandedOver)
def forget_note_on_handoff(event: HandedOver) -> None:
    """Deletes the private note of the helper whose learner another one helps now."""
    forget_pair(event.helper_id, db.session.get_one(HelpRequest, event.request_id).learner_id)


@on(BookingEnded)
def forget_note_on_last_meeting(event: BookingEnded) -> None:
    """Deletes the private note of a pair whose weekly meetings have ended."""
    if not meets_weekly(event.helper_id, event.learner_id):
        forget_pair(event.helper_id, event.learner_id)


@on(PairOpened)
def bring_request_and_push_on_open(event: PairOpened) -> None:
    first_message.bring_words(event.request_id, event.room_id)
    pictures.bring_pictures(event.request_id, event.room_id)
    voice_notes.bring_voice_note(event.request_id, event.room_id)
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)


@on(HelpEnded)
def delete_attachments_and_push_on_end(event: HelpEnded) -> None:
    pictures.forget_pictures(event.request_id)
    voice_notes.forget_voice_note(event.request_id)
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)


def _board_changes(request_id: int, learner_id: int) -> None:
    after_commit(_push_request_pages, *_family(learner_id))
    after_commit(_nudge_helpers, request_id)


@on(HelpPaused)
def push_pages_on_pause(event: HelpPaused) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(HelpDeferred)
def push_pages_on_deferral(event: HelpDeferred) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(DeferralEnded)
def push_pages_on_deferral_end(event: DeferralEnded) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(HelpResumed)
def push_pages_on_resume(event: HelpResumed) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(HelpAwaitingDevice)
def push_family_on_device_wait(event: HelpAwaitingDevice) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id))


@on(DeviceWaitEnded)
def push_pages_on_device_wait_ended(event: DeviceWaitEnded) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(DeviceWaitContinued)
def push_family_on_still_awaiting(event: DeviceWaitContinued) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id))


@on(RequestTextAdded)
def push_pages_on_text_added(event: RequestTextAdded) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(TimesWished)
def push_pages_on_times_wished(event: TimesWished) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(FallbacksOffered)
def push_pages_on_fallbacks_offered(event: FallbacksOffered) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(WishedTimesExpired)
def push_pages_on_times_expired(event: WishedTimesExpired) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(TimeAgreed)
def push_pair_on_time_agreed(event: TimeAgreed) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)


@on(TimeMissed)
def push_pair_on_time_missed(event: TimeMissed) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)


@on(AnswerWritten)
def push_pages_on_answer_written(event: AnswerWritten) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(AnswerRated)
def push_pages_on_answer_rated(event: AnswerRated) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(LearnerMissed)
def push_pair_on_learner_missed(event: LearnerMissed) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id), event.helper_id)


@on(WaitMessageDue)
def push_waiting_room(event: WaitMessageDue) -> None:
    after_commit(_push_request_pages, *_family(event.learner_id))


@on(OfferMade)
def push_offer_to_helper(event: OfferMade) -> None:
    after_commit(realtime.push, "changed", {"what": "helping"}, f"user:{event.helper_id}")


@on(OfferClosed)
def push_offer_closed_to_helper(event: OfferClosed) -> None:
    after_commit(realtime.push, "changed", {"what": "helping"}, f"user:{event.helper_id}")


@on(RoomClosed)
def end_request_of_closed_room(event: RoomClosed) -> None:
    requests_commands.end_with_room(event.room_id, "closed" if event.reason == "ended" else "interrupted")


@on(MemberRemoved)
def end_request_of_removed_helper(event: MemberRemoved) -> None:
    asked = request_of_room(event.room_id)
    if asked is not None and asked.helper_id == event.user_id:
        requests_commands.end_with_room(event.room_id, "interrupted")


@on(FeedbackGiven)
def end_request_with_feedback(event: FeedbackGiven) -> None:
    if event.role in {"learner", "guardian"} and event.solved:
        requests_commands.end_with_room(event.room_id, event.solved)


@on(ConsentWithdrawn)
def end_help_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in HELP_PURPOSES:
        consent_withdrawal.stop_rooms_of(event.subject_id, event.why)  # first, so that the rooms show the reason
        requests_commands.end_requests_of(event.subject_id, "consent")


@on(DataErasureDue)
def erase_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "pairing":
        requests_commands.forget_words(event.subject_id)


@on(Suspended)
def end_help_after_suspension(event: Suspended) -> None:
    requests_commands.end_requests_of(event.user_id, "suspended")


@on(MembershipEnded)
def end_help_after_leaving(event: MembershipEnded) -> None:
    mine = sa.select(HelpRequest).where(
        HelpRequest.learner_id == event.user_id, HelpRequest.unit_id == event.unit_id, HelpRequest.state.in_(OPEN)
    )
    if db.session.scalar(mine) is not None and home_unit(event.user_id) is None:
        requests_commands.end_requests_of(event.user_id, "left")
    elif not (memberships(event.user_id) and is_vouched(user(event.user_id))):
        requests_commands.end_requests_of(event.user_id, "left", helping_alone=True)


@on(HelperStopped)
def stop_helping(event: HelperStopped) -> None:
    requests_commands.end_requests_of(event.user_id, "stopped", helping_alone=True)


@on(UnitsMerged)
def move_requests_of_merged_unit(event: UnitsMerged) -> None:
    follow_unit(event.from_id, event.into_id)


@on(ClassesMoved)
def move_requests_of_classes(event: ClassesMoved) -> None:
    follow_classes(event)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    pairing_erasure.forget_person(event.user_id)


@on(StepsRenumbered)
def follow_step_numbers(event: StepsRenumbered) -> None:
    renumber_steps(event)
