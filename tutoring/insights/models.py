"""Tables of figures: of half-years that are over, for everybody; of calendar months, for each unit its own."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class HalfYear(Model):
    """One half-year as everybody may read it, made once and never counted again. Nothing exact is in it: what fewer
    than ten people stand behind is None, the rest is rounded (hiding.py)."""

    __tablename__ = "half_year"

    name: Mapped[str] = mapped_column(primary_key=True)  # 2026-2
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    figures: Mapped[list[Any]] = mapped_column(default=list)  # [section, key, measure, value or None]


class Figure(Model):
    """One figure of a calendar month for a unit and all below it; `unit_id` None is the whole site.

    `key` tells parts of a measure apart (measures.py). `count`, `people`, `middle` and `high` are exact and leave this
    table for nobody: pages, files and reports read what is `shown` (hiding.py), None where it is hidden.
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
    people: Mapped[int] = mapped_column(default=0)  # how many different ones stand behind the count
    middle: Mapped[int | None]  # seconds: half of them waited no longer
    high: Mapped[int | None]  # seconds: nine of ten waited no longer
    shown: Mapped[int | None]
    shown_people: Mapped[int | None]
    shown_middle: Mapped[int | None]
    shown_high: Mapped[int | None]


class FigureMonth(Model):
    """When a month was last counted; a closed one is counted no more, unless somebody asks for it by name."""

    __tablename__ = "figure_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed: Mapped[bool] = mapped_column(default=False)


class Milestone(Model):
    """The days on which a person first did things: each is counted once in a life, in the month of that day."""

    __tablename__ = "milestone"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who learns what"}
    )
    reached_on: Mapped[date | None]  # anything at all
    learned_on: Mapped[date | None]  # a lesson finished
    studied_on: Mapped[date | None]  # learned online with others: helped in a room, or a session of many
    practised_on: Mapped[date | None]  # a rehearsal gone through to its end
    filed_on: Mapped[date | None]  # a real dossier, by the person's own word
