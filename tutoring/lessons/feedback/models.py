"""The table of feedback on steps. It holds no user, only what was said about which step."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

REASONS = ("", "words", "screen", "picture", "long", "failed")


class StepFeedback(Model):
    """One yes or no to "was this useful?".

    The id comes from the page, so an answer sent twice counts once.
    """

    __tablename__ = "step_feedback"
    __table_args__ = (value_check("reason", *REASONS), sa.Index("ix_step_feedback_of", "lesson_slug", "step_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"))
    step_id: Mapped[str]
    version: Mapped[int]
    useful: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")  # from a closed list, because free text could name a person
    at: Mapped[datetime] = mapped_column(default=clock.now)
