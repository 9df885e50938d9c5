"""Events of circles."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TopicAnswered:
    """A user answered a topic of `asked_by_id`."""

    unit_id: int
    topic_id: int
    answer_id: int
    asked_by_id: int
    by_id: int


@dataclass(frozen=True)
class AnswerPinned:
    """A teacher pinned this answer as the solution."""

    unit_id: int
    topic_id: int
    answer_id: int
    author_id: int


@dataclass(frozen=True)
class WordsHidden:
    """A teacher hid a topic or an answer; the page shows the reason."""

    unit_id: int
    topic_id: int
    key: str  # topic:12, answer:7
    author_id: int


@dataclass(frozen=True)
class LessonAsked:
    """The author of an answer is asked whether it may become a lesson."""

    unit_id: int
    topic_id: int
    answer_id: int
    author_id: int


@dataclass(frozen=True)
class LessonAnswered:
    """The author has consented or declined; `tell` are the users to notify."""

    unit_id: int
    topic_id: int
    answer_id: int
    yes: bool
    tell: tuple[int, ...]


@dataclass(frozen=True)
class AnswerSent:
    """Staff sent an answer to the editors of lessons."""

    answer_id: int


@dataclass(frozen=True)
class WordsPublished:
    """The text of an answer is published in a lesson."""

    answer_id: int
    author_id: int
    lesson_slug: str


@dataclass(frozen=True)
class SessionForTopic:
    """A live session is announced about a topic; `wished` are the users who wished for one."""

    unit_id: int
    topic_id: int
    session_id: int
    wished: tuple[int, ...]
