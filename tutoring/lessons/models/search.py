"""What the search looks through, and what it did not find."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel.db import Model


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


class SearchMiss(Model):
    """What was searched in vain on a day, and how often; never by whom."""

    __tablename__ = "lesson_search_miss"

    day: Mapped[date] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)  # folded, cut, digits hidden
    times: Mapped[int] = mapped_column(default=1)
