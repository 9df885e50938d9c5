"""The tables of editors, proposals, and texts published in the browser."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.lessons.content import QUIZ_FILE, SOURCE_FILE

FILES = (SOURCE_FILE, QUIZ_FILE)
PROPOSED = ("draft", "submitted", "returned", "published", "withdrawn")


class LessonEditor(Model):
    """A teacher or coordinator whom a coordinator named to review and publish lessons."""

    __tablename__ = "lesson_editor"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    named_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    named_at: Mapped[datetime] = mapped_column(default=clock.now)


class Proposal(Model):
    """A new lesson or a change to one; only a second person can publish it."""

    __tablename__ = "lesson_proposal"
    __table_args__ = (
        value_check("state", *PROPOSED),
        value_check("file", *FILES),
        sa.CheckConstraint("author_id <> reviewer_id", name="second_person"),
        sa.CheckConstraint("state <> 'published' OR reviewer_id IS NOT NULL", name="reviewed"),
        sa.Index("ix_lesson_proposal_state", "state", "updated_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    lesson_slug: Mapped[str]
    file: Mapped[str] = mapped_column(default=SOURCE_FILE, server_default=SOURCE_FILE)
    step_id: Mapped[str | None]  # None: the whole file
    base_hash: Mapped[str]  # of the text that the author began from; empty for a new file
    text: Mapped[str]  # Markdown of the step, or the whole file
    note: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    state: Mapped[str] = mapped_column(default="draft")
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    review_note: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    reviewed_at: Mapped[datetime | None]


class PublishedText(Model):
    """A file of a lesson as published in the browser.

    It replaces the file until the file holds the same text.
    """

    __tablename__ = "lesson_published"
    __table_args__ = (value_check("file", *FILES),)

    lesson_slug: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True, default=SOURCE_FILE, server_default=SOURCE_FILE)
    text: Mapped[str]
    base_hash: Mapped[str]  # of the file at the time of publication; empty when there was none
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson_proposal.id"))
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
