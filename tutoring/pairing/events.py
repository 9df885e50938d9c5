"""What happens to help requests."""

from dataclasses import dataclass


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
    """The request is back in the queue at its old place; `why`: declined, avoided, given_back, expired."""

    request_id: int
    learner_id: int
    helper_id: int
    why: str


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
