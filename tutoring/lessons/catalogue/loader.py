"""Loads the lesson catalogue from files into the database."""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, logs, overrides
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import words
from tutoring.lessons import content
from tutoring.lessons.catalogue.models import ContentNote, Lesson, LessonPath, LessonStep
from tutoring.lessons.content import LessonContent
from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.published_texts import PublishedLesson, stand
from tutoring.lessons.content.schema import Fact
from tutoring.lessons.content.types import FileKey
from tutoring.lessons.events import LessonLoaded
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.progress import checkpoints, split_steps
from tutoring.lessons.proposals.models import PublishedText
from tutoring.lessons.proposals.queries import published_texts
from tutoring.lessons.quizzes.models import QuizQuestion
from tutoring.lessons.search import index
from tutoring.lessons.search.models import SearchDocument, SearchSynonym
from tutoring.lessons.skills.models import Skill
from tutoring.policy.pairing.school_subjects import is_school_subject, topic_of

log = logging.getLogger(__name__)
TRIES = 3
SHAPE = "6"  # increase it when the rows made from unchanged files change, so that all lessons are loaded again


def load_content(folder: Path, take_file: Collection[str] = ()) -> str:
    """Loads the folder into the database; returns a one-line summary.

    A lesson with faults keeps its last good version. A text published in the browser replaces its file until the
    file holds the same text, or until `take_file` names it.
    """
    for _ in range(TRIES):
        published, edited = published_texts(), facts_queries.edited()
        standing = stand(folder, published, take_file)
        bank = content.load(folder, texts=standing.texts, edited=edited)
        bank = replace(bank, faults=(*bank.faults, *standing.torn))
        try:
            new, gone = load_catalogue(bank, published, standing.home, edited)
            drop_exported_facts(folder)
            break
        except Conflict:  # an author published while the files were read
            log.info("lesson content: read once more")
    else:
        raise Conflict
    for fault in bank.faults:
        log.error("lesson content: %s", logs.LogSafe(fault))
    left = f", {len(bank.broken)} with faults left as they were" if bank.broken else ""
    kept = f", {len(standing.texts)} as published here" if standing.texts else ""
    return f"{len(bank.lessons)} lessons: {new} loaded, {gone} retired{left}{kept}"


@command
def load_catalogue(
    bank: LessonContent,
    published: Mapping[FileKey, PublishedLesson] | None = None,
    home: Collection[FileKey] = (),
    edited: Mapping[str, Fact] | None = None,
) -> tuple[int, int]:
    """Makes the tables match `bank`; returns how many lessons were loaded and retired.

    Lessons with unchanged files are not touched. Rows that a faulty file no longer describes keep their state.
    Learner data is never touched. `published` and `edited` are the texts and facts that `bank` was read with;
    raises Conflict when they have changed. Published texts in `home` now match their files and are deleted.
    """
    moment = clock.now()
    here = {row.slug: row for row in db.session.scalars(sa.select(Lesson).with_for_update())}
    if published is not None and published != published_texts():
        raise Conflict
    if edited is not None and edited != facts_queries.edited():
        raise Conflict
    for slug, name in home:
        there = PublishedText.lesson_slug == slug, PublishedText.file == name
        db.session.execute(sa.delete(PublishedText).where(*there))
    faulty = {one.file.partition("/")[2] for one in bank.faults}
    _paths(bank, moment, faulty)
    _skills(bank, moment, faulty)
    db.session.execute(sa.delete(ContentNote))
    db.session.add_all(ContentNote(file=one.file, line=one.line, say=one.say, at=moment) for one in bank.faults)
    if "synonyms.yml" not in faulty:
        db.session.execute(sa.delete(SearchSynonym))
        db.session.add_all(SearchSynonym(term=term, means=means) for term, means in _synonyms(bank))
    at = {one.id: one.order for one in bank.paths}
    new = sum(_lesson(one, at[one.path], here.get(one.id), moment) for one in bank.lessons)
    kept = {one.id for one in bank.lessons} | bank.broken
    gone = [row for slug, row in here.items() if slug not in kept and row.retired_at is None]
    for row in gone:
        row.retired_at, row.content_hash = moment, ""
        db.session.execute(sa.delete(SearchDocument).where(SearchDocument.lesson_slug == row.slug))
    return new, len(gone)


@command
def drop_exported_facts(folder: Path) -> None:
    """Removes the edited facts that the file now holds with the same value."""
    shipped = facts_of(folder)
    for key, fact in facts_queries.edited().items():
        if shipped.get(key) == fact:
            overrides.write(None, facts_queries.AREA, key, None, "content/facts.yml")


def load_lesson(one: content.Lesson) -> None:
    """Makes the tables match this version of one lesson; call it within a command."""
    path = db.session.get_one(LessonPath, one.path)
    _lesson(one, path.position, db.session.get(Lesson, one.id), clock.now())


def _paths(bank: LessonContent, moment: datetime, faulty: Collection[str]) -> None:
    here = {row.slug: row for row in db.session.scalars(sa.select(LessonPath))}
    for one in bank.paths:
        row = here.pop(one.id, None) or LessonPath(slug=one.id)
        row.position, row.texts, row.retired_at = one.order, _texts(one.texts), None
        row.picture, row.hue = one.picture, one.hue
        db.session.add(row)
    for slug, row in here.items():
        if f"paths/{slug}.yml" not in faulty:
            row.retired_at = row.retired_at or moment
    db.session.flush()


