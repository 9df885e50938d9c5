"""The tables of paths, lessons and steps, as last loaded from content/."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.kernel import clock
from tutoring.kernel.db import Model

SOURCE = "vi"


def in_language(texts: dict[str, Any], lang: str) -> Any:
    """Returns the entry for this language, or the Vietnamese one, which always exists."""
    return texts.get(lang) or texts[SOURCE]


class LessonPath(Model):
    """An ordered row of lessons on one subject."""

    __tablename__ = "lesson_path"

    slug: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    texts: Mapped[dict[str, Any]]  # {language: {"title", "summary"}}
    picture: Mapped[str] = mapped_column(default="", server_default="")
    hue: Mapped[str] = mapped_column(default="", server_default="")
    retired_at: Mapped[datetime | None]

    def title(self, lang: str) -> str:
        return str(in_language(self.texts, lang)["title"])

    def summary(self, lang: str) -> str:
        return str(in_language(self.texts, lang)["summary"])


class Lesson(Model):
    """A lesson as last loaded.

    A lesson that left content/ is retired and keeps its learners' progress.
    """

    __tablename__ = "lesson"
    __table_args__ = (sa.CheckConstraint("level BETWEEN 1 AND 3", name="level"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    path_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson_path.slug"), index=True)
    position: Mapped[int]
    version: Mapped[int]
    level: Mapped[int]  # the skill level that a helper on this lesson must hold
    minutes: Mapped[int]
    picture: Mapped[str] = mapped_column(default="", server_default="")
    content_hash: Mapped[str]
    texts: Mapped[dict[str, Any]]  # {language: {"title", "summary"}}
    outline: Mapped[list[Any]]  # [{"id": step id, "titles": {language: title}, …}] in order; progress/split_steps.py
    facts: Mapped[dict[str, Any]]  # shown on the overview: teaches, requires, sources, review, media …
    recordings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # {step id: {language: …}}
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # {step id: how many are shown}
    loaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]

    path: Mapped[LessonPath] = relationship(lazy="raise")

    def title(self, lang: str) -> str:
        """Returns the title in this language, or in Vietnamese."""
        return str(in_language(self.texts, lang)["title"])

    def summary(self, lang: str) -> str:
        """Returns what a learner can do after this lesson, in this language or in Vietnamese."""
        return str(in_language(self.texts, lang)["summary"])

    @property
    def step_count(self) -> int:
        return len(self.outline)

    @property
    def rehearsed_first(self) -> bool:
        """Whether a learner must practise before a witness may confirm the lesson."""
        return bool(self.facts.get("practises"))

    def step_titles(self, lang: str) -> list[str]:
        """Returns the titles of all steps, each in this language or in Vietnamese."""
        return [str(in_language(step["titles"], lang)) for step in self.outline]

    def step_id(self, number: int) -> str | None:
        """Returns the permanent id of step 1, 2, 3 …, or None."""
        return str(self.outline[number - 1]["id"]) if 1 <= number <= self.step_count else None

    def number_of(self, step_id: str) -> int | None:
        """Returns the number of a step in the present version, or None when it is gone."""
        return next((n for n, step in enumerate(self.outline, 1) if step["id"] == step_id), None)


class LessonStep(Model):
    """One step of a loaded lesson, in each language that has it."""

    __tablename__ = "lesson_step"
    __table_args__ = (sa.UniqueConstraint("lesson_slug", "step_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"), index=True)
    step_id: Mapped[str]
    position: Mapped[int]  # 1, 2, 3 …
    texts: Mapped[dict[str, Any]]  # {language: {"title", "html", "blocks"}}


class ContentNote(Model):
    """A fault in a file of content/ at the last load.

    Editors see the fault; learners see the last good version.
    """

    __tablename__ = "content_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str]
    line: Mapped[int]
    say: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
