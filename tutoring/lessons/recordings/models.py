"""The tables of recorded sentences, and of the steps that are joined from them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

WAITING, RELEASED, RETURNED = "waiting", "released", "returned"


class SentenceRecording(Model):
    """One sentence of a step, read by a teacher. A released one may stand beside one that waits to replace it."""

    __tablename__ = "sentence_recording"
    __table_args__ = (
        value_check("state", WAITING, RELEASED, RETURNED),
        sa.UniqueConstraint("lesson_slug", "step_id", "lang", "sentence", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"))
    step_id: Mapped[str]
    lang: Mapped[str]
    sentence: Mapped[str]  # digest of its text: a changed sentence has no recording
    state: Mapped[str] = mapped_column(default=WAITING)
    milliseconds: Mapped[int]
    opus: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    aac: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    gone_since: Mapped[datetime | None]  # the night that first missed its sentence in the lesson
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # why it came back


class StepRecording(Model):
    """All sentences of a step in one language, joined; only while every sentence has a released recording."""

    __tablename__ = "step_recording"
    __table_args__ = (sa.UniqueConstraint("lesson_slug", "step_id", "lang"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"))
    step_id: Mapped[str]
    lang: Mapped[str]
    text_digest: Mapped[str]  # of the text that is read: a changed step is not played
    parts: Mapped[str]  # the ids of its sentences' recordings
    milliseconds: Mapped[int]
    opus: Mapped[bytes] = mapped_column(deferred=True)
    aac: Mapped[bytes] = mapped_column(deferred=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
