"""What happens to help requests."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HelpAsked:
    request_id: int
    learner_id: int


@dataclass(frozen=True)
class HelpClaimed:
    request_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class HelpReturned:
    """The request is back in the queue at its old place; `why`: declined, given_back, expired, time_cancelled,
    helper_silent (did not come to the room), handed_over (see HandedOver), or what stopped the helper: consent, left,
    stopped, suspended."""

    request_id: int
    learner_id: int
    helper_id: int
    why: str


@dataclass(frozen=True)
class HandedOver:
    """A watcher closed the room of a pair so that somebody else helps on; `to_id` is asked now, or whoever is free."""

    request_id: int
    room_id: int
    by_id: int
    helper_id: int  # who helped so far
    to_id: int | None


@dataclass(frozen=True)
class GuardianAsked:
    """The learner said yes, and a guardian has to say it too."""

    request_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class PairOpened:
    """Everybody who must has said yes, and the room is open."""

    request_id: int
    learner_id: int
    helper_id: int
    room_id: int
    minor: bool


@dataclass(frozen=True)
class HelpEnded:
    """`why` says what stopped a request that had no room yet: consent, suspended, left."""

    request_id: int
    learner_id: int
    helper_id: int | None
    outcome: str
    why: str = ""


@dataclass(frozen=True)
class HelpPaused:
    """It keeps its place and is offered to nobody."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class HelpResumed:
    """It is offered again, at its old place."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class WordsAdded:
    request_id: int
    learner_id: int


@dataclass(frozen=True)
class AskedOn:
    """After a session its learner's side asks on, and the one who helped is not there just now."""

    request_id: int
    helper_id: int
    learner_id: int


@dataclass(frozen=True)
class OfferMade:
    """A helper is asked, and reserved for 25 seconds."""

    offer_id: int
    request_id: int
    helper_id: int


@dataclass(frozen=True)
class OfferClosed:
    """An offer has got its end; `state`: accepted, declined, expired, withdrawn."""

    offer_id: int
    request_id: int
    helper_id: int
    state: str


@dataclass(frozen=True)
class HelperAway:
    """Two offers in a row stayed unanswered: nobody asks this helper until they come back."""

    user_id: int


@dataclass(frozen=True)
class NoHelperLeft:
    """Nobody is left to ask: the coordinator's alarm, said again until somebody has looked."""

    request_id: int
    unit_id: int


@dataclass(frozen=True)
class AlarmSeen:
    request_id: int


@dataclass(frozen=True)
class LearnerMissed:
    """The learner did not come to the room: the request rests at its place, the helper is free."""

    request_id: int
    learner_id: int
    helper_id: int


@dataclass(frozen=True)
class WaitGoesOn:
    """Two, ten, twenty minutes have passed: the waiting room says something else."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class RoundMoved:
    """A round of weekly pairing came a step further."""

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
    """It came to nothing; `why`: declined, expired, withdrawn."""

    proposal_id: int
    learner_id: int
    helper_id: int
    why: str


@dataclass(frozen=True)
class Booked:
    """Everybody who must has said yes: they meet every week from `first` on."""

    booking_id: int
    learner_id: int
    helper_id: int
    first: datetime


@dataclass(frozen=True)
class MeetingNear:
    """A day, or an hour, before a meeting (`hours`)."""

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
    """The room did not open at its time; `say` is why, a msgid."""

    booking_id: int
    learner_id: int
    helper_id: int
    at: datetime
    say: str


@dataclass(frozen=True)
class MoveAsked:
    """One side wants another time."""

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
    """They no longer meet; `by_id` is None when a rule ended it."""

    booking_id: int
    learner_id: int
    helper_id: int
    by_id: int | None


@dataclass(frozen=True)
class MetAsked:
    """Two weeks after the first meeting both are asked whether they met."""

    booking_id: int
    learner_id: int
    helper_id: int
