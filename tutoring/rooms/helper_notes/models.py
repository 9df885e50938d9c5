"""The table of helpers' private notes on learners."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model


class HelperNote(Model):
    """What one helper wrote down about helping one learner. It is data about the learner (docs/ready-phrases.md)."""

    __tablename__ = "helper_note"

    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    worked: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # what has helped
    next_time: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    helper: Mapped[User] = relationship(foreign_keys=[helper_id])
