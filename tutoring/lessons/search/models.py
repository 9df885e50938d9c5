"""The tables of the search: documents, synonyms and failed searches."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel.db import Model


class SearchDocument(Model):
    """A searchable document: a lesson (step_number 0) or one of its steps, in one language.

    The folded columns hold unaccented syllables with a blank before and after each; the keys hold them with
    accents. tutoring/lessons/search/index.py describes how each database indexes them.
    """

    __tablename__ = "lesson_search"
    __table_args__ = (sa.UniqueConstraint("lang", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson.slug", ondelete="CASCADE"), index=True)
    step_number: Mapped[int]
    lang: Mapped[str]
    place: Mapped[int]  # the order of the catalogue: path, lesson, step
    title: Mapped[str]
    body: Mapped[str]
    folded_title: Mapped[str]
    folded_aliases: Mapped[str]  # one line for each alias
    folded: Mapped[str]  # title, aliases and body
    title_keys: Mapped[str]
    keys: Mapped[str]


class SearchSynonym(Model):
    """Folded words with the same meaning in a search."""

    __tablename__ = "lesson_synonym"

    term: Mapped[str] = mapped_column(primary_key=True)
    means: Mapped[list[Any]]


class SearchMiss(Model):
    """A search without a result, and how often it occurred on a day; the user is never stored."""

    __tablename__ = "lesson_search_miss"

    day: Mapped[date] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)  # folded, shortened, digits hidden
    times: Mapped[int] = mapped_column(default=1)
