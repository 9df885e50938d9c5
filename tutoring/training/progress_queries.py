"""Queries for progress in a track, of single people and as counts of wards.

The number of queries is constant. `readiness` decides about one person; counts and filters express the same rule in
SQL. A test checks that both agree.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.database.sql import ids_parameter, in_byte_order, in_ids, stream_rows
from tutoring.kernel.db import db, is_sqlite
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.training.models import TrainingAttendance
from tutoring.training.readiness import SOON, Done, Needs, Readiness, latest_due_by, readiness
from tutoring.training.track_members import on_track
from tutoring.training.tracks import Track, tracks

SHOWS = ("all", "due", "ready", "missing")


@dataclass(frozen=True)
class Counts:
    """How many people of a ward are on a track, ready, and due within thirty days or overdue."""

    total: int = 0
    ready: int = 0
    due: int = 0


@dataclass(frozen=True)
class Syllabus:
    """What a track requires today, with the titles of its lessons.

    Lessons removed from the content require nothing.
    """

    track: Track
    needs: Needs
    titles: dict[str, str]


def syllabus(track: Track, lang: str) -> Syllabus:
    """Returns a track matched with the present content; two queries."""
    return syllabi([track], lang)[0]


def syllabi(some: Collection[Track], lang: str) -> list[Syllabus]:
    """Returns tracks matched with the present content; two queries for all."""
    titles = catalogue_queries.titles({slug for track in some for slug in track.lessons}, lang)
    quizzes = progress_queries.quizzes_among(sorted(titles))
    return [_matched(track, titles, quizzes) for track in some]


def _matched(track: Track, titles: dict[str, str], quizzes: frozenset[str]) -> Syllabus:
    present = tuple(slug for slug in track.lessons if slug in titles)
    seen = tuple(slug for slug in track.witnessed if slug in titles)
    added = tuple((one.lesson, one.on) for one in track.added if one.lesson in titles)
    needs = Needs(present, quizzes.intersection(present), seen, track.renew_months, added)
    return Syllabus(track, needs, {slug: titles[slug] for slug in present})


def get_readiness_of_people(known: Syllabus, user_ids: Iterable[int]) -> dict[int, Readiness]:
    """Returns the readiness of each of these people; three queries."""
    ids, needs, today = list(user_ids), known.needs, clock.today()
    progress = progress_queries.get_lesson_states_of_users(ids, needs.lessons)
    passed = progress_queries.quizzes_passed_by(ids, needs.quizzes)
    attended = days_attended(known.track.id, ids)
    found = {}
    for user_id in ids:
        rows = progress.get(user_id, {})
        first, last = attended.get(user_id, (None, None))
        done = Done(
            begun=rows,
            finished={slug for slug, (state, _confirmed) in rows.items() if state == "finished"},
            passed=passed.get(user_id, ()),
            witnessed={slug for slug, (_state, confirmed) in rows.items() if confirmed == "witnessed"},
            attended_on=last,
            trained_on=first,
        )
        found[user_id] = readiness(needs, done, today)
    return found


def days_attended(track_id: str, user_ids: Iterable[int]) -> dict[int, tuple[date, date]]:
    """Returns the dates of each person's first and last session of a track, if any."""
    day = TrainingAttendance.day
    query = (
        sa.select(TrainingAttendance.user_id, sa.func.min(day).label("first"), sa.func.max(day).label("last"))
        .where(in_ids(TrainingAttendance.user_id, user_ids), TrainingAttendance.track == track_id)
        .group_by(TrainingAttendance.user_id)
    )
    return {row.user_id: (row.first, row.last) for row in db.session.execute(query)}


def last_attended(track_id: str, user_ids: Iterable[int]) -> dict[int, date]:
    """Returns the date of each person's last session of a track, if any."""
    return {user_id: last for user_id, (_first, last) in days_attended(track_id, user_ids).items()}


# ---- the same rules in SQL ----------------------------------------------------------------------------------------


def _last_day(track_id: str, user_id: Any) -> sa.ScalarSelect[date]:
    return _day(sa.func.max(TrainingAttendance.day), track_id, user_id)


def _first_day(track_id: str, user_id: Any) -> sa.ScalarSelect[date]:
    return _day(sa.func.min(TrainingAttendance.day), track_id, user_id)


def _day(which: Any, track_id: str, user_id: Any) -> sa.ScalarSelect[date]:
    return (
        sa.select(which)
        .where(TrainingAttendance.user_id == user_id, TrainingAttendance.track == track_id)
        .scalar_subquery()
    )


def _how_many(column: Any, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count(sa.distinct(column))).where(*where).scalar_subquery()


def _is_due(needs: Needs, day: Any, today: date) -> sa.ColumnElement[bool]:
    return sa.and_(day.is_not(None), day <= latest_due_by(today + SOON, needs.renew_months))


