"""The tables of class work, and of the pupils picked out for it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.classes import AUDIENCES, KINDS, SHOWN_AFTER


class ClassWork(Model):
    """One lesson, path, quiz, rehearsal or request for help that is set for a class until a day.

    Nobody ticks it off: `work/states.py` derives what is done. `target` is the slug of the lesson or path, or the id of
    the scenario; it is empty for help. `version` detects edits from an outdated page.
    """

    __tablename__ = "class_work"
    __table_args__ = (
        value_check("kind", *KINDS),
        value_check("audience", *AUDIENCES),
        sa.CheckConstraint("(kind = 'help') = (target = '')", name="target"),
        sa.Index("ix_class_work_of_unit", "unit_id", "due"),
        sa.Index("ix_class_work_due", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    kind: Mapped[str]
    target: Mapped[str]
    audience: Mapped[str]
    due: Mapped[date]  # its last day
    note: Mapped[str] = mapped_column(default="", server_default="", info={"personal": "text"})
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # those who had not done it were reminded, once
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    set_by: Mapped[User | None] = relationship(foreign_keys=[set_by_id], lazy="raise_on_sql")
    changed_by: Mapped[User | None] = relationship(foreign_keys=[changed_by_id], lazy="raise_on_sql")

    @property
    def passed(self) -> bool:
        """Whether its day is over; it can still be done."""
        return self.due < clock.today()

    @property
    def archived(self) -> bool:
        """Whether it is shown no more."""
        return self.due + SHOWN_AFTER < clock.today()


class ClassWorkPupil(Model):
    """A pupil picked out for a work. One who has left the class is passed over."""

    __tablename__ = "class_work_pupil"

    work_id: Mapped[int] = mapped_column(sa.ForeignKey("class_work.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
