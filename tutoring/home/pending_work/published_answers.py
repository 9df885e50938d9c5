"""Rows of published answers: what waits for a teacher to read, and what a teacher has to read again."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import ngettext

from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.pairing.models import HelpRequest
from tutoring.policy.published_answers import RELEASERS
from tutoring.published_answers.models import RELEASED, WAITING, PublishedAnswer


def _near(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Answers of the units where the person teaches, except those in which the person or a child took part."""
    return [
        HelpRequest.id == PublishedAnswer.request_id, here.scope(RELEASERS).holds(HelpRequest.unit_id),
        ~here.is_own(PublishedAnswer.author_id), ~here.is_own(PublishedAnswer.learner_id),
    ]  # fmt: skip


def _to_read(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [PublishedAnswer.state == WAITING, *_near(here)]


def _to_check(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [PublishedAnswer.state == RELEASED, PublishedAnswer.check_by <= here.moment(), *_near(here)]


def _counted(conditions: list[sa.ColumnElement[bool]]) -> Any:
    since = sa.func.min(PublishedAnswer.state_since)
    return sa.select(sa.func.count(), since).select_from(PublishedAnswer).where(*conditions)


_READ = Statement(lambda here: _counted(_to_read(here)))
_CHECK = Statement(lambda here: _counted(_to_check(here)))


def _reading(viewer: Viewer) -> Iterator[WorkItem]:
    for num, since in _READ.results(viewer):
        title = ngettext("%(num)d lời giải ngắn chờ bạn đọc", "%(num)d lời giải ngắn chờ bạn đọc", num)
        yield WorkItem("answer_to_release", title, url_for("published_answers.review"), since=since, count=num)


def _checking(viewer: Viewer) -> Iterator[WorkItem]:
    for num, since in _CHECK.results(viewer):
        title = ngettext("%(num)d lời giải ngắn cần đọc lại", "%(num)d lời giải ngắn cần đọc lại", num)
        yield WorkItem("answer_to_check", title, url_for("published_answers.review"), since=since, count=num)


SOURCES = (
    Source(("answer_to_release",), lambda here: any_row(*_to_read(here)), _reading),
    Source(("answer_to_check",), lambda here: any_row(*_to_check(here)), _checking),
)
