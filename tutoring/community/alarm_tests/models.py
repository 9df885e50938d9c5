"""Tables of test alarms: when one started, whom it called, and who answered."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model


class AlarmTest(Model):
    """One test alarm of a unit; `by` is None for a scheduled one."""

    __tablename__ = "alarm_test"
    __table_args__ = (sa.Index("ix_alarm_test_unit", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit] = relationship()
    by: Mapped[User | None] = relationship()


class AlarmCall(Model):
    """One person called by a test alarm.

    There is one row per person, so answering twice counts once.
    """

    __tablename__ = "alarm_call"
    __table_args__ = (sa.Index("ix_alarm_call_user", "user_id", "answered_at"),)

    test_id: Mapped[int] = mapped_column(sa.ForeignKey("alarm_test.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    on_duty: Mapped[bool]  # at that moment; such people are called during quiet hours too
    called_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    test: Mapped[AlarmTest] = relationship()
