"""Events of staff training."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TrackAssigned:
    """A person was put on a track by hand."""

    user_id: int
    track: str
    by_id: int


@dataclass(frozen=True)
class Invited:
    """A session was published; `user_ids` are some of the people it is for."""

    session_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class TrainingMoved:
    """A session has another time or place.

    `user_ids` are those with a seat or waiting, and the leader.
    """

    session_id: int
    by_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class TrainingCancelled:
    """A session was cancelled; `user_ids` are those with a seat or waiting, and the leader."""

    session_id: int
    by_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SeatFreed:
    """A seat became free and went to this person, who had waited longest."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class SeatsChanged:
    """A person took a seat, waits or left; open pages reload."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class TrainingNear:
    """A session is tomorrow; `user_ids` are those with a seat, and the leader."""

    session_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class AttendanceDue:
    """A session is over and its attendance is not recorded yet."""

    session_id: int


@dataclass(frozen=True)
class LeaderChosen:
    """A session has another leader."""

    session_id: int


@dataclass(frozen=True)
class LeaderNeeded:
    """The leader of a session is no longer available; `user_ids` are the trainers there."""

    session_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class Attended:
    """A person attended a session, which replaces the former due date (`was_due`).

    `due_on` is the next renewal.
    """

    session_id: int
    user_id: int
    track: str
    was_due: date | None
    due_on: date


@dataclass(frozen=True)
class NotAttended:
    """The recorded attendance of a person was a mistake."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class RenewalNear:
    """A person's training for a track is valid until `due_on`: in thirty days, or `today`."""

    user_id: int
    track: str
    due_on: date
    today: bool


@dataclass(frozen=True)
class LessonsAdded:
    """A person has lessons to learn that were added to a track; `until` is the last day of grace.

    `last` is the second notice, shortly before that day.
    """

    user_id: int
    track: str
    until: date
    last: bool


@dataclass(frozen=True)
class WardDue:
    """The number of people of a ward whose training is due; `user_ids` are its trainers."""

    unit_id: int
    count: int
    week: date
    user_ids: tuple[int, ...]
