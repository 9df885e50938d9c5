"""Events of lessons and skills."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LessonFinished:
    """A learner finished a lesson; published once for each learner and lesson."""

    user_id: int
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
