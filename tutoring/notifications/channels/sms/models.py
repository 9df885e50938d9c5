"""Tables of confirmed phone numbers and of sent messages."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class TextNumber(Model):
    """A confirmed phone number of an adult user, proven by a code sent to it.

    Only the number's blind index is stored. When the account's number changes, the confirmation no longer holds.
    """

    __tablename__ = "text_number"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    number_mark: Mapped[str] = mapped_column(info={"personal": "phone"})
    nonce: Mapped[str] = mapped_column(default="", info={"personal": "secret"})  # of the code, which is not stored
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]


class TextSent(Model):
    """One message passed to the gateway, for the limits; a repeat of its key is the same row."""

    __tablename__ = "text_sent"
    __table_args__ = (sa.UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    key: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
