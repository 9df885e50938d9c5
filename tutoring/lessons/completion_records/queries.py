"""Reads of certificates: progress on a path, the certificate, and its public page."""

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
class CertificateView:
    """What every visitor with the code may read, and nothing more."""

    code: str
    path: str
    lessons: list[tuple[str, str]]  # title and level: self, quiz, practised, witnessed
    name: str  # empty unless the holder chose to show it
    issued_at: datetime


def list_unfinished_lessons(path: PathText, progress: dict[str, LessonProgress]) -> list[LessonHead]:
    """Returns the lessons of a path that a learner has not finished."""
    return [head for head in path.lessons if head.slug not in progress or progress[head.slug].state != "finished"]


def serialize_finished_lessons(path: PathText, progress: dict[str, LessonProgress]) -> list[dict[str, Any]]:
    """Returns the finished lessons of a path as a certificate stores them."""
    rows = [(head.slug, progress[head.slug]) for head in path.lessons if head.slug in progress]
    return [
        {"slug": slug, "version": row.finished_version, "level": row.mastery}
        for slug, row in rows
        if row.state == "finished"
    ]


def acknowledgement(user_id: int, path_slug: str) -> Acknowledgement | None:
    """Returns a learner's certificate for a path, also a withdrawn one, or None."""
    return db.session.scalar(
        sa.select(Acknowledgement).where(Acknowledgement.user_id == user_id, Acknowledgement.path_slug == path_slug)
    )


def get_public_certificate(code: str, lang: str) -> CertificateView:
    """Returns the certificate for a code; raises NotFound for unknown and withdrawn codes alike."""
    query = (
        sa.select(Acknowledgement, User)
        .join(User, User.id == Acknowledgement.user_id)
        .where(Acknowledgement.code == code, Acknowledgement.withdrawn_at.is_(None))
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return build_certificate(row[0], row[1], lang)


def build_certificate(row: Acknowledgement, holder: User, lang: str) -> CertificateView:
    """Returns the certificate in this language; titles of retired lessons are still known."""
    slugs = [one["slug"] for one in row.lessons]
    titles = {
        found.slug: found.title(lang) for found in db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_(slugs)))
    }
    return CertificateView(
        code=row.code,
        path=db.session.get_one(LessonPath, row.path_slug).title(lang),
        lessons=[(titles[one["slug"]], one["level"]) for one in row.lessons if one["slug"] in titles],
        name=_shown(row, holder),
        issued_at=row.issued_at,
    )


def _shown(row: Acknowledgement, holder: User) -> str:
    """Returns the name to show.

    The right is checked on every read, so a choice never outlives it.
    """
    if not may_show_name(holder.kind, holder.is_minor):
        return ""
    return {"called_name": holder.called_name, "full_name": holder.full_name}.get(row.shown, "")
