"""Reads of the inbox."""

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

PAGE = 30


def unread_count(user_id: int) -> int:
    """How many notices wait."""
    query = sa.select(sa.func.count()).select_from(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0


def inbox(user_id: int, before: int | None = None) -> list[Notice]:
    """One page of notices and one more, newest first."""
    query = sa.select(Notice).where(Notice.user_id == user_id)
    if before is not None:
        query = query.where(Notice.id < before)
    return list(db.session.scalars(query.order_by(Notice.id.desc()).limit(PAGE + 1)))
