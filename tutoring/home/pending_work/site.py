"""Rows of the site itself, for its administrators."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.home.pending_work.people import MOST
from tutoring.home.pending_work.statements import Standpoint
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import GRAVE, TODAY, Source, WorkItem
from tutoring.kernel import clock, failed_jobs
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.kernel.monitoring.outages import Outage, failing_channels
from tutoring.moderation.labels import FAILING_CHANNELS
from tutoring.privacy.models import Breach, DataRequest
from tutoring.site_setup import rail
from tutoring.site_setup.queries import unfinished

_WAITS = ("asked", "working", "held")
_SOON = timedelta(days=2)


def _for_admins(here: Standpoint, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(*where) if here.admin else sa.false()


def _failed(here: Standpoint) -> sa.ColumnElement[bool]:
    return _for_admins(here, Job.failed_at.is_not(None), Job.done_at.is_(None))


def _failed_jobs(_viewer: Viewer) -> Iterator[WorkItem]:
    found = failed_jobs.groups()
    num = sum(group.count for group in found)
    yield WorkItem(
        "failed_jobs", ngettext("%(num)d tác vụ lỗi", "%(num)d tác vụ lỗi", num), url_for("administration.work"),
        gettext("làm lại hoặc bỏ từng loại"), since=min(group.first for group in found), count=num,
    )  # fmt: skip


def _channels(_viewer: Viewer) -> Iterator[WorkItem]:
    for row in failing_channels():
        yield WorkItem(
            "failing_channel", gettext(FAILING_CHANNELS[row.way]), url_for("administration.index"),
            gettext("báo động chỉ còn đi bằng các đường khác"), since=row.since, urgency=GRAVE,
        )  # fmt: skip


_TO_ANSWER = DataRequest.state.in_(_WAITS), DataRequest.kind.in_(("correct", "restrict"))


def _data_requests(_viewer: Viewer) -> Iterator[WorkItem]:
    query = sa.select(sa.func.count(DataRequest.id), sa.func.min(DataRequest.due_by), sa.func.min(DataRequest.asked_at))
    num, due, since = db.session.execute(query.where(*_TO_ANSWER)).one()
    title = ngettext("%(num)d yêu cầu về dữ liệu chờ trả lời", "%(num)d yêu cầu về dữ liệu chờ trả lời", num)
    urgency = GRAVE if due < clock.now() + _SOON else TODAY
    yield WorkItem("data_request", title, url_for("privacy.requests"), due=due, since=since, count=num, urgency=urgency)


def _breaches(_viewer: Viewer) -> Iterator[WorkItem]:
    query = sa.select(Breach).where(Breach.closed_at.is_(None)).order_by(Breach.discovered_at).limit(MOST)
    for row in db.session.scalars(query):
        reported = row.reported_at is not None
        yield WorkItem(
            "breach", gettext("Vụ lộ dữ liệu chưa khép lại") if reported else gettext("Vụ lộ dữ liệu phải được báo"),
            url_for("privacy.breach", breach_id=row.id),
            gettext("đã báo cơ quan có thẩm quyền") if reported else gettext("báo trong 72 giờ từ lúc phát hiện"),
            due=None if reported else row.notify_by, since=row.discovered_at, urgency=TODAY if reported else GRAVE,
        )  # fmt: skip


def _set_up(_viewer: Viewer) -> Iterator[WorkItem]:
    missing = [step for step in rail.steps("", admin=True) if not step.done]
    title = ngettext("Thiết lập trang: còn %(num)d việc", "Thiết lập trang: còn %(num)d việc", len(missing))
    yield WorkItem(
        "site_setup", title if missing else gettext("Thiết lập trang: xem lại rồi khép lại"),
        url_for("site_setup.overview"), ", ".join(step.title for step in missing), urgency=TODAY if missing else None,
    )  # fmt: skip


SOURCES = (
    Source(("site_setup",), lambda here: _for_admins(here, unfinished()), _set_up),
    Source(("failed_jobs",), _failed, _failed_jobs),
    Source(("failing_channel",), lambda here: _for_admins(here, Outage.told_at.is_not(None)), _channels),
    Source(("data_request",), lambda here: _for_admins(here, *_TO_ANSWER), _data_requests),
    Source(("breach",), lambda here: _for_admins(here, Breach.closed_at.is_(None)), _breaches),
)
