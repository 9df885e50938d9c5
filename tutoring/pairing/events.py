"""Events of help requests, offers, rounds, proposals and weekly meetings."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HelpRequested:
    request_id: int
    learner_id: int


@dataclass(frozen=True)
class HelpClaimed:
    request_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class HelpReturned:
    """The request is back in the queue at its old position.

    `why` is declined, given_back, expired, time_cancelled, helper_silent (did not come to the room), handed_over (see
    HandedOver) or other_room (the learner's appointment begins). It may also say what stopped the helper: consent,
    left, stopped or suspended. See HelpDeferred where the request is deferred instead.
    """

    request_id: int
    learner_id: int
    helper_id: int
    why: str


@dataclass(frozen=True)
class HelpDeferred:
    """The request waits until another request of its learner is over."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class DeferralEnded:
    """The other request is over, and this one enters the queue at its old position."""

    request_id: int
    learner_id: int
    asked_by_id: int


@dataclass(frozen=True)
class HandedOver:
    """An observer closed the room of a pair so that another helper continues.

    `to_id` is asked now; None asks any available helper.
    """

    request_id: int
    room_id: int
    by_id: int
    helper_id: int  # the helper so far
    to_id: int | None


@dataclass(frozen=True)
class GuardianAsked:
    """The learner agreed, and a guardian has to agree too."""

    request_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class PairOpened:
    """All required approvals are given, and the room is open."""

    request_id: int
    learner_id: int
    helper_id: int
    room_id: int
    minor: bool


@dataclass(frozen=True)
class VoiceNoteLost:
    """The voice note of a request could not be put into its room, where its author would have to write instead."""

    request_id: int
    room_id: int
    author_id: int


@dataclass(frozen=True)
class HelpEnded:
    """A request ended.

    `why` says what stopped a request that had no room yet: consent, suspended or left.
    """

    request_id: int
    learner_id: int
    helper_id: int | None
    outcome: str
    why: str = ""


@dataclass(frozen=True)
class HelpPaused:
    """The request keeps its position and is not offered to helpers."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class HelpResumed:
    """The request is offered again, at its old position."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class RequestTextAdded:
    request_id: int
    learner_id: int


@dataclass(frozen=True)
class FollowUpRequested:
    """The learner's side asks again after a session, and the former helper is not present now."""

    request_id: int
    helper_id: int
    learner_id: int


@dataclass(frozen=True)
class OfferMade:
    """A helper got an offer, and is reserved until they answer, by default for 25 seconds."""

    offer_id: int
    request_id: int
    helper_id: int


@dataclass(frozen=True)
class OfferClosed:
    """An offer has ended; `state` is accepted, declined, expired or withdrawn."""

    offer_id: int
    request_id: int
    helper_id: int
    state: str


@dataclass(frozen=True)
class HelperAway:
    """Two offers in a row stayed unanswered: this helper gets no offers until they return."""

    user_id: int


@dataclass(frozen=True)
class NoHelperLeft:
    """No helper is left to ask.

    It alarms the coordinator, and is repeated until a coordinator has seen it.
    """

    request_id: int
    unit_id: int


@dataclass(frozen=True)
class AlarmSeen:
    request_id: int


@dataclass(frozen=True)
class LearnerMissed:
    """The learner did not come to the room.

    The request is paused at its position, and the helper is free.
    """

    request_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class WaitMessageDue:
    """Two, ten or twenty minutes have passed: the waiting room shows another message."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class RoundMoved:
    """A round of weekly pairing moved to its next state."""

    round_id: int
    by_id: int


@dataclass(frozen=True)
class ProposalMade:
    """Two people are asked whether they want to meet every week."""

    proposal_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class ProposalClosed:
    """A proposal ended without a booking; `why` is declined, expired or withdrawn."""

    proposal_id: int
    learner_id: int
    helper_id: int
    why: str


@dataclass(frozen=True)
class Booked:
    """All required approvals are given: the two meet every week from `first` on."""

    booking_id: int
    learner_id: int
    helper_id: int
    first: datetime


@dataclass(frozen=True)
class MeetingNear:
    """A meeting begins in a day or an hour (`hours`)."""

    booking_id: int
    learner_id: int
    helper_id: int
    at: datetime
    hours: int


@dataclass(frozen=True)
class MeetingOpened:
    booking_id: int
    learner_id: int
    helper_id: int
    room_id: int
    minor: bool


@dataclass(frozen=True)
class MeetingMissed:
    """The room did not open at its time; `say` is the reason as a msgid."""

    booking_id: int
    learner_id: int
    helper_id: int
    at: datetime
    say: str


@dataclass(frozen=True)
class MoveRequested:
    """One side asks for another time."""

    booking_id: int
    by_id: int
    other_id: int


@dataclass(frozen=True)
class MoveAnswered:
    booking_id: int
    by_id: int
    other_id: int
    agreed: bool


@dataclass(frozen=True)
class BookingEnded:
    """The weekly meetings ended; `by_id` is None when a rule ended them."""

    booking_id: int
    learner_id: int
    helper_id: int
    by_id: int | None


@dataclass(frozen=True)
class MetQuestionDue:
    """Two weeks after the first meeting both are asked whether they met."""

    booking_id: int
    learner_id: int
    helper_id: int
