"""The claims of the lessons as they stand, in the order in which to check them, and their checks.

Claims are the facts of facts.yml with their edits, the sources that lessons name, and what lessons list as unverified.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.claims.models import SAME, ClaimCheck
from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.schema import Fact
from tutoring.lessons.content.types import SOURCE as SOURCE_LANGUAGE
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.progress.models import LessonProgress, StepDone

FACT, SOURCE, UNVERIFIED = "fact", "source", "unverified"
_kept: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] | None = None  # hashes of lessons, claims


@dataclass(frozen=True)
class ClaimPlace:
    """A lesson, or one of its steps, that makes a claim."""

    slug: str
    title: str
    step: int | None = None


@dataclass(frozen=True)
class Claim:
    """A claim with its source and its checks, the newest first.

    `readers` orders claims and is not shown. `wording` changes with the claim.
    """

    key: str
    kind: str
    text: str
    source: str
    date: str  # of a source, as written: 2026-11-24, or ""; of a fact, the day of writing
    url: str
    places: tuple[ClaimPlace, ...]
    readers: int = 0
    checks: tuple[ClaimCheck, ...] = ()
    text_en: str = ""  # the English value of a fact, if it has one
    meaning: str = ""  # what a fact is the number or name of

    @property
    def wording(self) -> str:
        english = (self.text_en,) if self.text_en else ()
        return _digest(self.kind, self.text, self.source, self.date, self.url, *english)

    @property
    def check(self) -> ClaimCheck | None:
        """The newest check of this wording, or None."""
        return next((one for one in self.checks if one.wording == self.wording), None)

    @property
    def is_open(self) -> bool:
        """Whether nobody has found this wording to be as its source says."""
        return self.check is None or self.check.verdict != SAME


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def claims(folder: Path, lang: str) -> list[Claim]:
    """Returns all claims: open ones first, then by how many people read them."""
    rows = list(db.session.scalars(sa.select(Lesson).where(Lesson.retired_at.is_(None)).order_by(Lesson.slug)))
    lessons = {row.slug: row for row in rows}
    readers = count_readers()
    found = [*_facts(folder, lessons, lang), *_sources(rows, lang), *_unverified(rows, lang)]
    checks = _checks()
    whole = [
        replace(one, readers=sum(readers[place.slug, _step(lessons, place)] for place in one.places),
                checks=checks.get(one.key, ()))
        for one in found
    ]  # fmt: skip
    return sorted(whole, key=lambda one: (not one.is_open, -one.readers, one.key))


def count_open_claims(folder: Path) -> int:
    """Counts the open claims; cheaper than listing them: three queries, without readers and places of facts."""
    newest: dict[tuple[str, str], str] = {}  # of a claim and its wording: the verdict of the last check
    columns = (ClaimCheck.claim, ClaimCheck.wording, ClaimCheck.verdict)
    for claim, wording, verdict in db.session.execute(sa.select(*columns).order_by(ClaimCheck.id)):
        newest[claim, wording] = verdict
    facts = (_fact(key, fact) for key, fact in current_facts(folder).items())
    found = (*((one.key, one.wording) for one in facts), *_lesson_claims())
    return sum(newest.get(one) != SAME for one in found)


def _lesson_claims() -> tuple[tuple[str, str], ...]:
    """Returns key and wording of the claims of all lessons; cached until a lesson changes, in whichever process."""
    global _kept
    columns = sa.select(Lesson.slug, Lesson.content_hash).where(Lesson.retired_at.is_(None)).order_by(Lesson.slug)
    hashes = tuple((slug, content_hash) for slug, content_hash in db.session.execute(columns))
    if _kept is not None and _kept[0] == hashes:
        return _kept[1]
    rows = list(db.session.scalars(sa.select(Lesson).where(Lesson.retired_at.is_(None)).order_by(Lesson.slug)))
    found = tuple(
        (one.key, one.wording) for one in (*_sources(rows, SOURCE_LANGUAGE), *_unverified(rows, SOURCE_LANGUAGE))
    )
    # Between the two queries a lesson can change: then its claims do not belong to these hashes.
    if tuple((row.slug, row.content_hash) for row in rows) == hashes:
        _kept = hashes, found
    return found


def count_readers() -> Counter[tuple[str, str]]:
    """Counts how many people were in a lesson (step "") and how many have done a step of it."""
    found: Counter[tuple[str, str]] = Counter()
    begun = sa.select(LessonProgress.lesson_slug, sa.func.count()).group_by(LessonProgress.lesson_slug)
    for slug, people in db.session.execute(begun):
        found[slug, ""] = people
    columns = (StepDone.lesson_slug, StepDone.step_id)
    for slug, step_id, people in db.session.execute(sa.select(*columns, sa.func.count()).group_by(*columns)):
        found[slug, step_id] = people
    return found


def _step(lessons: Mapping[str, Lesson], place: ClaimPlace) -> str:
    return lessons[place.slug].step_id(place.step) or "" if place.step else ""


def _checks() -> dict[str, tuple[ClaimCheck, ...]]:
    found: dict[str, list[ClaimCheck]] = defaultdict(list)
    for row in db.session.scalars(sa.select(ClaimCheck).order_by(ClaimCheck.id.desc())):
        found[row.claim].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def current_facts(folder: Path) -> dict[str, Fact]:
    """Returns the facts as lessons show them."""
    edited = facts_queries.edited()
    return {key: edited.get(key, fact) for key, fact in facts_of(folder).items()}


def _fact(key: str, fact: Fact, places: Sequence[ClaimPlace] = ()) -> Claim:
    return Claim(
        f"{FACT}:{key}", FACT, fact.value.vi, fact.source, fact.as_of.isoformat(), fact.source_url or "",
        tuple(places), text_en=fact.value.en or "", meaning=fact.meaning.vi if fact.meaning else "",
    )  # fmt: skip


def _facts(folder: Path, lessons: Mapping[str, Lesson], lang: str) -> Iterator[Claim]:
    facts = current_facts(folder)
    users = facts_queries.users_of(folder, set(facts))
    for key, fact in facts.items():
        yield _fact(key, fact, [ClaimPlace(slug, lessons[slug].title(lang)) for slug in users[key] if slug in lessons])


def _sources(rows: Sequence[Lesson], lang: str) -> Iterator[Claim]:
    """Yields each source once, with the lessons that name it."""
    found: dict[str, Claim] = {}
    for row in rows:
        for source in row.facts.get("sources", ()):
            title = ", ".join(str(source[part]) for part in ("publisher", "title", "ref") if source.get(part))
            text, url = source.get("says") or title or source["url"], source.get("url") or ""
            key = f"{SOURCE}:{_digest(title, url, text)}"
            place = ClaimPlace(row.slug, row.title(lang))
            before = found.get(key) or Claim(key, SOURCE, text, title or url, source.get("date") or "", url, ())
            found[key] = replace(before, places=(*before.places, place))
    yield from found.values()


def _unverified(rows: Sequence[Lesson], lang: str) -> Iterator[Claim]:
    for row in rows:
        for claim in row.facts.get("unverified", ()):
            number = row.number_of(claim["step"]) if claim["step"] else None
            key = f"{UNVERIFIED}:{row.slug}:{_digest(claim['what'])}"
            place = ClaimPlace(row.slug, row.title(lang), number)
            yield Claim(key, UNVERIFIED, claim["what"], "", "", _first_url(row.facts), (place,))


def _first_url(facts: Mapping[str, Any]) -> str:
    """Returns the first address among the sources of a lesson: where to look for what it could not check."""
    return next((str(one["url"]) for one in facts.get("sources", ()) if one.get("url")), "")


@dataclass(frozen=True)
class PublicFact:
    """A fact as all visitors see it, with the lessons that use it, and its last check.

    `lang` is the language of the meaning and the value, `written` the day of writing. `verified_on` is set when the
    day that the file or the administration states is later than the last check.
    """

    meaning: str
    value: str
    lang: str
    source: str
    url: str
    written: str
    places: tuple[ClaimPlace, ...]
    check: ClaimCheck | None
    verified_on: date | None


def public_facts(folder: Path, lang: str) -> list[PublicFact]:
    """Returns the facts of the lessons in the order of the file, with the last check of each."""
    checks, facts = _checks(), current_facts(folder)
    lessons = {row.slug: row for row in db.session.scalars(sa.select(Lesson).where(Lesson.retired_at.is_(None)))}
    found = []
    for claim, fact in zip(_facts(folder, lessons, lang), facts.values(), strict=True):
        check = replace(claim, checks=checks.get(claim.key, ())).check
        verified = fact.verified_on if check is None or (fact.verified_on or date.min) > check.checked_on else None
        value, of = (fact.value.en, "en") if lang != "vi" and fact.value.en else (fact.value.vi, "vi")
        meaning = (fact.meaning.en if of == "en" else None) or fact.meaning.vi if fact.meaning else ""
        found.append(PublicFact(meaning, value, of, claim.source, claim.url, claim.date, claim.places, check, verified))
    return found
