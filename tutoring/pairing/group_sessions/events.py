"""What happens to group sessions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SessionAnnounced:
    """Somebody announced a session; `origin` is the word of the page from which, as that feature knows it."""

    session_id: int
    helper_id: int
    origin: str


@dataclass(frozen=True)
class SignedUp:
    """A learner has a place (`waits` False) or a place in the waiting list."""

    session_id: int
    learner_id: int
    by_id: int
    waits: bool


@dataclass(frozen=True)
class WentAway:
    """A learner no longer comes, nor waits."""

    session_id: int
    learner_id: int


@dataclass(frozen=True)
class PlaceFreed:
    """A place has become free and is this learner's, who had waited longest."""

    session_id: int
    learner_id: int


@dataclass(frozen=True)
class SessionNear:
    """A day, or an hour, before it (`hours`)."""

    session_id: int
    hours: int


@dataclass(frozen=True)
class SessionOpened:
    """Its room is open; `left_out` are those whom the rules no longer let in."""

    session_id: int
    room_id: int
    left_out: tuple[int, ...]


@dataclass(frozen=True)
class SessionCancelled:
    """`by_id` is None when a rule ended it. `user_ids`: who had a place or waited, and who leads."""

    session_id: int
    by_id: int | None
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SessionMissed:
    """No room opened at its time; `why`: few (too few came), shut (hours, nobody on duty), helper (did not come)."""

    session_id: int
    why: str


@dataclass(frozen=True)
class GroupAsked:
    """A helper would take these similar requests together: (request, learner) of each."""

    session_id: int
    helper_id: int
    asked: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class GroupLeft:
    """Everybody who was asked has said no."""

    session_id: int
    helper_id: int
