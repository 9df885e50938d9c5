"""Queries of the private notebook; users see only their own entries."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.notebook.models import NotebookEntry
from tutoring.policy.practice.portal import may_keep_notebook


def entries_of(user: User) -> list[NotebookEntry]:
    """Returns the user's own notebook: earliest check day first, then newest. Raises NotFound."""
    if not may_keep_notebook(user.kind, is_owner=True):
        raise NotFound
    query = sa.select(NotebookEntry).where(NotebookEntry.owner_id == user.id)
    return list(db.session.scalars(query.order_by(NotebookEntry.look_again.nulls_last(), NotebookEntry.id.desc())))


def entry_of(user: User, entry_id: int, *, lock: bool = False) -> NotebookEntry:
    """Returns one of the user's own entries.

    Raises NotFound for another user's entry as for a missing one.
    """
    query = sa.select(NotebookEntry).where(NotebookEntry.id == entry_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None or not may_keep_notebook(user.kind, is_owner=row.owner_id == user.id):
        raise NotFound
    return row


def is_due(row: NotebookEntry) -> bool:
    """Returns whether the day to check the dossier again has come."""
    return row.done_at is None and row.look_again is not None and row.look_again <= clock.today()
