"""The "dạy lại cho con" list of a lesson, and what of it somebody has ticked."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.models import SOURCE, Lesson, TaughtBack, in_language


def teach_back(lesson: Lesson, lang: str) -> dict[str, str]:
    """Lines of the list by the digest of their Vietnamese words, so that a changed line asks anew."""
    lists = lesson.facts.get("teach_back") or {}
    if not lists:
        return {}
    source, shown = lists[SOURCE], in_language(lists, lang)
    if len(shown) != len(source):
        shown = source
    return {
        hashlib.sha256(line.encode()).hexdigest()[:12]: text for line, text in zip(source, shown, strict=True)
    }  # fmt: skip


@dataclass(frozen=True)
class TeachBack:
    """The list of a lesson as a parent stands with it."""

    slug: str
    title: str
    lines: int
    ticked: int


def teach_back_of(path_slug: str, user_id: int, lang: str) -> list[TeachBack]:
    """The lessons of a path that have such a list, in order, with how much of it somebody has ticked."""
    query = sa.select(Lesson).where(Lesson.path_slug == path_slug, Lesson.retired_at.is_(None))
    lists = [
        (one, lines)
        for one in db.session.scalars(query.order_by(Lesson.position, Lesson.slug))
        if (lines := teach_back(one, lang))
    ]
    slugs = [one.slug for one, _ in lists]
    mine = sa.select(TaughtBack.lesson_slug, TaughtBack.line)
    mine = mine.where(TaughtBack.user_id == user_id, TaughtBack.lesson_slug.in_(slugs))
    ticks = {(slug, line) for slug, line in db.session.execute(mine)}
    return [
        TeachBack(one.slug, one.title(lang), len(lines), sum((one.slug, line) in ticks for line in lines))
        for one, lines in lists
    ]


def taught_back(user_id: int, slug: str) -> set[str]:
    """Digests of the lines that a person has ticked."""
    query = sa.select(TaughtBack.line).where(TaughtBack.user_id == user_id, TaughtBack.lesson_slug == slug)
    return set(db.session.scalars(query))
