"""The tables of quiz questions and of tries."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class QuizQuestion(Model):
    """One question of a lesson's pool, as last loaded. Its key never leaves the server."""

    __tablename__ = "quiz_question"
    __table_args__ = (sa.UniqueConstraint("lesson_slug", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"), index=True)
    question_id: Mapped[str]
    position: Mapped[int]
    # {"step", "kind", "prompt", "options": [{"id", "text", "correct", "say"}],
    #  "translations": {language: {"prompt", "options": {option id: {"text", "say"}}}}}
    body: Mapped[dict[str, Any]]


class QuizTry(Model):
    """One try at a quiz: the questions, fixed when it begins, the answers and the result.

    A user has at most one open try for a lesson; a closed try is never reopened.
    """

    __tablename__ = "quiz_try"
    __table_args__ = (
        sa.Index("uq_quiz_try_open", "user_id", "lesson_slug", unique=True,
                 sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL")),
        sa.Index("ix_quiz_try_of", "user_id", "lesson_slug", "id"),
        sa.CheckConstraint("(closed_at IS NULL) = (passed IS NULL)", name="result"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who answered what"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), index=True)
    version: Mapped[int]
    questions: Mapped[list[Any]]  # as drawn, with their keys and in the order shown: [{"id", "step", …}]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {question id: [option ids]}
    right: Mapped[int | None]
    passed: Mapped[bool | None]
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
