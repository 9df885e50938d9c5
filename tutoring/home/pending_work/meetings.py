"""Rows of meetings in person, staff training and tasks of neighbourhoods."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload

from tutoring.community.models import Membership, Unit
from tutoring.groups.models import GroupTask
from tutoring.groups.tasks.queries import ONGOING
from tutoring.home.pending_work.people import MOST
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import LATER, TODAY, Source, WorkItem, any_row, end_of
from tutoring.kernel import clock
from tutoring.policy.training import TRAINERS
from tutoring.policy.visits import PLANNERS
from tutoring.training.models import TrainingSession
from tutoring.visits.models import Visit
from tutoring.web.i18n import when

_LEADERS = sorted(TRAINERS | {"lead"})
_MARKED_WITHIN = timedelta(days=7)
_SOON = timedelta(days=7)


# ---- visits ------------------------------------------------------------------------------------------------------


def _asked(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [Visit.state == "asked", Visit.asker_id != here.id, here.scope(PLANNERS).holds(Visit.unit_id)]


_TO_PLAN = Statement(
    lambda here: (
        sa.select(Unit.id, Unit.name, sa.func.count(), sa.func.min(Visit.id), sa.func.min(Visit.state_since))
        .join(Visit, Visit.unit_id == Unit.id)
        .where(*_asked(here))
        .group_by(Unit.id)
        .order_by(Unit.id)
        .limit(MOST)
    )
)


def _visits_to_plan(viewer: Viewer) -> Iterator[WorkItem]:
    for unit_id, name, num, first, since in _TO_PLAN.results(viewer):
        href = url_for("visits.visit", visit_id=first) if num == 1 else url_for("visits.unit_visits", unit_id=unit_id)
        title = ngettext("%(num)d người xin hẹn gặp trực tiếp", "%(num)d người xin hẹn gặp trực tiếp", num)
        yield WorkItem("visit_to_plan", title, href, name, since=since, count=num)


def _gone(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    mine = sa.or_(*(one == here.id for one in (Visit.visitor_one_id, Visit.visitor_two_id, Visit.planner_id)))
    return [Visit.state == "planned", Visit.at < here.moment(), mine]


_TO_CLOSE = Statement(
    lambda here: sa.select(Visit).options(joinedload(Visit.unit)).where(*_gone(here)).order_by(Visit.at).limit(MOST)
)


def _visits_to_close(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _TO_CLOSE.results(viewer).scalars():
        yield WorkItem(
            "visit_to_close", gettext("Buổi hẹn gặp chưa ghi kết quả"), url_for("visits.visit", visit_id=row.id),
            row.unit.name, since=row.at,
        )  # fmt: skip


# ---- training ----------------------------------------------------------------------------------------------------


def _unmarked(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [
        TrainingSession.leader_id == here.id, TrainingSession.state == "over", TrainingSession.marked_at.is_(None),
        TrainingSession.at > here.moment(-_MARKED_WITHIN),
    ]  # fmt: skip


_UNMARKED = Statement(lambda here: sa.select(TrainingSession).where(*_unmarked(here)).limit(MOST))


def _to_mark(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _UNMARKED.results(viewer).scalars():
        yield WorkItem(
            "training_to_mark", gettext("Điểm danh buổi tập huấn: %(title)s", title=row.title),
            url_for("training.attendance", training_id=row.id), when(row.at).striptags(),
            due=row.ends + _MARKED_WITHIN, since=row.ends,
        )  # fmt: skip


def _leaderless(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Coming sessions of the viewer's units whose leader holds no role that may lead any more."""
    leads = sa.exists().where(
        Membership.user_id == TrainingSession.leader_id, Membership.state == "active", Membership.role.in_(_LEADERS)
    )
    return [
        TrainingSession.state == "open", TrainingSession.at > here.moment(),
        here.is_unit_of(TrainingSession.unit_id, TRAINERS), ~leads,
    ]  # fmt: skip


_LEADERLESS = Statement(lambda here: sa.select(TrainingSession).where(*_leaderless(here)).limit(MOST))


def _leaders(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _LEADERLESS.results(viewer).scalars():
        yield WorkItem(
            "training_leader", gettext("Buổi tập huấn cần người hướng dẫn: %(title)s", title=row.title),
            url_for("training.session", training_id=row.id), when(row.at).striptags(), due=row.at,
        )  # fmt: skip


# ---- tasks -------------------------------------------------------------------------------------------------------


def _own_tasks(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [GroupTask.assignee_id == here.id, GroupTask.state.in_(ONGOING)]


_TASKS = Statement(
    lambda here: (
        sa.select(GroupTask)
        .options(joinedload(GroupTask.unit))
        .where(*_own_tasks(here))
        .order_by(GroupTask.due.is_(None), GroupTask.due, GroupTask.id)
        .limit(MOST)
    )
)


def _tasks(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _TASKS.results(viewer).scalars():
        asked = gettext("được nhờ, chờ bạn trả lời") if not row.agreed else gettext("việc của bạn")
        due = end_of(row.due) if row.due else None
        soon = not row.agreed or (due is not None and due < clock.now() + _SOON)
        yield WorkItem(
            "task", row.title, url_for("groups.task", task_id=row.id), f"{row.unit.name} · {asked}", due=due,
            urgency=TODAY if soon else LATER,
        )  # fmt: skip


SOURCES = (
    Source(("visit_to_plan",), lambda here: any_row(*_asked(here)), _visits_to_plan),
    Source(("visit_to_close",), lambda here: any_row(*_gone(here)), _visits_to_close),
    Source(("training_to_mark",), lambda here: any_row(*_unmarked(here)), _to_mark),
    Source(("training_leader",), lambda here: any_row(*_leaderless(here)), _leaders),
    Source(("task",), lambda here: any_row(*_own_tasks(here)), _tasks),
)
