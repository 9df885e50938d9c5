"""Private feeds: an address that only its owner knows, under which a calendar elsewhere reads their times."""

import hashlib
import secrets

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.notifications.calendar.models import CalendarEntry, CalendarFeed


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(user_id: int) -> CalendarFeed | None:
    """Somebody's feed, if they have one."""
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.user_id == user_id))


@command
def make_feed(user: User, language: str) -> str:
    """A feed for this person under a new token, which is known only now; an older address leads nowhere from now on."""
    token = secrets.token_urlsafe(32)
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user.id))
    db.session.add(CalendarFeed(user_id=user.id, token_hash=hashed(token), language=language))
    return token


@command
def end_feed(user_id: int) -> None:
    """Nothing is read under this person's address any more, and what was said there is forgotten."""
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
    db.session.execute(sa.delete(CalendarEntry).where(CalendarEntry.user_id == user_id))


def found(token: str) -> tuple[CalendarFeed, User]:
    """The feed of this token and whose it is; raises Missing."""
    query = (
        sa.select(CalendarFeed, User)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == hashed(token), User.state == "active")
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


@command
def note_reading(feed: CalendarFeed) -> None:
    """That it was read today, so that its owner sees whether anything still does."""
    feed.read_at = clock.now()
