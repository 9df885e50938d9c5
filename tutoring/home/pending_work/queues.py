"""Rows of walk-in queues: how many wait at the desk of a ward now, and since when."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import ngettext

from tutoring.community.models import Unit
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.policy.queues import CLERKS
from tutoring.queues.models import QueueTicket


def _waiting(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [
        QueueTicket.day == here.today(), QueueTicket.state == "waiting",
        here.scope(tuple(sorted(CLERKS))).holds(QueueTicket.unit_id),
    ]  # fmt: skip


_COUNTED = Statement(
    lambda here: (
        sa.select(Unit.id, Unit.name, sa.func.count(), sa.func.min(QueueTicket.drawn_at))
        .select_from(QueueTicket)
        .join(Unit, Unit.id == QueueTicket.unit_id)
        .where(*_waiting(here))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.id)
    )
)


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    for unit_id, name, num, since in _COUNTED.results(viewer):
        waits = ngettext("%(num)d người đang chờ ở quầy", "%(num)d người đang chờ ở quầy", num)
        yield WorkItem("queue_waiting", waits, url_for("queues.work", unit_id=unit_id), name, since=since, count=num)


SOURCES = (Source(("queue_waiting",), lambda here: any_row(*_waiting(here)), _items),)
