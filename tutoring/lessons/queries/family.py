"""The "dạy lại cho con" list of a lesson, and what of it somebody has ticked."""

import hashlib

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


def taught_back(user_id: int, slug: str) -> set[str]:
    """Digests of the lines that a person has ticked."""
    query = sa.select(TaughtBack.line).where(TaughtBack.user_id == user_id, TaughtBack.lesson_slug == slug)
    return set(db.session.scalars(query))
