"""Reads of the private notebook: one's own entries alone, whoever asks."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.notebook.models import NotebookEntry
from tutoring.policy.practice.portal import may_keep_notebook


def entries_of(user: User) -> list[NotebookEntry]:
    """Somebody's own notebook: what is to be looked at soonest first, then the newest; raises Missing."""
    if not may_keep_notebook(user.kind, is_owner=True):
        raise NotFound
    query = sa.select(NotebookEntry).where(NotebookEntry.owner_id == user.id)
    return list(db.session.scalars(query.order_by(NotebookEntry.look_again.nulls_last(), NotebookEntry.id.desc())))


def entry_of(user: User, entry_id: int, *, lock: bool = False) -> NotebookEntry:
    """One of somebody's own entries; what is another's and what does not exist is Missing alike."""
    query = sa.select(NotebookEntry).where(NotebookEntry.id == entry_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None or not may_keep_notebook(user.kind, is_owner=row.owner_id == user.id):
        raise NotFound
    return row


def is_due(row: NotebookEntry) -> bool:
    """Whether the day has come to look again."""
    return row.done_at is None and row.look_again is not None and row.look_again <= clock.today()
