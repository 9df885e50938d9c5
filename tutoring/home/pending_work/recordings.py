"""Rows of recorded sentences: what waits to be heard, and what its teacher has to record again."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import ngettext

from tutoring.home.pending_work.people import MOST
from tutoring.home.pending_work.publications import named_editor
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.lessons.recordings.models import RETURNED, WAITING, SentenceRecording


def _to_hear(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    others = SentenceRecording.recorded_by_id != here.id
    return [SentenceRecording.state == WAITING, others, *named_editor(here)]


def _to_repeat(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [SentenceRecording.state == RETURNED, SentenceRecording.recorded_by_id == here.id]


def _by_lesson(conditions: list[sa.ColumnElement[bool]]) -> Any:
    slug, lang = SentenceRecording.lesson_slug, SentenceRecording.lang
    since = sa.func.min(SentenceRecording.recorded_at)
    query: Any = sa.select(slug, lang, sa.func.count().label("count"), since.label("since")).where(*conditions)
    return query.group_by(slug, lang).order_by(since, slug).limit(MOST)


_HEAR = Statement(lambda here: _by_lesson(_to_hear(here)))
_REPEAT = Statement(lambda here: _by_lesson(_to_repeat(here)))


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _HEAR.results(viewer):
        title = ngettext("%(num)d câu thu chờ bạn nghe", "%(num)d câu thu chờ bạn nghe", row.count)
        address = url_for("lessons.lesson_recordings", slug=row.lesson_slug, lang=row.lang)
        yield WorkItem("recording_review", title, address, since=row.since, count=row.count)


def _own(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _REPEAT.results(viewer):
        title = ngettext("%(num)d câu bạn thu cần thu lại", "%(num)d câu bạn thu cần thu lại", row.count)
        address = url_for("lessons.lesson_recordings", slug=row.lesson_slug, lang=row.lang)
        yield WorkItem("recording_returned", title, address, count=row.count)


SOURCES = (
    Source(("recording_review",), lambda here: any_row(*_to_hear(here)), _items),
    Source(("recording_returned",), lambda here: any_row(*_to_repeat(here)), _own),
)
