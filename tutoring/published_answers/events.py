"""Events of published answers. None holds any text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AnswerAsked:
    """A helper wrote an answer, or wrote it anew: both sides are asked.

    `asked` are pairs of a person who is asked and the person whose side it is.
    """

    answer_id: int
    asked: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class AnswerAgreed:
    """A person said yes or no for one side."""

    answer_id: int
    subject_id: int
    by_id: int
    yes: bool


@dataclass(frozen=True)
class AnswerSubmitted:
    """Both sides agree: a teacher of the unit reads the answer next."""

    answer_id: int
    unit_id: int
    party: frozenset[int]


@dataclass(frozen=True)
class AnswerDecided:
    """A teacher decided; `what` is released, returned, refused or removed."""

    answer_id: int
    author_id: int
    what: str
    lesson_slug: str
    step_number: int | None


@dataclass(frozen=True)
class AnswerGone:
    """An answer no longer waits and left the pages: a side withdrew it, or its time is over.

    `was_public` says whether readers saw it and its writer is to be told. `ended` says whether its text is deleted.
    """

    answer_id: int
    author_id: int
    was_public: bool
    ended: bool


@dataclass(frozen=True)
class ShownAnswersChanged:
    """Readers of a lesson see other answers than before."""

    lesson_slug: str
