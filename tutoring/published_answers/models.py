"""Tables of published answers: the answers, what both sides said, marks of readers and endorsements of teachers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.pairing.models import HelpRequest

ASKING, WAITING, RELEASED, RETURNED = "asking", "waiting", "released", "returned"
REFUSED, WITHDRAWN, LAPSED = "refused", "withdrawn", "lapsed"
STATES = (ASKING, WAITING, RELEASED, RETURNED, REFUSED, WITHDRAWN, LAPSED)
ENDED = (REFUSED, WITHDRAWN, LAPSED)  # without a text
WRITERS = ("pupil", "adult", "staff")


class PublishedAnswer(Model):
    """A short answer on a step of a lesson; one for each request.

    It is asking until both sides agree, then waiting for a teacher. A released one is public while it is not held and
    `check_by` lies ahead. An ended one has lost its text.
    """

    __tablename__ = "published_answer"
    __table_args__ = (
        value_check("state", *STATES),
        value_check("writer", *WRITERS),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'withdrawn', 'lapsed') OR (problem = '' AND answer = '' AND folded = '')",
            name="emptied",
        ),
        sa.CheckConstraint("state <> 'released' OR check_by IS NOT NULL", name="check_by"),
        sa.Index("ix_published_answer_of_step", "lesson_slug", "step_id", "state"),
        sa.Index("ix_published_answer_state", "state", "state_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), unique=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"))
    step_id: Mapped[str]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    problem: Mapped[str] = mapped_column(info={"personal": "text"})
    answer: Mapped[str] = mapped_column(info={"personal": "text"})
    folded_title: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # of the problem, for the search
    folded: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # of both
    writer: Mapped[str]  # how readers see the writer
    writer_grade: Mapped[int | None] = mapped_column(info={"personal": "grade"})  # of a pupil, when it was written
    state: Mapped[str] = mapped_column(default=ASKING)
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # why it was returned or refused
    step_digest: Mapped[str] = mapped_column(default="")  # of the step's text that the teacher read beside it
    check_by: Mapped[datetime | None]  # hidden from then on, until a teacher confirms it
    held_at: Mapped[datetime | None]  # hidden since a consent to help ended, which can still be undone

    request: Mapped[HelpRequest] = relationship(lazy="raise_on_sql")
    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    learner: Mapped[User] = relationship(foreign_keys=[learner_id], lazy="raise_on_sql")


class AnswerConsent(Model):
    """What one person said for one side: the person of that side, or a guardian. A new text is asked anew."""

    __tablename__ = "published_answer_consent"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("published_answer.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    yes: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class AnswerMark(Model):
    """A reader's mark: I had this too."""

    __tablename__ = "published_answer_mark"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("published_answer.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class AnswerEndorsement(Model):
    """A teacher or coordinator has read an answer and finds it right."""

    __tablename__ = "published_answer_endorsement"
    __table_args__ = (value_check("role", "teacher", "coordinator"),)

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("published_answer.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
