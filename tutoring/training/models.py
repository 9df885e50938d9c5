"""Tables of staff training: manual assignments, sessions, seats and attendance."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.training import FEWEST_SEATS, MOST_SEATS

SESSION_STATES = ("open", "over", "cancelled")
SEAT_STATES = ("in", "waiting", "gone")


class TrainingAssignment(Model):
    """A person put on a track by hand, for example at the one-stop desk or in a digital team."""

    __tablename__ = "training_assignment"
    __table_args__ = (sa.UniqueConstraint("user_id", "unit_id", "track"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)  # the unit to which the person belongs
    track: Mapped[str]  # an id in content/training.yml
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit] = relationship()


class TrainingSession(Model):
    """A session of a track with its time and place; `taken` never exceeds `seats`."""

    __tablename__ = "training_session"
    __table_args__ = (
        value_check("state", *SESSION_STATES),
        sa.CheckConstraint(f"seats BETWEEN {FEWEST_SEATS} AND {MOST_SEATS}", name="seats"),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name="taken"),
        sa.CheckConstraint("(state = 'cancelled') = (ended_by_id IS NOT NULL)", name="cancelled"),
        sa.Index("ix_training_session_of_unit", "unit_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))  # a ward, or the city
    track: Mapped[str]
    title: Mapped[str] = mapped_column(info={"personal": "text"})
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    place: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime]
    minutes: Mapped[int]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    leader_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))  # the user who published it
    state: Mapped[str] = mapped_column(default="open")
    # reason of the cancellation; all its people read it
    why: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    marked_at: Mapped[datetime | None]  # when attendance was first recorded
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit] = relationship()
    leader: Mapped[User] = relationship(foreign_keys=[leader_id])

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)


class TrainingSeat(Model):
    """A person's seat, or their place on the waiting list in the order of `at`.

    A person who left and signs up again is last.
    """

    __tablename__ = "training_seat"
    __table_args__ = (
        value_check("state", *SEAT_STATES),
        sa.UniqueConstraint("session_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("training_session.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()
    session: Mapped[TrainingSession] = relationship()


class TrainingAttendance(Model):
    """A person attended a session.

    Track and day are stored here too, because readiness is queried for many people at once.
    """

    __tablename__ = "training_attendance"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "user_id"),
        sa.Index("ix_training_attendance_of", "user_id", "track", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("training_session.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    track: Mapped[str]
    day: Mapped[date]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
