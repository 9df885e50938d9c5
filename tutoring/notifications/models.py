"""Tables of the inbox, of deliveries and their results, and of notification preferences."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check


class Notice(Model):
    """One notice to one user; the unique `key` prevents duplicates."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "key"),
        sa.Index("ix_notice_path", "path"),
        sa.Index("ix_notice_key", "key"),
        sa.Index("ix_notice_unread", "user_id", sqlite_where=sa.text("read_at IS NULL"),
                 postgresql_where=sa.text("read_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    key: Mapped[str]
    say: Mapped[str]  # a Vietnamese msgid
    params: Mapped[dict[str, Any]] = mapped_column(default=dict, info={"personal": "names"})
    path: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    read_at: Mapped[datetime | None]
    until: Mapped[datetime | None]  # after this it has no use outside the inbox


class NoticeDelivery(Model):
    """One notice on its way through one channel, and the result.

    `letter` is the key of the letter that carries it, the same in every try; one letter may carry several. Whether it
    is still needed (unread, unhandled, wanted) is checked on sending, so handling a notice costs nothing here.
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "channel"),
        value_check("state", "waiting", "sent", "failed", "dropped"),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        sa.Index("ix_notice_delivery_waiting", "user_id", "channel", sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_notice_delivery_letter", "letter"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notice.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str] = mapped_column(default="")  # read, late, off, gone; unreachable, tries
    due_at: Mapped[datetime]
    letter: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class NoticeChoices(Model):
    """A user's preferences; without a row the defaults apply.

    `picked` holds only differences from the defaults.
    """

    __tablename__ = "notice_choices"
    __table_args__ = (
        value_check("mail_how", "once", "daily", "weekly"),
        sa.CheckConstraint("mail_hour BETWEEN 0 AND 23", name="mail_hour"),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name="quiet"),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_both"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    picked: Mapped[dict[str, Any]] = mapped_column(default=dict)  # topic → channel → yes or no
    quiet_from: Mapped[int | None]  # minutes after midnight in Vietnam; None: the default
    quiet_to: Mapped[int | None]
    mail_how: Mapped[str] = mapped_column(default="once")
    mail_hour: Mapped[int] = mapped_column(default=18)
    woken: Mapped[bool] = mapped_column(default=False)  # may be alerted in quiet hours when a person is in danger


class ChannelFailure(Model):
    """A channel that does not reach a user; deleted after the next successful delivery."""

    __tablename__ = "notice_trouble"
    __table_args__ = (value_check("why", "unreachable", "tries"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    since: Mapped[datetime] = mapped_column(default=clock.now)
    mark: Mapped[str] = mapped_column(default="", info={"personal": "email"})  # blind index of the address
