"""The table of risk over time between two people."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class RiskPoint(Model):
    """A risk signal in one person's message to another (safety/risk), without its text.

    It is kept for thirty days. A row of kind notice or case, without points, records that this level was raised.
    """

    __tablename__ = "risk_point"
    __table_args__ = (
        sa.CheckConstraint("points >= 0", name="points"),
        sa.CheckConstraint("from_id <> towards_id", name="pair"),
        sa.Index("ix_risk_point_pair", "from_id", "towards_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    seq: Mapped[int | None]
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    towards_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str]
    points: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
