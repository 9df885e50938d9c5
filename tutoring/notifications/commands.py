"""Writing to the inbox, and reading it off."""

from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Missing
from tutoring.kernel.events import announce
from tutoring.notifications.events import InboxChanged
from tutoring.notifications.models import Notice


@command
def tell(user_id: int, key: str, say: str, path: str = "", *, again: bool = False, **params: Any) -> None:
    """Put one notice into an inbox, exactly once for its key; an open page hears of it after the commit.

    `again` brings a notice back that was read: the same thing has happened once more.
    """
    new = insert_once(Notice, user_id=user_id, key=key, say=say, path=path, params=params)
    if not new:
        told = sa.select(Notice).where(Notice.user_id == user_id, Notice.key == key, Notice.read_at.is_not(None))
        if not again or (read := db.session.scalar(told)) is None:
            return
        read.read_at, read.created_at = None, clock.now()
    announce(InboxChanged(user_id))


@command
def tell_guardians(child: User, key: str, say: str, path: str = "", **params: Any) -> None:
    """Tell every guardian of a minor; `%(child)s` is what the minor is called."""
    for guardian in guardians(child.id):
        tell(guardian.id, key, say, path, child=child.called_name, **params)


@command
def settle(*keys: str, path: str = "") -> None:
    """What was told under this path or these keys has been acted upon: it no longer waits in anybody's inbox."""
    about = Notice.path == path if path else Notice.key.in_(keys)
    waiting = sa.select(Notice).where(about, Notice.read_at.is_(None))
    for notice in db.session.scalars(waiting).all():
        notice.read_at = clock.now()
        announce(InboxChanged(notice.user_id))


@command
def read_notice(user: User, notice_id: int) -> str:
    """Mark one notice as read; returns the path it leads to."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != user.id:
        raise Missing
    notice.read_at = notice.read_at or clock.now()
    return notice.path


@command
def read_all(user: User) -> None:
    """Mark everything as read."""
    db.session.execute(
        sa.update(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None)).values(read_at=clock.now())
    )
