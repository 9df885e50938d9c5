"""Numbers that short messages may go to, and what went out."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class TextNumber(Model):
    """That a grown-up has shown to hold the number of their account: a code that went there came back. Of the number
    only its mark: another number in the account, and this no longer holds."""

    __tablename__ = "text_number"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    number_mark: Mapped[str] = mapped_column(info={"personal": "phone"})
    nonce: Mapped[str] = mapped_column(default="", info={"personal": "secret"})  # of the code; the code is nowhere
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]


class TextSent(Model):
    """One short message that was handed to the gateway, for the ceilings: a repeat under its key is the same one."""

    __tablename__ = "text_sent"
    __table_args__ = (sa.UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    key: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
