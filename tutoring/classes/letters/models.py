"""The table of the letters to a class."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model


class ClassLetter(Model):
    """The letter of one week to a class: a draft until it is published.

    `version` detects edits from an outdated page.
    """

    __tablename__ = "class_letter"
    __table_args__ = (sa.UniqueConstraint("unit_id", "week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    week: Mapped[date]  # its Monday
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    author: Mapped[User] = relationship(lazy="raise_on_sql")
