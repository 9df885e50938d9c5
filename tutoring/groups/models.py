"""Tables of neighbourhood and ward pages: announcements, lessons of a month, tasks of members."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.groups import MOST_LESSONS, TASK_STATES


def _only_one(name: str, where: str, *columns: str) -> sa.Index:
    """Builds a partial unique index over the rows that match a condition."""
    return sa.Index(name, *columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class GroupPost(Model):
    """An announcement of a neighbourhood or ward.

    At most one of a unit is pinned, and its members are notified of at most one a day (`told_on`). A withdrawn
    announcement can be restored. `version` detects edits from an outdated page.
    """

    __tablename__ = "group_post"
    __table_args__ = (
        sa.Index("ix_group_post_unit_id", "unit_id", "id"),
        _only_one("uq_group_post_pinned", "pinned", "unit_id"),
        _only_one("uq_group_post_told", "told_on IS NOT NULL", "unit_id", "told_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(info={"personal": "text"})
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    until: Mapped[date | None]  # the last day on which it is shown
    pinned: Mapped[bool] = mapped_column(default=False)
    told_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    author: Mapped[User] = relationship()

    @property
    def over(self) -> bool:
        """Whether the last day of showing it has passed."""
        return self.until is not None and self.until < clock.today()


class GroupLesson(Model):
    """A lesson that a unit studies together in a month, with its position."""

    __tablename__ = "group_lesson"
    __table_args__ = (
        sa.CheckConstraint(f"position BETWEEN 1 AND {MOST_LESSONS}", name="position"),
        sa.UniqueConstraint("unit_id", "month", "position"),
    )

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), primary_key=True)
    position: Mapped[int]


class GroupTask(Model):
    """A task of a unit.

    Its staff are assigned directly. Other adults are asked, and have the task once they accept (`agreed`). `version`
    counts changes and detects edits from an outdated page.
    """

    __tablename__ = "group_task"
    __table_args__ = (
        value_check("state", *TASK_STATES),
        sa.CheckConstraint("assignee_id IS NOT NULL OR NOT agreed", name="agreed"),
        sa.Index("ix_group_task_unit_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(info={"personal": "text"})
    details: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    due: Mapped[date | None]
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    agreed: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])

    @property
    def overdue(self) -> bool:
        """Whether the due day has passed and the task is not finished."""
        return self.due is not None and self.due < clock.today() and self.state in ("open", "doing")