def _is_ready(needs: Needs, track_id: str, user_id: Any, today: date) -> sa.ColumnElement[bool]:
    """Returns the rule of `readiness`: everything is done, but for additions that came after the person's training."""
    last, first = _last_day(track_id, user_id), _first_day(track_id, user_id)
    grace = needs.in_grace(today)
    added = {on: [slug for slug, day in grace.items() if day == on] for on in sorted(set(grace.values()))}
    return sa.and_(
        _all_done(needs, user_id, [one for one in needs.lessons if one not in grace]),
        *(sa.or_(first < on, _all_done(needs, user_id, lessons)) for on, lessons in added.items()),
        last > latest_due_by(today - timedelta(days=1), needs.renew_months),
    )


def _all_done(needs: Needs, user_id: Any, lessons: Collection[str]) -> sa.ColumnElement[bool]:
    row, tried = LessonProgress, QuizTry
    quizzes = [one for one in lessons if one in needs.quizzes]
    witnessed = [one for one in lessons if one in needs.witnessed]
    done = (
        (lessons, row.lesson_slug, (row.user_id == user_id, row.state == "finished")),
        (quizzes, tried.lesson_slug, (tried.user_id == user_id, tried.passed.is_(True))),
        (witnessed, row.lesson_slug, (row.user_id == user_id, row.confirmed == "witnessed")),
    )
    return sa.and_(
        sa.true(),
        *(_how_many(column, *where, column.in_(wanted)) == len(wanted) for wanted, column, where in done if wanted),
    )


def counts(known: Syllabus, ward_ids: Collection[int]) -> dict[int, Counts]:
    """Returns the counts of each of these wards in one query; wards without people on the track are left out."""
    return counts_of_tracks([known], ward_ids)[0]


def counts_of_tracks(known: Collection[Syllabus], ward_ids: Collection[int]) -> list[dict[int, Counts]]:
    """Returns the counts of each of these wards, for each of these tracks; one query for all.

    Wards without people on the track are left out.
    """
    key = tuple((one.track.id, tuple(one.track.roles), one.needs) for one in known)
    found: list[dict[int, Counts]] = [{} for _ in known]
    rows = stream_rows(_counts(is_sqlite(), key, clock.today()), {"wards": ids_parameter(ward_ids)}) if key else ()
    for n, ward_id, total, ready, due in rows:
        found[n][ward_id] = Counts(total, int(ready), int(due))
    return found


@lru_cache(maxsize=16)  # building it takes longer than running it
def _counts(_for_sqlite: bool, key: tuple[tuple[str, tuple[str, ...], Needs], ...], today: date) -> Any:
    """Builds the counts for these tracks on this day, of the wards that are bound."""
    return sa.union_all(*(_counts_of(n, track, needs, today) for n, (track, _roles, needs) in enumerate(key)))


def _counts_of(number: int, track_id: str, needs: Needs, today: date) -> sa.Select[Any]:
    people = on_track(tracks()[track_id], sa.bindparam("wards"))
    each = sa.select(
        people.c.ward_id,
        sa.case((_is_ready(needs, track_id, people.c.user_id, today), 1), else_=0).label("ready"),
        sa.case((_is_due(needs, _last_day(track_id, people.c.user_id), today), 1), else_=0).label("due"),
    ).subquery()
    sums = (sa.func.count(), sa.func.sum(each.c.ready), sa.func.sum(each.c.due))
    return sa.select(sa.literal_column(str(number)), each.c.ward_id, *sums).group_by(each.c.ward_id)


def select_people_page(known: Syllabus, ward_id: int, show: str) -> tuple[sa.Select[int], dict[str, Any]]:
    """Selects the ids of people on a track, and what they sort by. `show` is all, due, ready, or missing something."""
    people, needs, track_id = on_track(known.track, [ward_id]), known.needs, known.track.id
    query = sa.select(User.id).join(people, people.c.user_id == User.id)
    last = _last_day(track_id, User.id)  # a later session is due later
    orders = {"name": in_byte_order(User.name_words), "due": last}
    if show == "due":
        return query.where(_is_due(needs, last, clock.today())), orders
    ready = _is_ready(needs, track_id, User.id, clock.today())
    if show == "ready":
        return query.where(ready), orders
    # without COALESCE, a missing date makes the condition NULL
    return query.where(sa.not_(sa.func.coalesce(ready, sa.false()))) if show == "missing" else query, orders


def trained_before(known: Syllabus, ward_id: int, day: date) -> list[int]:
    """Returns people of a ward whose first session of the track was before this day."""
    people = on_track(known.track, [ward_id])
    query = sa.select(people.c.user_id).where(_first_day(known.track.id, people.c.user_id) < day)
    return list(db.session.scalars(query.order_by(people.c.user_id)))


def due_between(known: Syllabus, ward_id: int, first: date, last: date) -> list[tuple[int, date]]:
    """Returns people of a ward whose last session is valid until a day in this range.

    Each comes with the date of that session, oldest first.
    """
    months, people = known.needs.renew_months, on_track(known.track, [ward_id])
    day = _last_day(known.track.id, people.c.user_id)
    query = sa.select(people.c.user_id, day.label("day")).where(
        day > latest_due_by(first - timedelta(days=1), months), day <= latest_due_by(last, months)
    )
    return [(user_id, found) for user_id, found in db.session.execute(query.order_by(sa.text("day"), people.c.user_id))]
