"""The table of encrypted disclosures of danger."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.welfare import DOORS, LEVELS


class Disclosure(Model):
    """One text in which a user says that the user, or another person, is in danger.

    No other row holds the text.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        value_check("door", *DOORS),
        value_check("level", *LEVELS),
        sa.Index("ix_disclosure_author_id", "author_id", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report_case.id", ondelete="SET NULL"), index=True)
    door: Mapped[str]
    place: Mapped[str] = mapped_column(default="")  # "7/3": message 3 of room 7; empty outside rooms
    level: Mapped[str]
    # None once the text is erased
    sealed: Mapped[bytes | None] = mapped_column(info={"personal": "text", "sealed": "disclosure:{id}"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_at: Mapped[datetime | None]  # when staff first read it
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    hidden_at: Mapped[datetime | None]  # its author hid card and text, perhaps on a shared phone
    ended_at: Mapped[datetime | None]  # its case is decided

    opened_by: Mapped[User | None] = relationship(foreign_keys=[opened_by_id])

    @property
    def room_id(self) -> int | None:
        """The room in which it was written, or None."""
        return int(self.place.partition("/")[0]) if self.door == "room" else None

    @property
    def seq(self) -> int:
        """The number of its message; 0 if there is none."""
        return int(self.place.partition("/")[2]) if self.door == "room" else 0
