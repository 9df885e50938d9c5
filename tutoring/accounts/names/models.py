"""The table of former names, under which users wrote earlier messages."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class FormerName(Model):
    """A user's names until a moment.

    The audit chain only records that a name changed. The names are stored here, because these rows can be erased.
    """

    __tablename__ = "former_name"
    __table_args__ = (sa.Index("ix_former_name_of", "user_id", "until_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    full_name: Mapped[str] = mapped_column(info={"personal": "name"})
    called_name: Mapped[str] = mapped_column(info={"personal": "name to be called by"})
    address_form: Mapped[str] = mapped_column(info={"personal": "form of address"})
    until_at: Mapped[datetime] = mapped_column(default=clock.now)
