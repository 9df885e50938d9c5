"""Events of lessons and skills."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LessonFinished:
    """A learner finished a lesson; published once for each learner and lesson."""

    user_id: int
    lesson_slug: str


@dataclass(frozen=True)
class RenumberedStep:
    """A step of the version before, and the step at which its readers go on; both None when it has gone."""

    old_id: str
    old_number: int
    id: str | None
    number: int | None


@dataclass(frozen=True)
class StepsRenumbered:
    """An update of a lesson moved steps to other numbers; `steps` are those that moved."""

    lesson_slug: str
    steps: tuple[RenumberedStep, ...]


@dataclass(frozen=True)
class LessonLoaded:
    """A lesson was loaded again, because its texts or its place have changed."""

    lesson_slug: str


@dataclass(frozen=True)
class SkillGranted:
    """A user now holds a skill at this level.

    `granted_by_id` is None when a quiz or the practice portal granted it.
    """

    user_id: int
    skill: str
    level: int
    granted_by_id: int | None


@dataclass(frozen=True)
class SkillRevoked:
    """A user no longer holds a skill."""

    user_id: int
    skill: str
    revoked_by_id: int


@dataclass(frozen=True)
class ProposalSubmitted:
    """A proposal for a lesson waits for a reviewer."""

    proposal_id: int
    author_id: int
    lesson_slug: str


@dataclass(frozen=True)
class ProposalReturned:
    """A reviewer returned a proposal to its author with remarks."""

    proposal_id: int
    author_id: int
    lesson_slug: str


@dataclass(frozen=True)
class ProposalClosed:
    """A proposal no longer waits: its author withdrew it."""

    proposal_id: int


@dataclass(frozen=True)
class LessonPublished:
    """A reviewer published a proposal on the site."""

    proposal_id: int
    author_id: int
    lesson_slug: str
