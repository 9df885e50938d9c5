"""Reads of recorded sentences: what a step reads aloud, what is recorded, what waits for a second person."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.models import Lesson, LessonStep
from tutoring.lessons.catalogue.sentence_markup import marked, text_digest
from tutoring.lessons.recordings.models import RELEASED, RETURNED, WAITING, SentenceRecording, StepRecording
from tutoring.safety.sound_sanitizer import COLUMNS

MOST_OWN = 200  # recordings on the page of their teacher


@dataclass(frozen=True)
class ReadSentence:
    """One sentence that is read aloud, with its recordings by state."""

    digest: str
    text: str
    recordings: dict[str, SentenceRecording]

    @property
    def released(self) -> SentenceRecording | None:
        return self.recordings.get(RELEASED)

    @property
    def waiting(self) -> SentenceRecording | None:
        return self.recordings.get(WAITING)

    @property
    def returned(self) -> SentenceRecording | None:
        return self.recordings.get(RETURNED)


@dataclass(frozen=True)
class ReadStep:
    """A step in one language as it is read aloud: its title and the sentences of its text."""

    lesson_slug: str
    number: int
    step_id: str
    lang: str
    title: str
    text_digest: str
    sentences: tuple[ReadSentence, ...]

    def count(self, state: str) -> int:
        return sum(state in one.recordings for one in self.sentences)

    @property
    def released_ids(self) -> list[int]:
        """Returns the released recordings in the order of the text."""
        return [one.released.id for one in self.sentences if one.released]

    @property
    def is_whole(self) -> bool:
        return bool(self.sentences) and self.count(RELEASED) == len(self.sentences)


@dataclass(frozen=True)
class OwnRecordings:
    """The first recordings of a user, by lesson and step, with the number of all and the lessons by slug."""

    rows: list[SentenceRecording]
    count: int
    lessons: dict[str, Lesson]


def digest_of(sentence: str) -> str:
    """Returns the digest under which a sentence's recording is stored."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:16]


def read_steps(lesson_slug: str, lang: str, number: int | None = None) -> list[ReadStep]:
    """Returns the steps of a lesson that exist in this language, in two queries; with `number` that one alone."""
    query = sa.select(LessonStep).join(Lesson, Lesson.slug == LessonStep.lesson_slug).where(
        LessonStep.lesson_slug == lesson_slug, Lesson.retired_at.is_(None)
    )  # fmt: skip
    if number is not None:
        query = query.where(LessonStep.position == number)
    rows = [row for row in db.session.scalars(query.order_by(LessonStep.position)) if lang in row.texts]
    found: dict[tuple[str, str], dict[str, SentenceRecording]] = {}
    for one in db.session.scalars(_recordings(lesson_slug, lang, [row.step_id for row in rows])):
        found.setdefault((one.step_id, one.sentence), {})[one.state] = one
    return [_read_step(row, lang, found) for row in rows]


def _recordings(lesson_slug: str, lang: str, step_ids: Iterable[str]) -> sa.Select[SentenceRecording]:
    return sa.select(SentenceRecording).where(
        SentenceRecording.lesson_slug == lesson_slug,
        SentenceRecording.lang == lang,
        SentenceRecording.step_id.in_(list(step_ids)),
    )


def _read_step(row: LessonStep, lang: str, found: dict[tuple[str, str], dict[str, SentenceRecording]]) -> ReadStep:
    title, html = row.texts[lang]["title"], row.texts[lang]["html"]
    texts = [title, *(one.text for one in marked(html)[1])]
    sentences = tuple(
        ReadSentence(digest, text, found.get((row.step_id, digest), {}))
        for digest, text in ((digest_of(text), text) for text in texts)
    )
    return ReadStep(row.lesson_slug, row.position, row.step_id, lang, title, text_digest(title, html), sentences)


def read_step(lesson_slug: str, number: int, lang: str) -> ReadStep:
    """Returns one step as it is read aloud; raises NotFound where this language does not have it."""
    found = read_steps(lesson_slug, lang, number)
    if not found:
        raise NotFound
    return found[0]


def counts(lang: str) -> dict[str, dict[str, int]]:
    """Returns for each lesson how many recordings it has in each state, in one query."""
    query = (
        sa.select(SentenceRecording.lesson_slug, SentenceRecording.state, sa.func.count())
        .where(SentenceRecording.lang == lang)
        .group_by(SentenceRecording.lesson_slug, SentenceRecording.state)
    )
    found: dict[str, dict[str, int]] = {}
    for slug, state, count in db.session.execute(query):
        found.setdefault(slug, {})[state] = count
    return found


def recording(recording_id: int, *, sound: str | None = None) -> SentenceRecording:
    """Returns a recording, with the bytes of `sound` ("opus" or "aac") if asked; raises NotFound."""
    options = [undefer(getattr(SentenceRecording, sound))] if sound else []
    found = db.session.get(SentenceRecording, recording_id, options=options)
    if found is None:
        raise NotFound
    return found


def has_recordings(user_id: int) -> bool:
    """Returns whether a user has recorded a sentence that is stored."""
    return bool(db.session.scalar(sa.select(sa.exists().where(SentenceRecording.recorded_by_id == user_id))))


def own_recordings(user_id: int) -> OwnRecordings:
    """Returns the first MOST_OWN recordings of a user, in three queries."""
    row = SentenceRecording
    own = sa.select(row).where(row.recorded_by_id == user_id)
    rows = list(db.session.scalars(own.order_by(row.lesson_slug, row.lang, row.step_id, row.id).limit(MOST_OWN)))
    count = db.session.scalar(sa.select(sa.func.count()).where(row.recorded_by_id == user_id)) or 0
    found = db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_({one.lesson_slug for one in rows})))
    lessons = {one.slug: one for one in found}
    rows.sort(key=lambda one: (one.lesson_slug, one.lang, lessons[one.lesson_slug].number_of(one.step_id) or 0, one.id))
    return OwnRecordings(rows, count, lessons)


def step_sound(lesson_slug: str, lang: str, digest: str, ending: str) -> bytes:
    """Returns the file of a joined step by the digest of its text; raises NotFound."""
    if ending not in COLUMNS:
        raise NotFound
    query = sa.select(getattr(StepRecording, COLUMNS[ending])).where(
        StepRecording.lesson_slug == lesson_slug, StepRecording.lang == lang, StepRecording.text_digest == digest
    )
    found: bytes | None = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found
