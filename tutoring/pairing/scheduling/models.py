"""Tables of weekly meetings: free hours, away days, rounds, proposed pairs, bookings."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.pairing.models import HelpRequest

MOST_PAIRS = 4
ROUND_STATES = ("reading", "solving", "ready", "published")
PROPOSAL_STATES = ("open", "agreed", "declined", "expired", "withdrawn")


class WeeklyHours(Model):
    """A user's free hours in an ordinary week, and how many people they would meet in one."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        sa.CheckConstraint(f"pairs BETWEEN 0 AND {MOST_PAIRS}", name="pairs"),
        sa.CheckConstraint("length(free) = 56", name="free"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    free: Mapped[bytes] = mapped_column(info={"personal": "times"})  # pairing/scheduling/week_grid.py
    pairs: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Away(Model):
    """Days on which a user has no meetings, both ends included."""

    __tablename__ = "away"
    __table_args__ = (sa.CheckConstraint("first <= last", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    first: Mapped[date] = mapped_column(info={"personal": "times"})
    last: Mapped[date] = mapped_column(info={"personal": "times"})


class WeeklyRound(Model):
    """A coordinator's round of weekly pairs, which is solved, previewed and published.

    A unit has at most one unpublished round. `version` counts the runs, so that an outdated job writes nothing.
    """

    __tablename__ = "weekly_round"
    __table_args__ = (
        value_check("state", *ROUND_STATES),
        sa.Index("uq_weekly_round_open", "unit_id", unique=True, sqlite_where=sa.text("state <> 'published'"),
                 postgresql_where=sa.text("state <> 'published'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(default="reading")
    version: Mapped[int] = mapped_column(default=1)
    stale: Mapped[bool] = mapped_column(default=False)  # changed since it was solved
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pins: Mapped[list[Any]] = mapped_column(default=list)  # [request, helper]
    excluded: Mapped[list[Any]] = mapped_column(default=list)
    dropped: Mapped[list[Any]] = mapped_column(default=list)  # requests left out: broken pins, people gone
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ready_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()


class RoundLine(Model):
    """One request in a round: its helper and the reasons, or why it has none."""

    __tablename__ = "round_line"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "request_id"),
        sa.CheckConstraint("(helper_id IS NULL) = (because <> '')", name="because"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("weekly_round.id", ondelete="CASCADE"))
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    helper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    suit: Mapped[int] = mapped_column(default=0)
    why: Mapped[list[Any]] = mapped_column(default=list)  # [feature, value, points] of matching.scoring.why
    starts: Mapped[list[Any]] = mapped_column(default=list)  # [day, quarter], the chosen one first
    because: Mapped[str] = mapped_column(default="")  # 1–6, places, times

    request: Mapped[HelpRequest] = relationship()
    helper: Mapped[User | None] = relationship()


class Proposal(Model):
    """A pair of a published round that both sides are asked about.

    They would meet weekly at this day and quarter hour.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        value_check("state", *PROPOSAL_STATES),
        sa.UniqueConstraint("round_id", "request_id"),
        sa.Index("uq_proposal_open", "request_id", unique=True, sqlite_where=sa.text("state = 'open'"),
                 postgresql_where=sa.text("state = 'open'")),
        sa.CheckConstraint("day BETWEEN 0 AND 6 AND quarter BETWEEN 0 AND 63", name="start"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("weekly_round.id", ondelete="CASCADE"))
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    day: Mapped[int]
    quarter: Mapped[int]
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    learner_yes_at: Mapped[datetime | None]
    helper_yes_at: Mapped[datetime | None]
    guardian_yes_at: Mapped[datetime | None]
    guardian_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    request: Mapped[HelpRequest] = relationship()
    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    helper: Mapped[User] = relationship(foreign_keys=[helper_id])


class Booking(Model):
    """Two people meet every week from `first_on` on.

    `room_id` is the room of the newest meeting. `to_day` and `to_quarter` hold a wished change of time until the other
    side answers.
    """

    __tablename__ = "booking"
    __table_args__ = (
        value_check("state", "on", "ended"),
        sa.CheckConstraint("day BETWEEN 0 AND 6 AND quarter BETWEEN 0 AND 63", name="start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    topic: Mapped[str]
    level: Mapped[int]
    day: Mapped[int]
    quarter: Mapped[int]
    minutes: Mapped[int]
    first_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="on")
    to_day: Mapped[int | None]
    to_quarter: Mapped[int | None]
    moved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    room_id: Mapped[int | None]
    met_learner: Mapped[bool | None]  # what each side reported after two weeks
    met_helper: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    why: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    helper: Mapped[User] = relationship(foreign_keys=[helper_id])
    unit: Mapped[Unit] = relationship()
