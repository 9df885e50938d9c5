"""Commands that add, retract and read inbox notices."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.queries import guardians
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import in_ids, insert_if_absent, upsert
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.events import publish
from tutoring.notifications.delivery.outbox import enqueue_planning_for_many, goes_out
from tutoring.notifications.events import InboxChanged
from tutoring.notifications.inbox.names import with_names
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.topics import TOPICS, topic_of


def _until(key: str, moment: datetime, useful: datetime | None) -> datetime | None:
    """Returns until when the notice is useful outside the inbox: as given, or by its topic."""
    keeps = TOPICS[topic_of(key)].keeps
    return useful or (moment + keeps if keeps else None)


@command
def notify(
    user_id: int, key: str, say: str, path: str = "", *, again: bool = False, worth_until: datetime | None = None,
    **params: Any,
) -> None:  # fmt: skip
    """Puts one notice into an inbox, exactly once per key.

    Open pages are updated after the commit. The delivery job is enqueued in the same transaction: one more statement,
    or none where no channel is configured. `again` makes a read notice unread, because the same thing happened once
    more. After `worth_until` the notice stays in the inbox only, as for a reminder of a past hour. A user among the
    parameters becomes the name as the owner of the inbox says it.
    """
    moment = clock.now()
    if any(isinstance(value, User) for value in params.values()):
        params = with_names(params, say, db.session.get(User, user_id))
    until = _until(key, moment, worth_until)
    values = {"params": params, "created_at": moment, "until": until}
    new = insert_if_absent(Notice, user_id=user_id, key=key, say=say, path=path, **values)
    if not new:
        told = sa.select(Notice).where(Notice.user_id == user_id, Notice.key == key, Notice.read_at.is_not(None))
        if not again or (read := db.session.scalar(told)) is None:
            return
        read.read_at, read.created_at, read.until = None, moment, until
    goes_out(user_id, key, moment)
    publish(InboxChanged(user_id))


@command
def notify_many(people: sa.Select[Any], key: str, say: str, path: str, **params: Any) -> None:
    """Puts one notice into the inboxes of all users whose ids the query returns.

    Once per key. Three statements for any number of users, and one for the delivery job. Open pages are updated after
    the commit.
    """
    told, moment = people.subquery(), clock.now()
    words = (sa.literal(value) for value in (key, say))
    row = sa.select(
        told.c.id, *words, sa.literal(params, Notice.params.type), sa.literal(path),
        sa.literal(moment, Notice.created_at.type),
        sa.literal(_until(key, moment, None), Notice.created_at.type),
    ).where(sa.true())  # fmt: skip
    names = ["user_id", "key", "say", "params", "path", "created_at", "until"]
    db.session.execute(upsert(Notice).from_select(names, row).on_conflict_do_nothing())
    enqueue_planning_for_many(key, moment)
    here = sa.select(LiveSocket.user_id).where(LiveSocket.user_id.in_(people)).distinct()
    for user_id in db.session.scalars(here.order_by(LiveSocket.user_id)).all():
        publish(InboxChanged(user_id))


@command
def tell_these(user_ids: Collection[int], key: str, say: str, path: str = "", **params: Any) -> None:
    """Puts one notice into these inboxes, and makes it unread again where it was read.

    Three statements for any number of users. Open pages are updated after the commit.
    """
    if not user_ids:
        return
    moment = clock.now()
    until = _until(key, moment, None)
    rows = [
        {"user_id": id, "key": key, "say": say, "path": path, "params": params, "created_at": moment, "until": until}
        for id in user_ids
    ]
    db.session.flush()
    read = sa.update(Notice).where(
        in_ids(Notice.user_id, user_ids), Notice.key == key, Notice.read_at.is_not(None)
    ).values(read_at=None, created_at=moment, until=until)  # fmt: skip
    back = db.session.scalars(read.returning(Notice.user_id), execution_options={"synchronize_session": "fetch"}).all()
    new = upsert(Notice).values(rows).on_conflict_do_nothing().returning(Notice.__table__.c.user_id)
    told = {*back, *db.session.scalars(new)}
    if told:
        enqueue_planning_for_many(key, moment)
    for user_id in sorted(told):
        publish(InboxChanged(user_id))


@command
def retract(key: str) -> None:
    """Deletes the unread notices under this key, because they no longer apply.

    A new notice under the same key reaches those users who had not read it.
    """
    waits = sa.and_(Notice.key == key, Notice.read_at.is_(None))
    here = sa.select(LiveSocket.user_id).join(Notice, Notice.user_id == LiveSocket.user_id)
    open_pages = db.session.scalars(here.where(waits).distinct().order_by(LiveSocket.user_id)).all()
    db.session.execute(sa.delete(Notice).where(waits))
    for user_id in open_pages:
        publish(InboxChanged(user_id))


@command
def tell_guardians(child: User, key: str, say: str, path: str = "", **params: Any) -> None:
    """Notifies every guardian of a minor; `%(child)s` is the minor's name."""
    for guardian in guardians(child.id):
        notify(guardian.id, key, say, path, child=child.called_name, **params)


@command
def mark_handled(*keys: str, path: str = "", word: str = "") -> None:
    """Marks the notices under this path or these keys as read, because they were acted upon.

    With `word` only those under the path whose keys begin with it: others lead there for another reason.
    """
    about = Notice.path == path if path else Notice.key.in_(keys)
    if word:
        about = sa.and_(about, Notice.key.startswith(f"{word}:", autoescape=True))
    waiting = sa.select(Notice).where(about, Notice.read_at.is_(None))
    for notice in db.session.scalars(waiting).all():
        notice.read_at = clock.now()
        publish(InboxChanged(notice.user_id))


@command
def settle_of(user_ids: Iterable[int], beginning: str) -> None:
    """Marks these users' notices as read by key prefix, for example reminders of a moved time."""
    waiting = sa.select(Notice).where(
        Notice.user_id.in_(list(user_ids)), Notice.read_at.is_(None), Notice.key.startswith(beginning, autoescape=True)
    )
    for notice in db.session.scalars(waiting).all():
        notice.read_at = clock.now()
        publish(InboxChanged(notice.user_id))


@command
def read_notice(user: User, notice_id: int) -> str:
    """Marks a notice as read; returns the path it leads to.

    Those that say the same and lead to the same place are read with it: the user sees there what all of them are about.
    """
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != user.id:
        raise NotFound
    alike = sa.and_(Notice.path == notice.path, Notice.say == notice.say) if notice.path else Notice.id == notice.id
    unread = Notice.user_id == user.id, Notice.read_at.is_(None)
    db.session.execute(sa.update(Notice).where(*unread, alike).values(read_at=clock.now()))
    return notice.path


@command
def read_all(user: User) -> datetime:
    """Marks all notices as read; returns the time, which identifies them for undo."""
    moment = clock.now()
    db.session.execute(
        sa.update(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None)).values(read_at=moment)
    )
    return moment


@command
def unread_all(user: User, moment: datetime) -> None:
    """Makes the notices unread again that were marked as read at this time."""
    db.session.execute(
        sa.update(Notice).where(Notice.user_id == user.id, Notice.read_at == moment).values(read_at=None)
    )
    publish(InboxChanged(user.id))
