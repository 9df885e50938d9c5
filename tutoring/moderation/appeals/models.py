"""The table of appeals against moderation actions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.moderation.models import ModerationAction


class ActionAppeal(Model):
    """An appeal against a moderation action: one for each action, decided by another user."""

    __tablename__ = "act_appeal"
    __table_args__ = (
        value_check("outcome", "", "upheld", "overturned"),
        sa.CheckConstraint("(decided_at IS NULL) = (outcome = '')", name="decided"),
        sa.CheckConstraint("alarm BETWEEN 0 AND 2", name="alarm"),
    )

    act_id: Mapped[int] = mapped_column(sa.ForeignKey("desk_act.id", ondelete="CASCADE"), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL"), index=True, info={"personal": "who asked"}
    )
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    alarm: Mapped[int] = mapped_column(default=0)  # who was alerted: 1 coordinators, 2 also site admins
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    act: Mapped[ModerationAction] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
