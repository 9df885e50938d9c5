"""What a parent has taught back at home: the "dạy lại cho con" list of a lesson."""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.lessons.models import Lesson, TaughtBack
from tutoring.lessons.queries import lesson, teach_back


@command
def tick_taught(user_id: int, lesson_slug: str, lines: Collection[str]) -> None:
    """The person has ticked exactly these lines of the list; lines that it does not have are passed over."""
    found = lesson(lesson_slug)
    known = set(teach_back(found, "vi"))
    keep_ticks(user_id, found, lines)
    db.session.execute(
        sa.delete(TaughtBack).where(
            TaughtBack.user_id == user_id,
            TaughtBack.lesson_slug == lesson_slug,
            TaughtBack.line.in_(known - set(lines)),
        )
    )


def keep_ticks(user_id: int, found: Lesson, lines: Collection[str]) -> None:
    """Add ticks to those that are there."""
    for line in sorted(set(teach_back(found, "vi")) & set(lines)):
        insert_once(TaughtBack, user_id=user_id, lesson_slug=found.slug, line=line)
