"""The table of practice runs.

An event holds nothing that a user typed, only values of the scenario itself (simulator.py).
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

MODES = ("together", "alone", "exam")  # the mode "watch" stores nothing
COUNTING_MODES = ("alone", "exam")  # modes in which a run can be passed


class PracticeRun(Model):
    """One run of a scenario by one user.

    The id may come from a device, so a run sent twice is stored once.
    """

    __tablename__ = "practice_run"
    __table_args__ = (
        value_check("mode", *MODES),
        sa.Index("ix_practice_run_of", "user_id", "scenario", "updated_at"),
        sa.Index("uq_practice_run_open", "user_id", "scenario", "mode", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who rehearses what"}
    )
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="SET NULL"), index=True)
    scenario: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]  # of the scenario's text; a changed text makes the run outdated
    mode: Mapped[str]
    in_part: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # begun at a later screen
    events: Mapped[list[Any]] = mapped_column(default=list)
    screen: Mapped[str]
    screen_at: Mapped[datetime] = mapped_column(default=clock.now)  # the time of arrival at this screen
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)  # at its last screen, or given up
    result: Mapped[dict[str, Any] | None]  # the result by skill (scoring.result_to_dict), set once at the last screen
    passed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The control that a helper points at. It is valid until the run has more events than `pointed_at`.
    pointed: Mapped[str] = mapped_column(default="", server_default="")
    pointed_at: Mapped[int] = mapped_column(default=0, server_default="0")
    pointed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    @property
    def done(self) -> bool:
        """Whether the run reached its last screen."""
        return self.result is not None
