"""Tables of calendars: a person's private feed, and what was last said there of each of their times."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check


class CalendarFeed(Model):
    """The address under which a calendar elsewhere reads somebody's times; only the hash of its token is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (value_check("language", "vi", "en"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    language: Mapped[str] = mapped_column(default="vi")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]  # last, to the day: whether anything still reads it


class CalendarEntry(Model):
    """What a calendar file said last of one time of one person, so that its SEQUENCE rises with each change and a time
    that is gone is said to be cancelled."""

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
