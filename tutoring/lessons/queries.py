"""Reads of the lesson bank, of progress and of skills."""

from collections.abc import Iterable

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.lessons.models import (
    SOURCE,
    Lesson,
    LessonPath,
    LessonProgress,
    LessonStep,
    Skill,
    SkillGrant,
    StepDone,
)
from tutoring.lessons.texts import LessonHead, PathText, Resume, StepText

# ---- lessons ---------------------------------------------------------------------------------------------


def find_lesson(slug: str) -> Lesson | None:
    """A lesson of the present bank with its path, or None."""
    query = (
        sa.select(Lesson)
        .options(joinedload(Lesson.path))
        .where(Lesson.slug == slug, Lesson.retired_at.is_(None))
    )
    return db.session.scalar(query)


def lesson(slug: str) -> Lesson:
    """A lesson of the present bank with its path; raises Missing."""
    found = find_lesson(slug)
    if found is None:
        raise Missing
    return found


def titles(slugs: Iterable[str], lang: str) -> dict[str, str]:
    """Titles of those of these lessons that are in the present bank."""
    query = sa.select(Lesson).where(Lesson.slug.in_(list(slugs)), Lesson.retired_at.is_(None))
    return {found.slug: found.title(lang) for found in db.session.scalars(query)}


def _step_text(row: LessonStep, lang: str) -> StepText:
    shown = lang if lang in row.texts else SOURCE
    text = row.texts[shown]
    return StepText(
        lesson_slug=row.lesson_slug,
        number=row.position,
        step_id=row.step_id,
        lang=shown,
        fallback=shown != lang,
        title=text["title"],
        html=Markup(text["html"]),  # cleaned when it was loaded
        blocks=text["blocks"],
    )


def _steps(slug: str, *conditions: sa.ColumnElement[bool]) -> Iterable[LessonStep]:
    query = (
        sa.select(LessonStep)
        .join(Lesson, Lesson.slug == LessonStep.lesson_slug)
        .where(LessonStep.lesson_slug == slug, Lesson.retired_at.is_(None), *conditions)
        .order_by(LessonStep.position)
    )
    return db.session.scalars(query)


def steps(slug: str, lang: str) -> list[StepText]:
    """All steps of a lesson of the present bank, in order."""
    return [_step_text(row, lang) for row in _steps(slug)]


def find_step(slug: str, number: int, lang: str) -> StepText | None:
    """Step 1, 2, 3 … of a lesson of the present bank, or None."""
    row = next(iter(_steps(slug, LessonStep.position == number)), None)
    return _step_text(row, lang) if row else None


def step(slug: str, number: int, lang: str) -> StepText:
    """Step 1, 2, 3 … of a lesson of the present bank; raises Missing."""
    found = find_step(slug, number, lang)
    if found is None:
        raise Missing
    return found


def _paths(*conditions: sa.ColumnElement[bool]) -> list[tuple[LessonPath, list[Lesson]]]:
    rows = db.session.scalars(
        sa.select(LessonPath)
        .where(LessonPath.retired_at.is_(None), *conditions)
        .order_by(LessonPath.position, LessonPath.slug)
    ).all()
    lessons = db.session.scalars(
        sa.select(Lesson)
        .where(Lesson.retired_at.is_(None), Lesson.path_slug.in_([row.slug for row in rows]))
        .order_by(Lesson.position, Lesson.slug)
    ).all()
    return [(row, [one for one in lessons if one.path_slug == row.slug]) for row in rows]


def _path_text(row: LessonPath, lessons: list[Lesson], lang: str) -> PathText:
    heads = [
        LessonHead(one.slug, one.title(lang), one.summary(lang), one.minutes, one.step_count, one.version)
        for one in lessons
    ]
    return PathText(row.slug, row.title(lang), row.summary(lang), heads)


def paths(lang: str) -> list[PathText]:
    """All paths with their lessons, in order; a path without lessons yet is among them."""
    return [_path_text(row, lessons, lang) for row, lessons in _paths()]


def path(slug: str, lang: str) -> PathText:
    """A path with its lessons, in order; raises Missing."""
    found = _paths(LessonPath.slug == slug)
    if not found:
        raise Missing
    return _path_text(*found[0], lang)


# ---- progress --------------------------------------------------------------------------------------------


