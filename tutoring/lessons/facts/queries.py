"""Facts that lessons refer to by {fact:…}, and their edits over content/facts.yml.

An edit is shown at once and has a history.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, overrides
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.content import SOURCE_FILE
from tutoring.lessons.content.fact_placeholders import facts_named_in
from tutoring.lessons.content.facts_export import written
from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.schema import Fact
from tutoring.lessons.proposals.queries import published_texts
from tutoring.lessons.site_settings import FACTS_OLD_AFTER

AREA = "fact"


def held(fact: Fact, base: Fact) -> dict[str, Any]:
    """Returns an edited fact as stored, with a digest of the file's fact at that time."""
    return {"fact": fact.model_dump(mode="json"), "base": digest("", base)}


def fact_in(value: Mapping[str, Any]) -> Fact:
    """Returns the fact in a stored value."""
    return Fact.model_validate_json(json.dumps(value["fact"]))  # dates are stored as text


def digest(key: str, fact: Fact) -> str:
    """Returns a digest that changes with every part of a fact in the file."""
    return hashlib.sha256("\n".join(written(key, fact)).encode()).hexdigest()[:16]


def kept_now() -> dict[str, Any]:
    """Returns the stored edited facts as they are in the database now."""
    query = sa.select(overrides.Override.name, overrides.Override.value).where(overrides.Override.area == AREA)
    return {name: value for name, value in db.session.execute(query) if value is not None}


def edited() -> dict[str, Fact]:
    """Returns the facts that replace those of the file."""
    return {name: fact_in(value) for name, value in kept_now().items()}


@dataclass(frozen=True)
class FactStatus:
    """A fact as it is shown now. `torn`: the file changed too since the fact was edited here."""

    key: str
    fact: Fact
    version: int
    edited: bool
    torn: bool
    lessons: tuple[tuple[str, str], ...]  # slug and title of the lessons that show it

    @property
    def old(self) -> bool:
        return is_old(self.fact, clock.today())


def is_old(fact: Fact, today: date) -> bool:
    """Returns whether the fact is so old that staff should check it again."""
    return max(fact.as_of, fact.verified_on or fact.as_of) < today - timedelta(days=FACTS_OLD_AFTER())


def users_of(folder: Path, keys: set[str]) -> dict[str, list[str]]:
    """Returns by fact the slugs of the lessons that refer to it, in any language."""
    published = published_texts()
    found: dict[str, list[str]] = {key: [] for key in keys}
    for slug in db.session.scalars(sa.select(Lesson.slug).where(Lesson.retired_at.is_(None)).order_by(Lesson.slug)):
        place = folder / "lessons" / slug
        texts = [one.read_text("utf-8", "replace") for one in sorted(place.glob("*.md")) if one.name != "vi.md"]
        shown = slug, SOURCE_FILE
        source = published[shown].text if shown in published else _read(place / SOURCE_FILE)
        whole = "\n".join([source, *texts])
        for key in keys & facts_named_in(whole):
            found[key].append(slug)
    return found


def _read(file: Path) -> str:
    return file.read_text("utf-8", "replace") if file.is_file() else ""


def listed(folder: Path, language: str) -> list[FactStatus]:
    """Returns every fact: old ones first, then unverified ones, then by date and name."""
    shipped, here = facts_of(folder), kept_now()
    query = sa.select(overrides.Override.name, overrides.Override.version).where(overrides.Override.area == AREA)
    versions = {row.name: row.version for row in db.session.execute(query)}
    titles = {row.slug: row.texts for row in db.session.execute(sa.select(Lesson.slug, Lesson.texts))}
    users = users_of(folder, set(shipped))
    found = []
    for key, base in shipped.items():
        value = here.get(key)
        lessons = tuple((slug, (titles[slug].get(language) or titles[slug]["vi"])["title"]) for slug in users[key])
        fact = fact_in(value) if value else base
        torn = value is not None and value["base"] != digest("", base) and fact != base
        found.append(FactStatus(key, fact, versions.get(key, 0), value is not None, torn, lessons))
    return sorted(found, key=lambda one: (not one.old, one.fact.verified_on is not None, one.fact.as_of, one.key))


def one(folder: Path, key: str, language: str) -> FactStatus | None:
    """Returns one of these facts, or None."""
    return next((known for known in listed(folder, language) if known.key == key), None)


def count_old(folder: Path) -> int:
    """Returns the number of facts that should be checked again."""
    here = edited()
    return sum(is_old(here.get(key, base), clock.today()) for key, base in facts_of(folder).items())
