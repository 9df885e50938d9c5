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
