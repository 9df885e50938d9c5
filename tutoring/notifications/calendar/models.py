"""Tables of calendars: a user's private feed, and the last state of each entry in it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check


class CalendarFeed(Model):
    """The secret URL of a user's calendar feed; only the hash of its token is stored."""

    __tablename__ = "calendar_feed"
    __table_args__ = (value_check("language", "vi", "en"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    language: Mapped[str] = mapped_column(default="vi")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]  # last reading, to the day: shows whether the feed is still used


class CalendarEntry(Model):
    """The last state of one time of one user in calendar files.

    It makes SEQUENCE rise with each change, and a removed time appear as cancelled.
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (sa.UniqueConstraint("user_id", "kind", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str]
    ref: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    digest: Mapped[str]
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
