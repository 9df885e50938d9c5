"""Confirms how well a learner masters a lesson, and grants the skills it teaches."""

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import lesson
from tutoring.lessons.events import SkillGranted
from tutoring.lessons.progress.models import CONFIRMED, LessonProgress
from tutoring.lessons.skills.models import LEVELS, Skill, SkillGrant
from tutoring.lessons.skills.queries import find_revoked_skills

_LEVEL = {word: level for level, word in LEVELS.items()}
_SOURCE = {"quiz": "quiz", "practised": "practice", "witnessed": "room"}


@command
def practised(user_id: int, lesson_slug: str) -> None:
    """Confirms that the user completed the lesson's scenario in the practice portal."""
    confirm(user_id, lesson(lesson_slug), "practised")


@command
def witnessed(user_id: int, lesson_slug: str, by_id: int, by_teacher: bool) -> bool:
    """Confirms that a witness saw the user do it; returns False when it was confirmed before.

    The caller checks who may confirm it.
    """
    return confirm(user_id, lesson(lesson_slug), "witnessed", by_id, give_back=by_teacher)


def confirm(user_id: int, found: Lesson, word: str, by_id: int | None = None, give_back: bool = False) -> bool:
    """Stores this level for the lesson and grants its skills; call it within a command.

    A level is never lowered. A skill that a teacher revoked is granted again only by a teacher (`give_back`).
    Returns False when nothing changed.
    """
    insert_if_absent(
        LessonProgress, user_id=user_id, lesson_slug=found.slug, version=found.version, step_id=found.step_id(1)
    )
    raised = db.session.execute(
        sa.update(LessonProgress)
        .where(
            LessonProgress.user_id == user_id,
            LessonProgress.lesson_slug == found.slug,
            LessonProgress.confirmed.in_(CONFIRMED[: CONFIRMED.index(word)]),
        )
        .values(confirmed=word)
    )
    held_back = set() if give_back else find_revoked_skills(user_id, found.facts["teaches"])
    given = [
        _give(user_id, skill_id, word, by_id)
        for skill_id in _present(found.facts["teaches"])
        if skill_id not in held_back
    ]
    return bool(raised.rowcount) or any(given)  # type: ignore[attr-defined]


def _present(skill_ids: list[str]) -> list[str]:
    query = sa.select(Skill.id).where(Skill.id.in_(skill_ids), Skill.retired_at.is_(None))
    return sorted(db.session.scalars(query))


def _give(user_id: int, skill_id: str, word: str, by_id: int | None) -> bool:
    """Grants the skill and returns True, unless an equal or higher grant is in force."""
    level = _LEVEL[word]
    db.session.execute(
        sa.update(SkillGrant)
        .where(
            SkillGrant.user_id == user_id,
            SkillGrant.skill_id == skill_id,
            SkillGrant.revoked_at.is_(None),
            SkillGrant.level < level,
        )
        .values(revoked_at=clock.now())  # without revoked_by_id: the grant is replaced, not revoked
    )
    given = insert_if_absent(
        SkillGrant, user_id=user_id, skill_id=skill_id, level=level, source=_SOURCE[word], granted_by_id=by_id
    )
    if given:
        publish(SkillGranted(user_id, skill_id, level, by_id))
    return given
