"""Reads of acknowledgements: how far a person is on a path, the paper, and what its public page says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.localized import LessonHead, PathText
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.lessons.completion_records.models import Acknowledgement
from tutoring.lessons.progress.models import LessonProgress
from tutoring.policy.lessons import may_show_name


@dataclass(frozen=True)
class Paper:
    """What anybody who has the code may read, and nothing more."""

    code: str
    path: str
    lessons: list[tuple[str, str]]  # title and level: self, quiz, practised, witnessed
    name: str  # empty unless the holder chose to show it
    issued_at: datetime


def lessons_left(path: PathText, progress: dict[str, LessonProgress]) -> list[LessonHead]:
    """The lessons of a path that a person has not finished."""
    return [head for head in path.lessons if head.slug not in progress or progress[head.slug].state != "finished"]


def lessons_reached(path: PathText, progress: dict[str, LessonProgress]) -> list[dict[str, Any]]:
    """The finished lessons of a path as an acknowledgement notes them."""
    rows = [(head.slug, progress[head.slug]) for head in path.lessons if head.slug in progress]
    return [
        {"slug": slug, "version": row.finished_version, "level": row.mastery}
        for slug, row in rows
        if row.state == "finished"
    ]


def acknowledgement(user_id: int, path_slug: str) -> Acknowledgement | None:
    """A person's paper for a path, withdrawn ones too, or None."""
    return db.session.scalar(
        sa.select(Acknowledgement).where(Acknowledgement.user_id == user_id, Acknowledgement.path_slug == path_slug)
    )


def public_paper(code: str, lang: str) -> Paper:
    """What a code opens; a code that never was and one that was withdrawn are equally Missing."""
    query = (
        sa.select(Acknowledgement, User)
        .join(User, User.id == Acknowledgement.user_id)
        .where(Acknowledgement.code == code, Acknowledgement.withdrawn_at.is_(None))
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return paper(row[0], row[1], lang)


def paper(row: Acknowledgement, holder: User, lang: str) -> Paper:
    """The paper in this language; names of paths and lessons that have gone stay known."""
    slugs = [one["slug"] for one in row.lessons]
    titles = {
        found.slug: found.title(lang) for found in db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_(slugs)))
    }
    return Paper(
        code=row.code,
        path=db.session.get_one(LessonPath, row.path_slug).title(lang),
        lessons=[(titles[one["slug"]], one["level"]) for one in row.lessons if one["slug"] in titles],
        name=_shown(row, holder),
        issued_at=row.issued_at,
    )


def _shown(row: Acknowledgement, holder: User) -> str:
    """Asked each time: what was chosen never outlives the right to choose it."""
    if not may_show_name(holder.kind, holder.is_minor):
        return ""
    return {"called_name": holder.called_name, "full_name": holder.full_name}.get(row.shown, "")
