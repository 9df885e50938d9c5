"""Nightly work on recordings: steps whose sound is missing are joined, and recordings of changed sentences deleted."""

from datetime import time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.kernel.jobs import daily
from tutoring.lessons.recordings import commands as recordings_commands
from tutoring.lessons.recordings import queries as recordings_queries
from tutoring.lessons.recordings.models import SentenceRecording, StepRecording

NIGHTLY = "lessons.recordings"
STALE_DAYS = 30  # a sentence may come back: an edit is undone, or a file is loaded again
MOST = 100  # steps joined in one night


@daily(NIGHTLY, time(3, 50))
def clean_up(_payload: dict[str, Any]) -> None:
    """Deletes recordings of sentences that are gone for a month, and joins steps that lack their sound."""
    missing = []
    for slug, lang in _recorded():
        steps = recordings_queries.read_steps(slug, lang)
        recordings_commands.drop_old_sounds(slug, lang, {(step.step_id, step.text_digest) for step in steps})
        delete_stale(slug, lang, {(step.step_id, one.digest) for step in steps for one in step.sentences})
        query = sa.select(StepRecording.step_id, StepRecording.text_digest).where(
            StepRecording.lesson_slug == slug, StepRecording.lang == lang
        )
        sounds = {row.step_id: row.text_digest for row in db.session.execute(query)}
        missing += [step for step in steps if step.is_whole and sounds.get(step.step_id) != step.text_digest]
    for step in missing[:MOST]:
        try:
            recordings_commands.join_step(step.lesson_slug, step.number, step.lang)
        except DomainError:
            continue  # changed meanwhile, or too long: its teacher sees on the page that it is not played


def _recorded() -> list[tuple[str, str]]:
    query = sa.select(SentenceRecording.lesson_slug, SentenceRecording.lang).distinct()
    return sorted((row.lesson_slug, row.lang) for row in db.session.execute(query))


@command
def delete_stale(lesson_slug: str, lang: str, here: set[tuple[str, str]]) -> None:
    """Notes since when sentences are not in `here`, and deletes the recordings of those that are gone for 30 days."""
    row, now = SentenceRecording, clock.now()
    query = sa.select(row.id, row.step_id, row.sentence, row.gone_since).where(
        row.lesson_slug == lesson_slug, row.lang == lang
    )
    found = db.session.execute(query).all()
    gone = [one for one in found if (one.step_id, one.sentence) not in here]
    back = [one.id for one in found if (one.step_id, one.sentence) in here and one.gone_since is not None]
    _each(sa.update(row).values(gone_since=None), back)
    _each(sa.update(row).values(gone_since=now), [one.id for one in gone if one.gone_since is None])
    long_ago = now - timedelta(days=STALE_DAYS)
    _each(sa.delete(row), [one.id for one in gone if one.gone_since is not None and one.gone_since <= long_ago])


def _each(statement: Any, ids: list[int]) -> None:
    for first in range(0, len(ids), 500):
        db.session.execute(statement.where(SentenceRecording.id.in_(ids[first : first + 500])))
