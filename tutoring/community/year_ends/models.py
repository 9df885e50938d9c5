"""Tables of the end of a school year: the plan of a school, its classes, exceptions, and what was moved."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check


class YearEnd(Model):
    """The move of a school into a school year: planned, done, or undone. A school has one plan at a time."""

    __tablename__ = "year_end"
    __table_args__ = (
        value_check("state", "planned", "done", "undone"),
        sa.Index("uq_year_end_planned", "school_id", unique=True, sqlite_where=sa.text("state = 'planned'"),
                 postgresql_where=sa.text("state = 'planned'")),
        sa.Index("uq_year_end_done", "school_id", "school_year", unique=True, sqlite_where=sa.text("state = 'done'"),
                 postgresql_where=sa.text("state = 'done'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"))
    school_year: Mapped[str]  # the new one
    teachers_stay: Mapped[bool] = mapped_column(default=False)  # with the name of their class, not with its pupils
    state: Mapped[str] = mapped_column(default="planned")
    version: Mapped[int] = mapped_column(default=1)  # of the plan; each change counts on
    planned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)  # the plan, or when it was carried out
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    done_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # since then it cannot be undone, and those who left are no members

    school: Mapped[Unit] = relationship()
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    planned_by: Mapped[User | None] = relationship(foreign_keys=[planned_by_id])


class YearEndClass(Model):
    """A class of the plan: an old one with what becomes of it, or a new one of the lowest grade (`unit_id` is None)."""

    __tablename__ = "year_end_class"
    __table_args__ = (sa.UniqueConstraint("year_end_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_end_id: Mapped[int] = mapped_column(sa.ForeignKey("year_end.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(default="")
    grade: Mapped[int | None]
    leaves: Mapped[bool] = mapped_column(default=False)  # its pupils leave the school
    into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="SET NULL"), index=True)

    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])


class YearEndChoice(Model):
    """A member who does not go where the class goes: to another class of the plan, or out of the school (None)."""

    __tablename__ = "year_end_choice"
    __table_args__ = (sa.UniqueConstraint("year_end_id", "membership_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_end_id: Mapped[int] = mapped_column(sa.ForeignKey("year_end.id", ondelete="CASCADE"))
    membership_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id", ondelete="CASCADE"), index=True)
    class_id: Mapped[int | None] = mapped_column(sa.ForeignKey("year_end_class.id", ondelete="CASCADE"), index=True)


class YearEndMove(Model):
    """A membership that ended in an old class and goes on in a new one; the way back needs both."""

    __tablename__ = "year_end_move"
    __table_args__ = (sa.UniqueConstraint("year_end_id", "old_id", "new_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_end_id: Mapped[int] = mapped_column(sa.ForeignKey("year_end.id", ondelete="CASCADE"))
    old_id: Mapped[int] = mapped_column(sa.ForeignKey("membership.id", ondelete="CASCADE"), index=True)
    new_id: Mapped[int | None] = mapped_column(sa.ForeignKey("membership.id", ondelete="SET NULL"), index=True)
    state_was: Mapped[str]
    grade_was: Mapped[int | None] = mapped_column(info={"personal": "grade"})  # of a pupil's account

    old: Mapped[Membership] = relationship(foreign_keys=[old_id])
    new: Mapped[Membership | None] = relationship(foreign_keys=[new_id])
