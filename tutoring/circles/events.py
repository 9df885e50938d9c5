"""What happens in circles."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TopicAnswered:
    """Somebody answered a topic of `asked_by_id`."""

    unit_id: int
    topic_id: int
    answer_id: int
    asked_by_id: int
    by_id: int


@dataclass(frozen=True)
class AnswerPinned:
    """A teacher says that this is the answer."""

    unit_id: int
    topic_id: int
    answer_id: int
    author_id: int


@dataclass(frozen=True)
class WordsHidden:
    """A teacher hid what somebody wrote; the reason is read on the page."""

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
    """The author has said yes or no; `tell` are those who hear of it."""

    unit_id: int
    topic_id: int
    answer_id: int
    yes: bool
    tell: tuple[int, ...]


@dataclass(frozen=True)
class WordsPublished:
    """What an answer says stands in a lesson."""

    answer_id: int
    author_id: int
    lesson_slug: str


@dataclass(frozen=True)
class SessionForTopic:
    """A live session is announced about a topic; `wished` are those who had asked for one."""

    unit_id: int
    topic_id: int
    session_id: int
    wished: tuple[int, ...]
