"""Tables of bulk imports and of planned unit mergers."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

IMPORT_KINDS = ("units", "mergers")
IMPORT_STATES = ("checking", "faulty", "ready", "writing", "done", "discarded")


class UnitImport(Model):
    """A file of units or mergers, checked as a whole and then written.

    Its text is stored until it is finished, so that the faulty lines can be returned. `done` of `total` lines are
    checked or written.
    """

    __tablename__ = "unit_import"
    __table_args__ = (value_check("kind", *IMPORT_KINDS), value_check("state", *IMPORT_STATES))

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)
    state: Mapped[str] = mapped_column(default="checking")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=0)  # how often the work on it was enqueued
    faults: Mapped[list[Any]] = mapped_column(default=list)  # [line, column, msgid, {facts}]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"new": 3, "changed": 1, "same": 0}
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]

    by: Mapped[User] = relationship()


class UnitMerger(Model):
    """From this date on, one unit is part of another of its kind.

    A unit has at most one planned merger.
    """

    __tablename__ = "unit_merger"
    __table_args__ = (
        sa.CheckConstraint("from_id <> into_id", name="two"),
        sa.CheckConstraint("done_at IS NULL OR cancelled_at IS NULL", name="end"),
        sa.Index("uq_unit_merger_planned", "from_id", unique=True, sqlite_where=sa.text("cancelled_at IS NULL"),
                 postgresql_where=sa.text("cancelled_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    into_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    on: Mapped[date] = mapped_column("on_day")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_id])
    into_unit: Mapped[Unit] = relationship(foreign_keys=[into_id])
