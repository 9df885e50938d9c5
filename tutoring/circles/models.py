"""Tables of circles: topics, answers, helpful marks, wishes for a session, lesson suggestions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.lessons.proposals.models import Proposal
from tutoring.pairing.group_sessions.models import GroupSession

WORDS = ("asked", "agreed", "declined")  # the reply of an answer's author to making a lesson of it


def _hidden() -> sa.CheckConstraint:
    """Constrains `hidden_by_id` to be set exactly when the row is hidden."""
    return sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name="hidden")


class Topic(Model):
    """A question to the circle of a class or school.

    It stays searchable. `active_at` is the time of the question or of its latest answer.
    """

    __tablename__ = "circle_topic"
    __table_args__ = (_hidden(), sa.Index("ix_circle_topic_of_unit", "unit_id", "active_at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    lesson_slug: Mapped[str | None]
    title: Mapped[str] = mapped_column(info={"personal": "text"})
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    folded_title: Mapped[str] = mapped_column(info={"personal": "text"})  # folded words, as search uses them
    folded: Mapped[str] = mapped_column(info={"personal": "text"})  # of title and text
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    active_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    edited_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    hidden_why: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("group_session.id", ondelete="SET NULL"), index=True)

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    session: Mapped[GroupSession | None] = relationship(lazy="raise_on_sql")


class Answer(Model):
    """An answer to a topic; staff pin at most one answer of each topic."""

    __tablename__ = "circle_answer"
    __table_args__ = (
        _hidden(),
        sa.Index("uq_circle_answer_pinned", "topic_id", unique=True,
                 sqlite_where=sa.text("pinned_at IS NOT NULL"), postgresql_where=sa.text("pinned_at IS NOT NULL")),
        sa.Index("ix_circle_answer_topic_id", "topic_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("circle_topic.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    folded: Mapped[str] = mapped_column(info={"personal": "text"})
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(index=True)
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    hidden_why: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")
    author: Mapped[User] = relationship(foreign_keys=[author_id])


class AnswerHelped(Model):
    """A user's mark that an answer helped."""

    __tablename__ = "circle_helped"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("circle_answer.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class LiveWish(Model):
    """A user's wish for a live session about a topic, and the session that followed."""

    __tablename__ = "circle_wish"

    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("circle_topic.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("group_session.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ToLesson(Model):
    """An answer that may become a lesson: its author's reply and the proposal made from it.

    The proposal itself holds its progress.
    """

    __tablename__ = "circle_to_lesson"
    __table_args__ = (
        value_check("said", *WORDS),
        sa.CheckConstraint("proposal_id IS NULL OR said = 'agreed'", name="agreed"),
    )

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("circle_answer.id", ondelete="CASCADE"), primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    said: Mapped[str] = mapped_column(default="asked")
    said_at: Mapped[datetime | None]
    signed: Mapped[bool] = mapped_column(default=False)  # with the author's display name
    proposal_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("lesson_proposal.id", ondelete="SET NULL"), index=True
    )

    proposal: Mapped[Proposal | None] = relationship(lazy="raise_on_sql")
    answer: Mapped[Answer] = relationship(lazy="raise_on_sql")
