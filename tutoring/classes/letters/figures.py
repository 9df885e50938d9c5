"""The sums of a week from which the draft of a letter is made: no name, no one who has not done something."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.queries import select_pupil_ids
from tutoring.classes.work.targets import Target, catalogue_of
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress
from tutoring.pairing.group_sessions.models import GroupSession

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekFigures:
    """What a class did in a week, what was set, what comes next."""

    lessons: int
    pupils: int  # who finished a lesson
    of: int  # pupils of the class
    set_works: list[tuple[ClassWork, Target]]
    next_works: list[tuple[ClassWork, Target]]
    sessions: list[GroupSession]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), clock.LOCAL)


def week_figures(unit: Unit, week: date, lang: str) -> WeekFigures:
    """Reads the figures of a class for the week that begins on this Monday, in at most five statements."""
    begin, end = _midnight(week), _midnight(week + WEEK)
    row = LessonProgress
    finished = sa.select(sa.func.count(), sa.func.count(sa.distinct(row.user_id))).where(
        row.user_id.in_(select_pupil_ids(unit.id)), row.finished_at >= begin, row.finished_at < end
    )
    everyone = sa.select(sa.func.count()).select_from(select_pupil_ids(unit.id).subquery()).scalar_subquery()
    lessons, pupils, of = db.session.execute(finished.add_columns(everyone)).one()
    for_pupils = ClassWork.audience == "class", ClassWork.withdrawn_at.is_(None), ClassWork.unit_id == unit.id
    recent = sa.select(ClassWork).where(*for_pupils, sa.or_(ClassWork.set_at >= begin, ClassWork.due >= week + WEEK))
    works = list(db.session.scalars(recent.order_by(ClassWork.due, ClassWork.id).limit(40)))
    catalogue = catalogue_of(works, lang)
    named = [(one, catalogue.target(one.kind, one.target)) for one in works]
    offered = [(one, target) for one, target in named if target.offered]
    sessions = sa.select(GroupSession).where(
        GroupSession.unit_id.in_([unit.id, *([unit.school_id] if unit.school_id else [])]), GroupSession.pupils,
        GroupSession.state == "open", GroupSession.at >= end, GroupSession.at < _midnight(week + 2 * WEEK),
    )  # fmt: skip
    return WeekFigures(
        lessons, pupils, of,
        [pair for pair in offered if begin <= pair[0].set_at < end],
        [pair for pair in offered if pair[0].due >= week + WEEK],
        list(db.session.scalars(sessions.order_by(GroupSession.at, GroupSession.id).limit(10))),
    )  # fmt: skip
