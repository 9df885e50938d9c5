"""How far a person's doing of a lesson is confirmed, and the skills that come with it."""

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_if_absent
from tutoring.kernel.events import publish
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import lesson
from tutoring.lessons.events import SkillGranted
from tutoring.lessons.progress.models import CONFIRMED, LessonProgress
from tutoring.lessons.skills.models import LEVELS, Skill, SkillGrant
from tutoring.lessons.skills.queries import skills_taken_back

_LEVEL = {word: level for level, word in LEVELS.items()}
_SOURCE = {"quiz": "quiz", "practised": "practice", "witnessed": "room"}


@command
def practised(user_id: int, lesson_slug: str) -> None:
    """The person did the whole of it in the practice portal."""
    confirm(user_id, lesson(lesson_slug), "practised")


@command
def witnessed(user_id: int, lesson_slug: str, by_id: int, by_teacher: bool) -> bool:
    """Somebody saw the person do it; False when that was said before. Who may say so is for the caller."""
    return confirm(user_id, lesson(lesson_slug), "witnessed", by_id, give_back=by_teacher)


def confirm(user_id: int, found: Lesson, word: str, by_id: int | None = None, give_back: bool = False) -> bool:
    """Within a command: note this level of the lesson and give the skills it teaches; never lowers anything.

    A skill that a teacher took back comes back by a teacher alone (`give_back`). False when nothing changed.
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
    held_back = set() if give_back else skills_taken_back(user_id, found.facts["teaches"])
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
    """Unless an equal or higher grant is in force."""
    level = _LEVEL[word]
    db.session.execute(
        sa.update(SkillGrant)
        .where(
            SkillGrant.user_id == user_id,
            SkillGrant.skill_id == skill_id,
            SkillGrant.revoked_at.is_(None),
            SkillGrant.level < level,
        )
        .values(revoked_at=clock.now())  # by nobody: it is replaced, not taken back
    )
    given = insert_if_absent(
        SkillGrant, user_id=user_id, skill_id=skill_id, level=level, source=_SOURCE[word], granted_by_id=by_id
    )
    if given:
        publish(SkillGranted(user_id, skill_id, level, by_id))
    return given
