"""The table of emergency accesses to rooms."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model
from tutoring.rooms.models import Room

WAITING = "agreed_at IS NULL AND declined_at IS NULL"
UNTOLD = "agreed_at IS NOT NULL AND told_at IS NULL"


class EmergencyAccess(Model):
    """A request to read a room that the user may not read otherwise.

    A second approver opens it for a limited time.
    """

    __tablename__ = "opened_reading"
    __table_args__ = (
        sa.CheckConstraint("(agreed_at IS NULL) = (until IS NULL)", name="agreed"),
        sa.CheckConstraint("agreed_by_id <> asked_by_id", name="two"),
        sa.CheckConstraint("agreed_at IS NULL OR declined_at IS NULL", name="one_answer"),
        sa.Index("uq_opened_reading_waiting", "room_id", "asked_by_id", unique=True,
                 sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING)),
        sa.Index("ix_opened_reading_untold", "agreed_at", sqlite_where=sa.text(UNTOLD),
                 postgresql_where=sa.text(UNTOLD)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    declined_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    declined_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when the users of the room were notified

    room: Mapped[Room] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    agreed_by: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])

    @property
    def is_open(self) -> bool:
        """Whether the requester may read now."""
        return self.until is not None and self.until > clock.now()
