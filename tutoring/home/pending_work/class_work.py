"""Rows of class work: what was set and has left the catalogue since, so that pupils see it no more."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import ngettext

from tutoring.classes.work.models import ClassWork
from tutoring.community.models import Unit
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.policy.classes import SHOWN_AFTER
from tutoring.policy.rooms.participation import TEACHING


def _gone(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    lessons = sa.select(Lesson.slug).where(Lesson.retired_at.is_not(None))
    paths = sa.select(LessonPath.slug).where(LessonPath.retired_at.is_not(None))
    left = sa.or_(
        sa.and_(ClassWork.kind.in_(("lesson", "quiz")), ClassWork.target.in_(lessons)),
        sa.and_(ClassWork.kind == "path", ClassWork.target.in_(paths)),
    )
    shown = ClassWork.withdrawn_at.is_(None), ClassWork.due >= here.today(-SHOWN_AFTER)
    open_classes = sa.select(Unit.id).where(Unit.effective_to.is_(None))
    return [*shown, left, ClassWork.unit_id.in_(open_classes), here.scope(TEACHING).holds(ClassWork.unit_id)]


_COUNTED = Statement(
    lambda here: (
        sa.select(Unit.id, Unit.name, sa.func.count())
        .select_from(ClassWork)
        .join(Unit, Unit.id == ClassWork.unit_id)
        .where(*_gone(here))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.id)
    )
)


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    for unit_id, name, num in _COUNTED.results(viewer):
        gone = ngettext(
            "%(num)d bài đã giao không còn trong danh mục", "%(num)d bài đã giao không còn trong danh mục", num
        )
        yield WorkItem("class_work_gone", gone, url_for("classes.works", unit_id=unit_id), name, count=num)


SOURCES = (Source(("class_work_gone",), lambda here: any_row(*_gone(here)), _items),)
