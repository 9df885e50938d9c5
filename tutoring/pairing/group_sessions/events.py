"""Events of group sessions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SessionAnnounced:
    """A helper announced a session.

    `origin` names the page it was announced from, in the terms of that page's feature.
    """

    session_id: int
    helper_id: int
    origin: str


@dataclass(frozen=True)
class SignedUp:
    """A learner has a place, or joined the waiting list (`waits`)."""

    session_id: int
    learner_id: int
    by_id: int
    waits: bool


@dataclass(frozen=True)
class SignUpWithdrawn:
    """A learner gave up their place or left the waiting list."""

    session_id: int
    learner_id: int


@dataclass(frozen=True)
class PlaceFreed:
    """A place became free and went to the learner who had waited longest."""

    session_id: int
    learner_id: int


@dataclass(frozen=True)
class SessionNear:
    """A session begins in a day or an hour (`hours`)."""

    session_id: int
    hours: int


@dataclass(frozen=True)
class SessionOpened:
    """The session's room is open; `left_out` are learners whom the rules no longer admit."""

    session_id: int
    room_id: int
    left_out: tuple[int, ...]


@dataclass(frozen=True)
class SessionCancelled:
    """A session was cancelled; `by_id` is None when a rule cancelled it.

    `user_ids` are the learners with a place or on the waiting list, and the leader.
    """

    session_id: int
    by_id: int | None
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SessionMissed:
    """No room opened at its time.

    `why` is few (too few came), shut (outside hours or no observer on duty) or helper (did not come).
    """

    session_id: int
    why: str


@dataclass(frozen=True)
class GroupProposed:
    """A helper would take these similar requests together: (request, learner) of each."""

    session_id: int
    helper_id: int
    asked: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class GroupDeclined:
    """All learners of a group of similar requests declined."""

    session_id: int
    helper_id: int
