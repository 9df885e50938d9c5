"""Tables of group sessions and of the places and waiting lists in them."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.pairing.group_sessions import FEWEST_PLACES, MOST_PLACES

SESSION_STATES = ("open", "begun", "over", "cancelled", "missed")
MISSED = ("", "few", "shut", "helper")  # too few came; outside hours or no observer on duty; the leader did not come
SIGN_UP_STATES = ("asked", "in", "waiting", "gone")  # asked: a learner of similar requests who has not answered yet


class GroupSession(Model):
    """One helper teaches several learners at a planned time; `taken` never exceeds `places`."""

    __tablename__ = "group_session"
    __table_args__ = (
        value_check("state", *SESSION_STATES),
        value_check("because", *MISSED),
        sa.CheckConstraint("(state = 'missed') = (because <> '')", name="missed"),
        sa.CheckConstraint(f"places BETWEEN {FEWEST_PLACES} AND {MOST_PLACES}", name="places"),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name="taken"),
        sa.CheckConstraint(
            "(lowest IS NULL) = (highest IS NULL) AND (lowest IS NULL OR (pupils AND lowest <= highest))", name="grades"
        ),
        sa.Index("ix_group_session_of_unit", "unit_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    topic: Mapped[str]
    level: Mapped[int]
    words: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime]
    minutes: Mapped[int]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    merged: Mapped[bool] = mapped_column(default=False)  # from similar requests; begins as soon as two have agreed
    pupils: Mapped[bool]
    lowest: Mapped[int | None]  # grades, for pupils only
    highest: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="open")
    why: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # of the cancellation; all read it
    because: Mapped[str] = mapped_column(default="")  # why it was missed
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    room_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit] = relationship()
    helper: Mapped[User] = relationship(foreign_keys=[helper_id])

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)


class SignUp(Model):
    """A learner's place, or position in the waiting list by `at`.

    A learner who left and signs up again comes last.
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        value_check("state", *SIGN_UP_STATES),
        sa.UniqueConstraint("session_id", "learner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("group_session.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    session: Mapped[GroupSession] = relationship()
