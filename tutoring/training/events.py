"""What happens in the training of staff."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PutOnTrack:
    """Somebody was put on a track by hand."""

    user_id: int
    track: str
    by_id: int


@dataclass(frozen=True)
class Invited:
    """A session was announced; these are some of those whom it is for."""

    session_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class TrainingMoved:
    """Its time or place is another one now. `user_ids`: who has a seat or waits, and who leads."""

    session_id: int
    by_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class TrainingCancelled:
    """`user_ids`: who had a seat or waited, and who leads."""

    session_id: int
    by_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SeatFreed:
    """A seat has become free and is this person's, who had waited longest."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class SeatsChanged:
    """Somebody took a seat, waits, or went: open pages look again."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class TrainingNear:
    """It is tomorrow. `user_ids`: who has a seat, and who leads."""

    session_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class ToBeMarked:
    """It is over, and nobody has said yet who came."""

    session_id: int


@dataclass(frozen=True)
class LeaderNeeded:
    """Who was to lead a session cannot any more; `user_ids` run the training there."""

    session_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class Attended:
    """Somebody was at a session; what was due before (`was_due`) is not any more. `due_on`: the next renewal."""

    session_id: int
    user_id: int
    track: str
    was_due: date | None
    due_on: date


@dataclass(frozen=True)
class NotAttended:
    """It was said by mistake that somebody was at a session."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class RenewalNear:
    """Somebody's training session of a track counts until this day: in thirty days, or today (`today`)."""

    user_id: int
    track: str
    due_on: date
    today: bool


@dataclass(frozen=True)
class WardDue:
    """So many people of a ward are due; `user_ids` run its training."""

    unit_id: int
    count: int
    week: date
    user_ids: tuple[int, ...]