def _skills(bank: LessonContent, moment: datetime, faulty: Collection[str]) -> None:
    here = {row.id: row for row in db.session.scalars(sa.select(Skill))}
    named = [(one.id, dict(one.names)) for one in bank.skills]
    for position, (skill_id, names) in enumerate([*named, *_subject_skills(bank)], 1):
        row = here.pop(skill_id, None) or Skill(id=skill_id)
        row.position, row.names, row.retired_at = position, names, None
        db.session.add(row)
    for skill_id, row in here.items():
        if ("subjects.yml" if is_school_subject(skill_id) else "skills.yml") not in faulty:
            row.retired_at = row.retired_at or moment
    db.session.flush()


def _subject_skills(bank: LessonContent) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields a skill for each subject and grade: a request names both, and a helper holds them grade by grade."""
    for subject in bank.subjects:
        for grade in subject.grades:
            yield topic_of(subject.id, grade), dict(subject.names)


def _synonyms(bank: LessonContent) -> Iterator[tuple[str, list[str]]]:
    """Yields each folded term with all its synonyms, in both directions."""
    found: dict[str, dict[str, None]] = {}
    for term, others in bank.synonyms.items():
        group = [" ".join(words(one)) for one in (term, *others)]
        for one in group:
            # A short form means each of its long forms; two long forms of one short form are not synonyms.
            partners = group if one == group[0] else [one, group[0]]
            found.setdefault(one, {}).update(dict.fromkeys(partners))
    for one, means in sorted(found.items()):
        if one:
            yield one, [other for other in means if other]


def _texts(texts: Any) -> dict[str, Any]:
    return {lang: {"title": text.title, "summary": text.summary} for lang, text in texts.items()}


def _lesson(one: content.Lesson, path: int, row: Lesson | None, moment: datetime) -> bool:
    digest = f"{SHAPE}:{path}:{one.content_hash}"
    if row is not None and row.content_hash == digest and row.retired_at is None:
        return False
    row = row or Lesson(slug=one.id)
    row.path_slug, row.position, row.version, row.level = one.path, one.order, one.version, one.level
    row.minutes, row.texts, row.facts = one.minutes, _texts(one.texts), _facts(one)
    row.picture = one.picture
    before = row.outline  # None for a new row
    row.outline = [_outline_entry(step, one.version, before) for step in one.steps]
    row.content_hash, row.loaded_at, row.retired_at = digest, moment, None
    db.session.add(row)
    db.session.flush()
    if before is not None:
        split_steps.carry_over(one.id, row.outline, before)
    found = list(index.documents(one, path))
    for table in (LessonStep, SearchDocument, QuizQuestion):
        db.session.execute(sa.delete(table).where(table.lesson_slug == one.id))
    # Deletes search documents of a lesson that had this place in the order but was not reloaded yet.
    db.session.execute(sa.delete(SearchDocument).where(SearchDocument.place.in_({row.place for row in found})))
    db.session.add_all(
        LessonStep(lesson_slug=one.id, step_id=step.id, position=step.position, texts=_step_texts(step))
        for step in one.steps
    )
    db.session.add_all(found)
    db.session.add_all(
        QuizQuestion(lesson_slug=one.id, question_id=body["id"], position=n, body=body)
        for n, body in enumerate(one.quiz, 1)
    )
    publish(LessonLoaded(one.id))
    return True


def _outline_entry(step: content.Step, version: int, before: list[dict[str, Any]] | None) -> dict[str, Any]:
    titles = {lang: text.title for lang, text in step.texts.items()}
    origin = split_steps.outline_origin(step.id, step.origin, version, before)
    return {"id": step.id, "part": step.part, "titles": titles, **origin}


def _facts(one: content.Lesson) -> dict[str, Any]:
    return {
        "audience": list(one.audience),
        "devices": list(one.devices),
        "requires": list(one.requires),
        "teaches": list(one.teaches),
        "practises": _practises(one),
        "authors": list(one.authors),
        "licence": one.licence,
        "as_of": one.as_of.isoformat() if one.as_of else None,
        "sources": [_plain(source) for source in one.sources],
        "reviewed_by": one.review.by,
        "reviewed_on": one.review.on.isoformat() if one.review.on else None,
        "teach_back": {lang: list(lines) for lang, lines in one.teach_back.items()},
        "review_due": one.review.due.isoformat() if one.review.due else None,
        "media": [{"url": medium.url, "bytes": medium.bytes} for medium in one.media],
        "unverified": [{"step": claim["step"], "what": claim["what"]} for claim in one.unverified],
        "stale": _stale(one),
    }


def _practises(one: content.Lesson) -> list[str]:
    """Returns the scenarios that the steps link to, each once."""
    blocks = [block for step in one.steps for block in step.text(content.SOURCE).blocks if block["type"] == "sim"]
    return list(dict.fromkeys(block["scenario"] for block in blocks))


def _stale(one: content.Lesson) -> dict[str, list[str]]:
    """Returns by language the ids of steps whose translation is outdated.

    Missing translations are not listed.
    """
    languages = sorted({lang for step in one.steps for lang in step.stale})
    return {lang: [step.id for step in one.steps if lang in step.stale] for lang in languages}


def _plain(source: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in source.items()}


def _step_texts(step: content.Step) -> dict[str, Any]:
    return {
        lang: {
            "title": text.title,
            "html": text.html,
            "blocks": [shown_block(block) for block in text.blocks],
            "part": step.part,
            "sound": asdict(step.sounds[lang]) if lang in step.sounds else None,
        }
        for lang, text in step.texts.items()
    }


def shown_block(block: dict[str, Any]) -> dict[str, Any]:
    """Returns a block as templates show it: the options of an order question are shuffled."""
    if block["type"] == "checkpoint" and block["kind"] == "order":
        return {**block, "mixed": checkpoints.shuffled(block)}
    return block
