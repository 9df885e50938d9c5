"""Tables of statistics: public half-years, and calendar months of each unit."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class HalfYear(Model):
    """One half-year as published, created once and never counted again.

    It holds nothing exact: values with fewer than ten people behind them are None, the rest is rounded
    (lesson_quality/suppression.py).
    """

    __tablename__ = "half_year"

    name: Mapped[str] = mapped_column(primary_key=True)  # 2026-2
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    figures: Mapped[list[Any]] = mapped_column(default=list)  # [section, key, measure, value or None]


class Figure(Model):
    """One figure of a calendar month for a unit and all units below; `unit_id` None is the site.

    `key` tells parts of a measure apart (monthly_statistics/measures.py). `count`, `people`, `middle` and `high` are
    exact and never leave this table. Pages, files and reports read the `shown` columns, which are None where suppressed
    (monthly_statistics/cell_suppression.py).
    """

    __tablename__ = "figure"
    __table_args__ = (
        sa.Index("ix_figure_of", "unit_id", "month"),
        sa.Index("ix_figure_wholes", "unit_id", "month", sqlite_where=sa.text("key = ''"),
                 postgresql_where=sa.text("key = ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(index=True)  # its first day
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    measure: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    count: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)  # how many different people are behind the count
    middle: Mapped[int | None]  # seconds: the median wait
    high: Mapped[int | None]  # seconds: the 90th percentile of waits
    shown: Mapped[int | None]
    shown_people: Mapped[int | None]
    shown_middle: Mapped[int | None]
    shown_high: Mapped[int | None]


class FigureMonth(Model):
    """When a month was last counted. A closed month is recounted only by explicit command."""

    __tablename__ = "figure_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed: Mapped[bool] = mapped_column(default=False)


class Milestone(Model):
    """The days of a user's first activities.

    Each counts once per user, in the month of that day.
    """

    __tablename__ = "milestone"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who learns what"}
    )
    reached_on: Mapped[date | None]  # any activity
    learned_on: Mapped[date | None]  # first lesson finished
    studied_on: Mapped[date | None]  # first learned online with others: helped in a room, or a group session
    practised_on: Mapped[date | None]  # first practice run completed
    filed_on: Mapped[date | None]  # first real dossier, as the user reports
