"""Writing to the inbox, and reading it off."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.queries import guardians
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once, is_sqlite
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
def tell_many(people: sa.Select[Any], key: str, say: str, path: str, **params: Any) -> None:
    """Put the same notice into the inboxes of all whose ids this question gives, each once for its key. Three
    statements, however many they are; pages that are open hear of it after the commit."""
    told = people.subquery()
    words = (sa.literal(value) for value in (key, say))
    row = sa.select(
        told.c.id, *words, sa.literal(params, Notice.params.type), sa.literal(path),
        sa.literal(clock.now(), Notice.created_at.type),
    ).where(sa.true())  # fmt: skip
    insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
    names = ["user_id", "key", "say", "params", "path", "created_at"]
    db.session.execute(insert(Notice.__table__).from_select(names, row).on_conflict_do_nothing())
    here = sa.select(LiveSocket.user_id).where(LiveSocket.user_id.in_(people)).distinct()
    for user_id in db.session.scalars(here.order_by(LiveSocket.user_id)).all():
        announce(InboxChanged(user_id))


@command
def take_away(key: str) -> None:
    """What was told under this key is no longer so: it waits in nobody's inbox. Told again under the same key it comes
    back to those who had not read it."""
    waits = sa.and_(Notice.key == key, Notice.read_at.is_(None))
    here = sa.select(LiveSocket.user_id).join(Notice, Notice.user_id == LiveSocket.user_id)
    open_pages = db.session.scalars(here.where(waits).distinct().order_by(LiveSocket.user_id)).all()
    db.session.execute(sa.delete(Notice).where(waits))
    for user_id in open_pages:
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
