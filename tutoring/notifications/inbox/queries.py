"""Reads of the inbox."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.topics import topic_of

PAGE = 30
LOOKED_AT = 500  # newest notices that are searched for a user's topics


def unread_count(user_id: int) -> int:
    """Returns the number of unread lines: notices that say the same and lead to the same place are one."""
    return int(_unread_lines(db.session.connection(), user=user_id)[0].number)


def _lines(_for_sqlite: bool) -> sa.Select[Any]:
    mine = Notice.user_id == sa.bindparam("user", type_=sa.Integer), Notice.read_at.is_(None)
    line = sa.case((Notice.path == "", Notice.key), else_=Notice.path)
    lines = sa.select(Notice.say, line).where(*mine).distinct().subquery()
    return sa.select(sa.func.count().label("number")).select_from(lines)


_unread_lines = PrecompiledStatement(_lines)  # on every page of a signed-in person


def inbox(user_id: int, before: int | None = None, *, unread: bool = False) -> list[Notice]:
    """Returns one page of notices plus one, newest first: all, or the unread ones."""
    query = sa.select(Notice).where(Notice.user_id == user_id)
    if before is not None:
        query = query.where(Notice.id < before)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    return list(db.session.scalars(query.order_by(Notice.id.desc()).limit(PAGE + 1)))


def topics_told(user_id: int) -> set[str]:
    """Returns the topics of the user's recent notices."""
    query = sa.select(Notice.key).where(Notice.user_id == user_id).order_by(Notice.id.desc()).limit(LOOKED_AT)
    return {topic_of(key) for key in db.session.scalars(query)}


def were_read(user_id: int, at: datetime) -> int:
    """Returns how many notices were marked as read together at this time."""
    query = sa.select(sa.func.count()).select_from(Notice).where(Notice.user_id == user_id, Notice.read_at == at)
    return db.session.scalar(query) or 0
