"""Tables of volunteer minutes: activity in a room besides messages, and counted sessions."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.rooms.models import Room

WORDS = ("", "helped", "nobody")


class RoomActivity(Model):
    """A user's action on the shared lesson; like a message it shows that a person is present."""

    __tablename__ = "room_act"
    __table_args__ = (sa.Index("ix_room_act_of", "room_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class HelpSession(Model):
    """The minutes of one helper with one learner in a closed room, and the learner side's word.

    `minutes` is the measured value. How many of them count follows from all sessions of the helper
    (policy.rooms.volunteer_minutes.counted).
    """

    __tablename__ = "helped_session"
    __table_args__ = (
        sa.UniqueConstraint("room_id", "helper_id", "learner_id"),
        value_check("word", *WORDS),
        sa.CheckConstraint("minutes >= 0", name="minutes"),
        sa.CheckConstraint("helper_id <> learner_id", name="pair"),
        sa.CheckConstraint("(word = '') = (said_at IS NULL)", name="said"),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck"),
        sa.Index("ix_helped_session_helper", "helper_id", "ended_at"),
        sa.Index("ix_helped_session_unit", "unit_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    topic: Mapped[str]
    day: Mapped[date]  # the day in Vietnam on which the room ended
    ended_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    word: Mapped[str] = mapped_column(default="")  # of the learner's side; "" means no word, which confirms nothing
    said_at: Mapped[datetime | None]
    said_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    struck_reason: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    helper: Mapped[User] = relationship(foreign_keys=[helper_id])
    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    unit: Mapped[Unit] = relationship()
    room: Mapped[Room] = relationship()
