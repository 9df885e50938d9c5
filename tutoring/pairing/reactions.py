"""Reactions of requests to other events, and signals to open pages.

Requests end with their rooms. Withdrawn consent and lost rights stop a pairing. Merged units and erased accounts are
handled here too.
"""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased, ConsentWithdrawn, DataErasureDue
from tutoring.accounts.queries import guardian_ids, user
from tutoring.community.events import HelperStopped, MembershipEnded, Suspended, UnitsMerged
from tutoring.community.queries import memberships
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.pairing import erasure as pairing_erasure
from tutoring.pairing.awaiting_device.events import HelpAwaitingDevice, HelpUnparked, StillParked
from tutoring.pairing.commands import follow_unit
from tutoring.pairing.eligibility import home_unit, is_vouched, may_show
from tutoring.pairing.events import (
    GuardianAsked,
    HelpAsked,
    HelpClaimed,
    HelpEnded,
    HelpPaused,
    HelpResumed,
    HelpReturned,
    LearnerMissed,
    OfferClosed,
    OfferMade,
    PairOpened,
    WaitGoesOn,
    WordsAdded,
)
from tutoring.pairing.fallbacks.events import (
    AnswerJudged,
    AnswerWritten,
    LaterOffered,
    TimeAgreed,
    TimeMissed,
    TimesOver,
    TimesWished,
)
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import pictures
from tutoring.pairing.requests.models import kept_names
from tutoring.pairing.requests.queries import request_of_room
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.events import FeedbackGiven, MemberRemoved, RoomClosed
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.web import realtime


def _nudge_helpers(request_id: int) -> None:
    realtime.push_each("changed", {"what": "helping"}, may_show(request_id))


def _nudge(*user_ids: int | None) -> None:
    realtime.push_each("changed", {"what": "request"}, {found for found in user_ids if found is not None})


def _family(learner_id: int) -> list[int]:
    return [learner_id, *guardian_ids(learner_id)]


@on(HelpAsked)
def helpers_hear(event: HelpAsked) -> None:
    after_commit(_nudge_helpers, event.request_id)


@on(HelpClaimed)
def learner_hears(event: HelpClaimed) -> None:
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)
    after_commit(_nudge_helpers, event.request_id)


@on(HelpReturned)
def both_hear_of_return(event: HelpReturned) -> None:
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)
    after_commit(_nudge_helpers, event.request_id)


@on(GuardianAsked)
def guardian_hears(event: GuardianAsked) -> None:
    after_commit(_nudge, *_family(event.learner_id))


pictures_commands.keep_named(kept_names)


@on(PairOpened)
def pair_hears(event: PairOpened) -> None:
    pictures.bring_pictures(event.request_id, event.room_id)
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)


@on(HelpEnded)
def both_hear_of_end(event: HelpEnded) -> None:
    pictures.forget_pictures(event.request_id)
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)


def _board_changes(request_id: int, learner_id: int) -> None:
    after_commit(_nudge, *_family(learner_id))
    after_commit(_nudge_helpers, request_id)


@on(HelpPaused)
def pages_hear_of_pause(event: HelpPaused) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(HelpResumed)
def pages_hear_of_return(event: HelpResumed) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(HelpAwaitingDevice)
def pages_hear_that_it_is_kept(event: HelpAwaitingDevice) -> None:
    after_commit(_nudge, *_family(event.learner_id))


@on(HelpUnparked)
def pages_hear_that_it_waits(event: HelpUnparked) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(StillParked)
def pages_hear_what_is_lacking(event: StillParked) -> None:
    after_commit(_nudge, *_family(event.learner_id))


@on(WordsAdded)
def pages_hear_of_words(event: WordsAdded) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(TimesWished)
def pages_hear_of_times(event: TimesWished) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(LaterOffered)
def page_shows_other_ways(event: LaterOffered) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(TimesOver)
def pages_hear_that_times_are_over(event: TimesOver) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(TimeAgreed)
def both_hear_of_time(event: TimeAgreed) -> None:
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)


@on(TimeMissed)
def both_hear_of_missed_time(event: TimeMissed) -> None:
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)


@on(AnswerWritten)
def pages_hear_of_answer(event: AnswerWritten) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(AnswerJudged)
def pages_hear_of_judged_answer(event: AnswerJudged) -> None:
    _board_changes(event.request_id, event.learner_id)


@on(LearnerMissed)
def both_hear_of_missed(event: LearnerMissed) -> None:
    after_commit(_nudge, *_family(event.learner_id), event.helper_id)


@on(WaitGoesOn)
def waiting_room_changes(event: WaitGoesOn) -> None:
    after_commit(_nudge, *_family(event.learner_id))


@on(OfferMade)
def helper_is_asked(event: OfferMade) -> None:
    after_commit(realtime.push, "changed", {"what": "helping"}, f"user:{event.helper_id}")


@on(OfferClosed)
def helper_is_no_longer_asked(event: OfferClosed) -> None:
    after_commit(realtime.push, "changed", {"what": "helping"}, f"user:{event.helper_id}")


@on(RoomClosed)
def request_ends_with_room(event: RoomClosed) -> None:
    requests_commands.end_with_room(event.room_id, "closed" if event.reason == "ended" else "interrupted")


@on(MemberRemoved)
def helper_is_free_after_removal(event: MemberRemoved) -> None:
    asked = request_of_room(event.room_id)
    if asked is not None and asked.helper_id == event.user_id:
        requests_commands.end_with_room(event.room_id, "interrupted")


@on(FeedbackGiven)
def learner_says_what_was_solved(event: FeedbackGiven) -> None:
    if event.role in {"learner", "guardian"}:
        requests_commands.end_with_room(event.room_id, event.solved)


@on(ConsentWithdrawn)
def stop_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in HELP_PURPOSES:
        consent_withdrawal.stop_rooms_of(event.subject_id, event.why)  # first, so that the rooms show the reason
        requests_commands.stop_for(event.subject_id, "consent")


@on(DataErasureDue)
def erase_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "pairing":
        requests_commands.forget_words(event.subject_id)


@on(Suspended)
def stop_after_suspension(event: Suspended) -> None:
    requests_commands.stop_for(event.user_id, "suspended")


@on(MembershipEnded)
def stop_after_leaving(event: MembershipEnded) -> None:
    mine = sa.select(HelpRequest).where(
        HelpRequest.learner_id == event.user_id, HelpRequest.unit_id == event.unit_id, HelpRequest.state.in_(OPEN)
    )
    if db.session.scalar(mine) is not None and home_unit(event.user_id) is None:
        requests_commands.stop_for(event.user_id, "left")
    elif not (memberships(event.user_id) and is_vouched(user(event.user_id))):
        requests_commands.stop_for(event.user_id, "left", helping_alone=True)


@on(HelperStopped)
def stop_helping(event: HelperStopped) -> None:
    requests_commands.stop_for(event.user_id, "stopped", helping_alone=True)


@on(UnitsMerged)
def requests_go_along(event: UnitsMerged) -> None:
    follow_unit(event.from_id, event.into_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    pairing_erasure.forget_person(event.user_id)
