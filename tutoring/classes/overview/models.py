"""The table of nudges: a teacher asked a stuck pupil whether to call a helper."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class ClassNudge(Model):
    """One question of a teacher to a pupil who is stuck; at most one for each pupil and day."""

    __tablename__ = "class_nudge"
    __table_args__ = (sa.UniqueConstraint("pupil_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who was asked about what"}
    )
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), index=True)
    day: Mapped[date] = mapped_column(default=clock.today)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
