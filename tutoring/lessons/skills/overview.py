"""What a person can do, as the pictures of the lessons on their paths, with the day and who has seen it.

The number of statements does not grow with the lessons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.localized import LessonHead, PathText, Resume
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import paths
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.progress.queries import progress_of, resume
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills.models import LEVELS, SkillGrant

WITNESSED = max(LEVELS)


@dataclass(frozen=True)
class Evidence:
    """Why a person can do it: self, quiz, practised, granted (by a teacher) or witnessed.

    `by` is who granted or witnessed it, unless that account is erased.
    """

    how: str
    at: datetime
    by: User | None = None


@dataclass(frozen=True)
class LessonSkill:
    """A lesson and whether the person can do it, is learning it, or has not begun."""

    head: LessonHead
    evidence: Evidence | None = None
    begun: bool = False
    current: bool = True  # the lesson is still in the catalogue


@dataclass(frozen=True)
class SkillPath:
    """A path of which the person has begun at least one lesson."""

    path: PathText
    skills: list[LessonSkill]
    touched_at: datetime

    @property
    def complete(self) -> bool:
        return all(one.evidence is not None for one in self.skills)


@dataclass(frozen=True)
class Overview:
    """All that a person can do or is learning, and the next thing."""

    paths: list[SkillPath] = field(default_factory=list)
    older: list[LessonSkill] = field(default_factory=list)  # from lessons that have left the catalogue
    others: list[PathText] = field(default_factory=list)  # paths without a begun lesson
    resume: Resume | None = None
    next_lesson: LessonHead | None = None

    @property
    def earned(self) -> int:
        return sum(one.evidence is not None for path in self.paths for one in path.skills) + len(self.older)

    @property
    def empty(self) -> bool:
        return not self.paths and not self.older


@dataclass(frozen=True)
class _Facts:
    """What is stored about one person."""

    progress: Mapping[str, LessonProgress]
    grants: list[tuple[SkillGrant, User | None]]  # oldest first, also replaced ones
    passed: Mapping[str, datetime]

    @cached_property
    def in_force(self) -> dict[str, tuple[SkillGrant, User | None]]:
        return {grant.skill_id: (grant, by) for grant, by in self.grants if grant.revoked_at is None}

    @cached_property
    def taken_back(self) -> set[str]:
        """The skills whose newest grant a person has revoked."""
        newest = {grant.skill_id: grant for grant, _by in self.grants}
        return {skill_id for skill_id, grant in newest.items() if grant.revoked_by_id is not None}


def overview(user_id: int, lang: str) -> Overview:
    """Returns what this user can do; the caller has checked who may see it."""
    known, catalogue = _facts(user_id), paths(lang)
    teaches = {row.slug: list(row.teaches or ()) for row in db.session.execute(_teaches())}
    made = [_path(path, known, teaches) for path in catalogue]
    touched = [one for one in made if one is not None]
    begun = {one.path.slug for one in touched}
    others = [one for one in catalogue if one.slug not in begun and one.lessons and not one.for_staff]
    here = {head.slug for path in catalogue for head in path.lessons}
    return Overview(
        paths=touched,
        older=_older(known, here, lang),
        others=others,
        resume=resume(user_id, lang),
        next_lesson=_next(touched, others),
    )


def _facts(user_id: int) -> _Facts:
    grants = (
        sa.select(SkillGrant, User)
        .outerjoin(User, sa.and_(User.id == SkillGrant.granted_by_id, User.erased_at.is_(None)))
        .where(SkillGrant.user_id == user_id)
        .order_by(SkillGrant.id)
    )
    passed = sa.select(QuizTry.lesson_slug, sa.func.min(QuizTry.closed_at)).where(
        QuizTry.user_id == user_id, QuizTry.passed.is_(True)
    )
    return _Facts(
        progress_of(user_id),
        [(grant, by) for grant, by in db.session.execute(grants)],
        {slug: at for slug, at in db.session.execute(passed.group_by(QuizTry.lesson_slug)) if at is not None},
    )


def _teaches() -> sa.Select[str, list[str]]:
    return sa.select(Lesson.slug, Lesson.facts["teaches"].label("teaches")).where(Lesson.retired_at.is_(None))


def _path(path: PathText, known: _Facts, teaches: Mapping[str, list[str]]) -> SkillPath | None:
    skills = [_skill(head, known, teaches.get(head.slug) or []) for head in path.lessons]
    touched = [known.progress[one.head.slug].updated_at for one in skills if one.begun]
    touched += [one.evidence.at for one in skills if one.evidence is not None]
    return SkillPath(path, skills, max(touched)) if touched else None


def _skill(head: LessonHead, known: _Facts, taught: list[str]) -> LessonSkill:
    row = known.progress.get(head.slug)
    return LessonSkill(head, _evidence(row, known, head.slug, taught), row is not None)


def _evidence(row: LessonProgress | None, known: _Facts, slug: str, taught: list[str]) -> Evidence | None:
    """Returns the strongest evidence. What a teacher took back counts no more, except that it was learned."""
    doubted = not known.taken_back.isdisjoint(taught)
    confirmed = row.confirmed if row is not None and not doubted else ""
    if row is not None and confirmed == "witnessed":
        grant, by = _newest(known.grants, taught, "room", WITNESSED)
        return Evidence("witnessed", grant.at if grant is not None else row.updated_at, by)
    given = _given(known, taught)
    if given is not None:
        return given
    if row is not None and confirmed == "practised":
        grant, _by = _newest(known.grants, taught, "practice")
        return Evidence("practised", grant.at if grant is not None else row.updated_at)
    if row is not None and confirmed == "quiz":
        return Evidence("quiz", known.passed.get(slug, row.updated_at))
    if row is not None and row.finished_at is not None:
        return Evidence("self", row.finished_at)
    return None


def _newest(
    grants: Iterable[tuple[SkillGrant, User | None]], taught: list[str], source: str, level: int = 1
) -> tuple[SkillGrant | None, User | None]:
    fitting = [
        (grant, by)
        for grant, by in grants
        if grant.skill_id in taught and grant.source == source and grant.level >= level
    ]
    return fitting[-1] if fitting else (None, None)


def _given(known: _Facts, taught: list[str]) -> Evidence | None:
    """Returns that the person holds all skills of the lesson, at least one of them by a teacher's word."""
    held = known.in_force
    mine = [held[one] for one in taught if one in held]
    by_teacher = [(grant, by) for grant, by in mine if grant.source == "teacher"]
    if not by_teacher or len(mine) < len(taught):
        return None
    grant, by = max(by_teacher, key=lambda one: one[0].at)
    return Evidence("granted", grant.at, by)


def _older(known: _Facts, here: set[str], lang: str) -> list[LessonSkill]:
    """Returns what was learned in lessons that are gone: nobody loses what they can do."""
    done = {slug: row for slug, row in known.progress.items() if slug not in here and row.mastery}
    if not done:
        return []
    rows = db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_(list(done))).order_by(Lesson.slug))
    found = []
    for one in rows:
        head = LessonHead(one.slug, one.title(lang), "", one.minutes, one.step_count, one.version, one.picture)
        evidence = _evidence(done[one.slug], known, one.slug, list(one.facts["teaches"]))
        if evidence is not None:
            found.append(LessonSkill(head, evidence, True, current=False))
    return found


def _next(touched: list[SkillPath], others: list[PathText]) -> LessonHead | None:
    """Returns the first lesson that is not begun: of the path touched last, then of the others, in order."""
    for path in sorted(touched, key=lambda one: one.touched_at, reverse=True):
        for one in path.skills:
            if one.evidence is None and not one.begun:
                return one.head
    return next((head for path in others for head in path.lessons), None)
