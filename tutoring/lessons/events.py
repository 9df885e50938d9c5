"""What happened in lessons and with skills."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LessonFinished:
    """A person went through a lesson to its end (once for each person and lesson)."""

    user_id: int
    lesson_slug: str


@dataclass(frozen=True)
class SkillGranted:
    """Somebody now holds a skill at this level; given by nobody when a quiz or the practice portal gave it."""

    user_id: int
    skill: str
    level: int
    granted_by_id: int | None


@dataclass(frozen=True)
class SkillRevoked:
    """Somebody no longer holds a skill."""

    user_id: int
    skill: str
    revoked_by_id: int


@dataclass(frozen=True)
class ProposalSubmitted:
    """Somebody's text for a lesson waits for a second person."""

    proposal_id: int
    author_id: int
    lesson_slug: str


@dataclass(frozen=True)
class ProposalReturned:
    """A second person gave a text back, with what is still to be done."""

    proposal_id: int
    author_id: int
    lesson_slug: str


@dataclass(frozen=True)
class ProposalClosed:
    """A text no longer waits: its author took it back."""

    proposal_id: int


@dataclass(frozen=True)
class LessonPublished:
    """A second person let a text stand on the site."""

    proposal_id: int
    author_id: int
    lesson_slug: str
