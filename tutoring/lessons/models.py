"""Tables of the lesson bank: what content/ holds, as last loaded, and what people did with it.

What people did points to lessons and steps by their permanent words (slug, step id), never to a row of one
version, so it survives every reload of the content.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.kernel import clock
from tutoring.kernel.db import Model, one_of

LEVELS = {1: "quiz", 2: "practised", 3: "witnessed"}
SOURCE = "vi"


def in_language(texts: dict[str, Any], lang: str) -> Any:
    """The entry for this language, or the Vietnamese one, which always exists."""
    return texts.get(lang) or texts[SOURCE]


class LessonPath(Model):
    """An ordered row of lessons on one subject."""

    __tablename__ = "lesson_path"

    slug: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    texts: Mapped[dict[str, Any]]  # {language: {"title", "summary"}}
    retired_at: Mapped[datetime | None]

    def title(self, lang: str) -> str:
        return str(in_language(self.texts, lang)["title"])

    def summary(self, lang: str) -> str:
        return str(in_language(self.texts, lang)["summary"])


class Lesson(Model):
    """One lesson as last loaded; one that left content/ is retired and keeps its learners' progress."""

    __tablename__ = "lesson"
    __table_args__ = (sa.CheckConstraint("level BETWEEN 1 AND 3", name="level"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    path_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson_path.slug"), index=True)
    position: Mapped[int]
    version: Mapped[int]
    level: Mapped[int]  # the skill level that a helper on this lesson must hold
    minutes: Mapped[int]
    content_hash: Mapped[str]
    texts: Mapped[dict[str, Any]]  # {language: {"title", "summary"}}
    outline: Mapped[list[Any]]  # [{"id": step id, "titles": {language: title}}] in order
    facts: Mapped[dict[str, Any]]  # what the overview shows: teaches, requires, sources, review, media …
    loaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]

    path: Mapped[LessonPath] = relationship(lazy="raise")

    def title(self, lang: str) -> str:
        """The title in this language, or in Vietnamese."""
        return str(in_language(self.texts, lang)["title"])

    def summary(self, lang: str) -> str:
        """What one can do after this lesson, in this language or in Vietnamese."""
        return str(in_language(self.texts, lang)["summary"])

    @property
    def step_count(self) -> int:
        return len(self.outline)

    def step_titles(self, lang: str) -> list[str]:
        """Titles of all steps, each in this language or in Vietnamese."""
        return [str(in_language(step["titles"], lang)) for step in self.outline]

    def step_id(self, number: int) -> str | None:
        """The permanent id of step 1, 2, 3 …, or None."""
        return str(self.outline[number - 1]["id"]) if 1 <= number <= self.step_count else None

    def number_of(self, step_id: str) -> int | None:
        """Where a step stands in the present version, or None when it is gone."""
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


class Skill(Model):
    """A topic that people learn and help with; its id stands in content/skills.yml."""

    __tablename__ = "skill"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]  # {language: name}
    retired_at: Mapped[datetime | None]

    def name(self, lang: str) -> str:
        return str(in_language(self.names, lang))


class SearchDocument(Model):
    """What the search looks through: a lesson (step_number 0) or one of its steps, in one language.

    `folded` is title and body as unaccented words with a blank before and after each, so that a word is found
    by LIKE in the same way on every database.
    """

    __tablename__ = "lesson_search"
    __table_args__ = (sa.Index("ix_lesson_search_lang", "lang", "lesson_slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"), index=True)
    step_number: Mapped[int]
    lang: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    aliases: Mapped[str] = mapped_column(default="")
    folded: Mapped[str]


class SearchSynonym(Model):
    """Folded words that mean the same in a search."""

    __tablename__ = "lesson_synonym"

    term: Mapped[str] = mapped_column(primary_key=True)
    means: Mapped[list[Any]]


class LessonProgress(Model):
    """How far a person is in a lesson."""

    __tablename__ = "lesson_progress"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "lesson_slug"),
        one_of("state", "started", "finished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who learns what"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), index=True)
    version: Mapped[int]  # of the lesson when it was last touched
    step_id: Mapped[str]  # where the person is
    furthest: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="started")
    seconds: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    finished_version: Mapped[int | None]


class StepDone(Model):
    """A step that a person has gone through."""

    __tablename__ = "lesson_step_done"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who learns what"}
    )
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug"), primary_key=True)
    step_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Attempt(Model):
    """One answer to a checkpoint, never changed. Its id comes with it, so one sent twice counts once."""

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
    answer: Mapped[str]  # ids of the options chosen; never typed text
    hints_used: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class SkillGrant(Model):
    """A skill that a person holds, on somebody's word. At most one is in force for a person and skill."""

    __tablename__ = "skill_grant"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        sa.CheckConstraint("user_id <> granted_by_id", name="not_by_oneself"),
        sa.Index("uq_skill_grant_in_force", "user_id", "skill_id", unique=True,
                 sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL")),
        sa.Index("ix_skill_grant_holders", "skill_id", "level"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "skills"}
    )
    skill_id: Mapped[str] = mapped_column(sa.ForeignKey("skill.id"))
    level: Mapped[int]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
