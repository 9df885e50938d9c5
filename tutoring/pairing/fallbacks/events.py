"""Events of fallbacks: wished times and written answers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FallbacksOffered:
    """No helper came at once.

    The learner may choose a time or a weekly meeting, and a written answer is owed.
    """

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class TimesWished:
    """The learner chose times, a weekly meeting, or help at once again."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class HelpersInvited:
    """These helpers are notified of the wished times, whether they are present or not."""

    request_id: int
    helper_ids: tuple[int, ...]


@dataclass(frozen=True)
class WishedTimesExpired:
    """No helper took any of the wished times."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class TimeAgreed:
    """Both sides have agreed to a meeting."""

    request_id: int
    learner_id: int
    helper_id: int
    at: datetime


@dataclass(frozen=True)
class TimeNear:
    """The meeting begins within the hour."""

    request_id: int
    learner_id: int
    helper_id: int
    at: datetime


@dataclass(frozen=True)
class TimeMissed:
    """No room could be opened for the meeting.

    The learner waits again, at the front of the queue.
    """

    request_id: int
    learner_id: int
    helper_id: int
    at: datetime


@dataclass(frozen=True)
class WrittenAnswerDue:
    """A request waited so long that it must be answered in writing.

    `calls` is how often the coordinator was notified.
    """

    request_id: int
    unit_id: int
    calls: int


@dataclass(frozen=True)
class AnswerWritten:
    request_id: int
    learner_id: int
    author_id: int


@dataclass(frozen=True)
class AnswerRated:
    """The learner said whether a written answer helped."""

    request_id: int
    learner_id: int
    author_id: int
    helped: bool