def progress_of(user_id: int) -> dict[str, LessonProgress]:
    """How far a person is, by lesson; the lesson touched last comes first."""
    query = (
        sa.select(LessonProgress)
        .where(LessonProgress.user_id == user_id)
        .order_by(LessonProgress.updated_at.desc(), LessonProgress.id.desc())
    )
    return {row.lesson_slug: row for row in db.session.scalars(query)}


def progress_in(user_id: int, slug: str) -> LessonProgress | None:
    """How far a person is in one lesson, or None when it was never begun."""
    return db.session.scalar(
        sa.select(LessonProgress).where(LessonProgress.user_id == user_id, LessonProgress.lesson_slug == slug)
    )


def steps_done(user_id: int, slug: str) -> set[str]:
    """Ids of the steps that a person has gone through."""
    query = sa.select(StepDone.step_id).where(StepDone.user_id == user_id, StepDone.lesson_slug == slug)
    return set(db.session.scalars(query))


def resume_at(lesson: Lesson, progress: LessonProgress | None, done: Iterable[str]) -> int:
    """The step to go on with: where the person was; if that is gone, the first one not gone through yet."""
    if progress is None:
        return 1
    here = lesson.number_of(progress.step_id)
    if here is not None:
        return here
    gone_through = set(done)
    open_steps = (n for n, entry in enumerate(lesson.outline, 1) if entry["id"] not in gone_through)
    return next(open_steps, lesson.step_count)


def resume(user_id: int, lang: str) -> Resume | None:
    """The lesson that a person touched last and has not finished, with the step to go on with."""
    query = (
        sa.select(Lesson, LessonProgress)
        .join(LessonProgress, LessonProgress.lesson_slug == Lesson.slug)
        .where(
            LessonProgress.user_id == user_id, LessonProgress.state == "started", Lesson.retired_at.is_(None)
        )
        .order_by(LessonProgress.updated_at.desc(), LessonProgress.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    found, progress = row
    return Resume(found.slug, found.title(lang), resume_number(user_id, found, progress), found.step_count)


def resume_number(user_id: int, lesson: Lesson, progress: LessonProgress | None) -> int:
    """The step of a lesson for this person to go on with; 1 when it was never begun."""
    gone = progress is not None and lesson.number_of(progress.step_id) is None
    return resume_at(lesson, progress, steps_done(user_id, lesson.slug) if gone else ())


# ---- skills ----------------------------------------------------------------------------------------------


def skills() -> dict[str, Skill]:
    """All skills of the present bank by id, in order."""
    query = sa.select(Skill).where(Skill.retired_at.is_(None)).order_by(Skill.position, Skill.id)
    return {skill.id: skill for skill in db.session.scalars(query)}


def topics(lang: str) -> list[tuple[str, str]]:
    """What one can ask help with: skill ids and their names in this language."""
    return [(skill.id, skill.name(lang)) for skill in skills().values()]


def skill_names(skill_ids: Iterable[str], lang: str) -> list[str]:
    """The names of these skills, in the order of the bank."""
    query = sa.select(Skill).where(Skill.id.in_(list(skill_ids))).order_by(Skill.position)
    return [skill.name(lang) for skill in db.session.scalars(query)]


def find_skill(skill_id: str) -> Skill | None:
    """A skill, retired ones too (old requests still name them), or None."""
    return db.session.get(Skill, skill_id)


def grants_of(user_id: int) -> list[SkillGrant]:
    """The grants in force for a person, newest first."""
    query = sa.select(SkillGrant).where(SkillGrant.user_id == user_id, SkillGrant.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(SkillGrant.id.desc())))


def skills_of(user_id: int) -> dict[str, int]:
    """The skills that a person holds now, with their levels."""
    return {grant.skill_id: grant.level for grant in grants_of(user_id)}


def holders(skill_id: str, level: int, user_ids: Iterable[int]) -> set[int]:
    """Which of these people hold the skill at this level or above."""
    query = sa.select(SkillGrant.user_id).where(
        SkillGrant.skill_id == skill_id,
        SkillGrant.level >= level,
        SkillGrant.revoked_at.is_(None),
        SkillGrant.user_id.in_(list(user_ids)),
    )
    return set(db.session.scalars(query))
