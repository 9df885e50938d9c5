"""Tables of weekly meetings: when people are free and away."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model

MOST_PAIRS = 4


class WeeklyHours(Model):
    """When somebody is free in an ordinary week, and how many people they would meet in one."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        sa.CheckConstraint(f"pairs BETWEEN 0 AND {MOST_PAIRS}", name="pairs"),
        sa.CheckConstraint("length(free) = 56", name="free"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    free: Mapped[bytes] = mapped_column(info={"personal": "times"})  # pairing/week.py
    pairs: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Away(Model):
    """Days on which somebody meets nobody, both ends included."""

    __tablename__ = "away"
    __table_args__ = (sa.CheckConstraint("first <= last", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    first: Mapped[date] = mapped_column(info={"personal": "times"})
    last: Mapped[date] = mapped_column(info={"personal": "times"})
