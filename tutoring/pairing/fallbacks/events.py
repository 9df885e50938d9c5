"""What happens when nobody came at once: times, and answers in writing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LaterOffered:
    """Nobody came at once: the learner may choose a time or a weekly meeting, and an answer in writing is owed."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class TimesWished:
    """The learner chose times, or a weekly meeting, or help at once again."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class HelpersInvited:
    """These helpers are told of the wished times, whether they are there or not."""

    request_id: int
    helper_ids: tuple[int, ...]


@dataclass(frozen=True)
class TimesOver:
    """Nobody took any of the wished times."""

    request_id: int
    learner_id: int


@dataclass(frozen=True)
class TimeAgreed:
    """Both sides have said yes to a meeting."""

    request_id: int
    learner_id: int
    helper_id: int
    at: datetime


@dataclass(frozen=True)
class TimeNear:
    """It begins within the hour."""

    request_id: int
    learner_id: int
    helper_id: int
    at: datetime


@dataclass(frozen=True)
class TimeMissed:
    """No room could be opened for it: the learner waits again, in front of all others."""

    request_id: int
    learner_id: int
    helper_id: int
    at: datetime


@dataclass(frozen=True)
class AnswerOwed:
    """A request waits for so long that somebody has to answer it in writing; told the coordinator `calls` times."""

    request_id: int
    unit_id: int
    calls: int


@dataclass(frozen=True)
class AnswerWritten:
    request_id: int
    learner_id: int
    author_id: int


@dataclass(frozen=True)
class AnswerJudged:
    """The learner's word on an answer in writing."""

    request_id: int
    learner_id: int
    author_id: int
    helped: bool
