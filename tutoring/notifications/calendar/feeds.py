"""Private calendar feeds: a secret URL from which a calendar app reads the user's times."""

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
    """Hashes a token for storage."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(user_id: int) -> CalendarFeed | None:
    """Returns the user's feed, or None."""
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.user_id == user_id))


@command
def make_feed(user: User, language: str) -> str:
    """Creates a feed under a new token, which is returned once; an older URL stops working."""
    token = secrets.token_urlsafe(32)
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user.id))
    db.session.add(CalendarFeed(user_id=user.id, token_hash=hashed(token), language=language))
    return token


@command
def end_feed(user_id: int) -> None:
    """Deletes the user's feed and the record of what it said."""
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
    db.session.execute(sa.delete(CalendarEntry).where(CalendarEntry.user_id == user_id))


def found(token: str) -> tuple[CalendarFeed, User]:
    """Returns the feed of this token and its owner; raises NotFound."""
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
    """Stores the time of reading, so that the owner sees whether a calendar still uses the feed."""
    feed.read_at = clock.now()
