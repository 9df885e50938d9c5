"""The tables of learners' progress and answers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

CONFIRMED = ("", "quiz", "practised", "witnessed")  # from the weakest to the strongest


class LessonProgress(Model):
    """The progress of a learner in a lesson."""

    __tablename__ = "lesson_progress"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "lesson_slug"),
        value_check("state", "started", "finished"),
        value_check("confirmed", *CONFIRMED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who learns what"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), index=True)
    version: Mapped[int]  # the version of the lesson at the last visit
    step_id: Mapped[str]  # the current step
    furthest: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="started")
    seconds: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    finished_version: Mapped[int | None]
    # The evidence beyond the learner's own statement: quiz, practice portal, or a witness.
    confirmed: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def mastery(self) -> str:
        """self, quiz, practised or witnessed; empty while the lesson is not finished."""
        return self.confirmed or ("self" if self.state == "finished" else "")


class StepDone(Model):
    """A step that a learner has completed."""

    __tablename__ = "lesson_step_done"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who learns what"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), primary_key=True)
    step_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Attempt(Model):
    """One answer to a checkpoint; it is never changed.

    The client creates the id, so an answer sent twice counts once.
    """

    __tablename__ = "lesson_attempt"
    __table_args__ = (sa.Index("ix_lesson_attempt_of", "user_id", "lesson_slug", "checkpoint_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who answered what"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), index=True)
    version: Mapped[int]
    step_id: Mapped[str]
    checkpoint_id: Mapped[str]
    correct: Mapped[bool]
    answer: Mapped[str]  # ids of the chosen options; never typed text
    hints_used: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class TaughtBack(Model):
    """A line of a lesson's "dạy lại cho con" list that a parent has ticked."""

    __tablename__ = "lesson_taught_back"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who teaches what at home"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True)  # digest of its text, so that a changed line is unticked
    at: Mapped[datetime] = mapped_column(default=clock.now)
