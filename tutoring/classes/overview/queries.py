"""Reads of the overview: the pupils of classes and whose progress is shown, and how far these are.

Each read is one statement for any number of classes, pupils and lessons.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial, reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.consents.texts import PURPOSES
from tutoring.accounts.models import Consent, User
from tutoring.accounts.queries import in_force
from tutoring.classes.overview.models import ClassNudge
from tutoring.classes.overview.states import LessonState, Waiting, state_of
from tutoring.classes.work.models import ClassWork, ClassWorkPupil
from tutoring.classes.work.queries import stands
from tutoring.community.models import Membership, Unit
from tutoring.community.units.scopes import ids_above
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, each_value, ids_parameter, in_ids, local_day, stream_rows
from tutoring.kernel.db import db
from tutoring.kernel.text import name_key
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.lessons.content.schema import STAFF_FROM
from tutoring.lessons.progress.models import Attempt, LessonProgress
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.policy.class_overview import LOOKS_BACK, NEEDED, TEACHING, is_shown
from tutoring.policy.classes import first_archived
from tutoring.policy.consent_expiry import counts_from

OfPupils = Callable[[Any], sa.ColumnElement[bool]]  # whether a column names one of the pupils who are read


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil of a class by name; `shown` says whether the family lets teachers see the progress.

    `nudged_at` is when a teacher asked last whether to call a helper.
    """

    id: int
    unit_id: int
    name: str
    shown: bool
    nudged_at: datetime | None = None

    @property
    def nudged_today(self) -> bool:
        """Whether a teacher asked the pupil today."""
        return self.nudged_at is not None and clock.local(self.nudged_at).date() == clock.today()


def pupils_of(unit_ids: Iterable[int]) -> list[Pupil]:
    """Returns the confirmed pupils of these classes, by name."""
    texts = tuple((one.key, one.version) for one in PURPOSES)
    values = {"units": ids_parameter(unit_ids), "since": counts_from(clock.today())}
    shown = cache(_is_shown)  # most pupils of a class are of one age, and agreed to the same
    found = [
        Pupil(user_id, unit_id, full or called, shown(kind, born, words or ""), at)
        for unit_id, user_id, full, called, kind, born, at, words in stream_rows(_pupils(texts), values)
    ]
    return sorted(found, key=lambda one: (name_key(one.name), one.id))


def _is_shown(kind: str, born: int | None, words: str) -> bool:
    said: dict[str, set[str]] = {"consent": set(), "assent": set()}
    for word in words.split():
        of, _, purpose = word.partition(":")
        said[of].add(purpose)
    return is_shown(kind, None if born is None else clock.today().year - born, said["consent"], said["assent"])


@built_once  # building a statement takes longer than executing it
def _pupils(_texts: tuple[tuple[str, str], ...]) -> Any:
    """Selects pupils with all consents and assents in force as one text; `_texts` are the versions that count."""
    since: sa.BindParameter[Any] = sa.bindparam("since", type_=Consent.given_at.type)
    words = (
        sa.select(sa.func.aggregate_strings(Consent.kind + ":" + Consent.purpose, " "))
        .where(
            Consent.subject_id == User.id, Consent.purpose.in_(sorted(NEEDED)),
            sa.or_(in_force("consent", since), in_force("assent", since)),
        )
        .scalar_subquery()
    )  # fmt: skip
    asked = sa.select(sa.func.max(ClassNudge.at)).where(ClassNudge.pupil_id == User.id).scalar_subquery()
    columns = Membership.unit_id, User.id, User.full_name, User.called_name, User.kind, User.birth_year
    return pupils_in(*columns, asked, words)


def pupils_in(*columns: Any) -> Any:
    """Selects columns of the confirmed pupils of the classes in the parameter `units`."""
    return (
        sa.select(*columns)
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            in_ids(Membership.unit_id, sa.bindparam("units")), Membership.role == "learner",
            Membership.state == "active", Membership.confirmed_at.is_not(None), User.erased_at.is_(None),
        )
    )  # fmt: skip


def states_of(
    user_ids: Collection[int], now: datetime, paths: Collection[str] = (), slugs: Collection[str] = (), *,
    every: bool = False,
) -> dict[int, dict[str, LessonState]]:  # fmt: skip
    """Returns how far these pupils are, by pupil and lesson; pupils who are equally far share one state.

    Of lessons that they were in lately, of those of some paths, and of some others; `every`: of all lessons. Two
    statements. Call it with pupils whose progress the reader may see.
    """
    if not user_ids:
        return {}
    users = ids_parameter(user_ids)
    waits = _waiting(users)
    values = {"users": users, "lately": now - LOOKS_BACK}
    if not every:
        values |= {"paths": ids_parameter(paths), "slugs": ids_parameter(slugs)}
    found: dict[int, dict[str, LessonState]] = {user_id: {} for user_id in user_ids}
    for user_id, rows in stream_rows(_progress(every), values):
        texts = dict([row.split("|", 1) for row in rows.split()])
        states = found[user_id] = {slug: _state(text) for slug, text in texts.items()}
        for slug, waiting in waits.get(user_id, {}).items():
            if slug in texts:
                states[slug] = _read_state(texts[slug], now, waiting)
    return found


def _read_state(text: str, now: datetime | None, waiting: Waiting | None) -> LessonState:
    """Reads what the statement says of one lesson, and adds what the pupil waits for there."""
    step_id, word, confirmed, day, rests = text.split("|")
    waiting = waiting if word == "started" else None
    return state_of(step_id, word == "finished", confirmed, date.fromisoformat(day), now, waiting, rests=bool(rests))


@lru_cache(maxsize=4_096)  # pupils who are equally far share a state
def _state(text: str) -> LessonState:
    return _read_state(text, None, None)


def _waiting(users: Any) -> dict[int, dict[str, Waiting]]:
    """Returns what pupils wait for, by pupil and lesson; most wait for nothing."""
    found: defaultdict[int, dict[str, Waiting]] = defaultdict(dict)
    for user_id, slug, number, at, helped in stream_rows(_tries_and_requests(), {"users": users}):
        known = found[user_id].get(slug, Waiting())
        if number:
            found[user_id][slug] = known._replace(wrong_tries=number, first_wrong_at=at)
        else:
            found[user_id][slug] = known._replace(asked_at=at, helped=bool(helped))
    return found


@built_once
def _tries_and_requests() -> Any:
    """Selects the wrong tries and the open requests of pupils; the rows of a request have no number of tries."""
    of_pupils = partial(in_ids, ids=sa.bindparam("users"))
    tries, asked = wrong_tries(of_pupils), requests_of(of_pupils)
    return sa.union_all(
        sa.select(tries.c.user_id, tries.c.lesson_slug, tries.c.number, tries.c.first, sa.literal_column("0")),
        sa.select(asked.c.user_id, asked.c.lesson_slug, sa.literal_column("0"), asked.c.at, asked.c.helped),
    )


@built_once  # building it takes longer than running it
def _progress(every: bool) -> Any:
    """Selects the progress of each pupil in lessons as one text, which is quicker to read than a row for each lesson.

    Each lesson is `slug|step|state|confirmed|day|rests`, with a blank between two. A lesson that is done has no step,
    so that more pupils are equally far.
    """
    users: sa.BindParameter[Any] = sa.bindparam("users")
    row = LessonProgress
    lately: sa.BindParameter[Any] = sa.bindparam("lately", type_=row.updated_at.type)
    path, slug = (each_value(sa.bindparam(name), sa.String()) for name in ("paths", "slugs"))
    of_paths = sa.select(Lesson.slug).where(Lesson.path_slug.in_(sa.select(path.c.value)))
    wanted = sa.or_(
        row.updated_at > lately, row.lesson_slug.in_(of_paths), row.lesson_slug.in_(sa.select(slug.c.value))
    )
    done = sa.or_(row.state == "finished", row.confirmed != "")
    parts = (
        row.lesson_slug, sa.case((done, ""), else_=row.step_id), row.state, row.confirmed,
        sa.cast(local_day(row.updated_at), sa.Text), sa.case((row.updated_at < lately, "rests"), else_=""),
    )  # fmt: skip
    text = reduce(lambda before, part: before + "|" + part, parts)
    query = sa.select(row.user_id, sa.func.aggregate_strings(text, " ")).where(in_ids(row.user_id, users))
    return (query if every else query.where(wanted)).group_by(row.user_id)


def of_row(part: sa.Subquery) -> sa.ColumnElement[bool]:
    """Joins tries or requests to the progress in a lesson that is going on."""
    return sa.and_(
        LessonProgress.state == "started", part.c.user_id == LessonProgress.user_id,
        part.c.lesson_slug == LessonProgress.lesson_slug,
    )  # fmt: skip


def wrong_tries(of_pupils: OfPupils) -> sa.Subquery:
    """Selects how many last answers at the step where each pupil is were wrong, and when the first of them was."""
    right, row = aliased(Attempt), aliased(LessonProgress)
    later = sa.select(right.id).where(
        right.user_id == Attempt.user_id, right.lesson_slug == Attempt.lesson_slug, right.step_id == Attempt.step_id,
        right.correct.is_(True), right.at >= Attempt.at,
    )  # fmt: skip
    here = sa.and_(
        row.user_id == Attempt.user_id, row.lesson_slug == Attempt.lesson_slug, row.step_id == Attempt.step_id,
        row.state == "started",
    )  # fmt: skip
    query = (
        sa.select(
            Attempt.user_id, Attempt.lesson_slug, sa.func.count().label("number"),
            sa.func.min(Attempt.at).label("first"),
        )
        .join(row, here)
        .where(of_pupils(Attempt.user_id), Attempt.correct.is_(False), ~later.exists())
        .group_by(Attempt.user_id, Attempt.lesson_slug)
    )  # fmt: skip
    return query.subquery()


def requests_of(of_pupils: OfPupils) -> sa.Subquery:
    """Selects since when each pupil asks for help in a lesson, and whether a helper has taken a request there."""
    taken = HelpRequest.state == "helping"
    query = (
        sa.select(
            HelpRequest.learner_id.label("user_id"), HelpRequest.lesson_slug,
            sa.func.min(sa.case((~taken, HelpRequest.created_at))).label("at"),
            sa.func.max(sa.case((taken, 1), else_=0)).label("helped"),
        )
        .where(
            of_pupils(HelpRequest.learner_id), HelpRequest.state.in_(OPEN), HelpRequest.wish == "now",
            HelpRequest.lesson_slug.is_not(None),
        )
        .group_by(HelpRequest.learner_id, HelpRequest.lesson_slug)
    )  # fmt: skip
    return query.subquery()


def paths_in_use(pupil_ids: Collection[int]) -> dict[str, int]:
    """Returns how many of these pupils were lately in each path."""
    values = {"users": ids_parameter(pupil_ids), "lately": clock.now() - LOOKS_BACK}
    return {row[0]: row[1] for row in stream_rows(_paths_in_use(), values)}


@built_once
def _paths_in_use() -> Any:
    lately: sa.BindParameter[Any] = sa.bindparam("lately", type_=LessonProgress.updated_at.type)
    return (
        sa.select(Lesson.path_slug, sa.func.count(sa.distinct(LessonProgress.user_id)))
        .join(LessonProgress, LessonProgress.lesson_slug == Lesson.slug)
        .where(in_ids(LessonProgress.user_id, sa.bindparam("users")), LessonProgress.updated_at > lately)
        .group_by(Lesson.path_slug)
    )


# The consent speaks of lessons. Tries of a quiz, rehearsals and requests for help stand in no column.
CONSENTED_KINDS = ("lesson", "path")


@dataclass(frozen=True, slots=True)
class SetWork:
    """A work with a column: a lesson or a path, its day, and the pupils picked out; None is the whole class."""

    kind: str
    target: str
    due: date
    chosen: frozenset[int] | None = None


def works_for_pupils(unit_id: int) -> list[SetWork]:
    """Returns the works of lessons and paths that stand and are set for pupils, by their day."""
    facts: dict[int, tuple[str, str, date, str]] = {}
    chosen: defaultdict[int, set[int]] = defaultdict(set)
    values = {"unit": unit_id, "first": first_archived(clock.today())}
    for work_id, kind, target, due, audience, user_id in stream_rows(_works(), values):
        facts[work_id] = kind, target, due, audience
        chosen[work_id].add(user_id)
    return [
        SetWork(kind, target, due, None if audience == "class" else frozenset(chosen[work_id]))
        for work_id, (kind, target, due, audience) in facts.items()
    ]


@built_once
def _works() -> Any:
    first = sa.bindparam("first", type_=ClassWork.due.type)
    columns = ClassWork.id, ClassWork.kind, ClassWork.target, ClassWork.due, ClassWork.audience, ClassWorkPupil.user_id
    return (
        sa.select(*columns)
        .outerjoin(ClassWorkPupil, ClassWorkPupil.work_id == ClassWork.id)
        .where(
            ClassWork.unit_id == sa.bindparam("unit"), ClassWork.audience != "guardians",
            ClassWork.kind.in_(CONSENTED_KINDS), stands(first),
        )
        .order_by(ClassWork.due, ClassWork.id)
    )  # fmt: skip


def paths() -> list[LessonPath]:
    """Returns the paths of lessons but those for staff, in order."""
    query = (
        sa.select(LessonPath)
        .where(LessonPath.retired_at.is_(None), LessonPath.position < STAFF_FROM)
        .order_by(LessonPath.position, LessonPath.slug)
    )
    return list(db.session.scalars(query))


def teachers_of(pupil_id: int) -> set[int]:
    """Returns the teachers of the classes of a pupil, those of the school included."""
    own = sa.select(Unit.path).join(Membership, Membership.unit_id == Unit.id)
    own = own.where(Membership.user_id == pupil_id, Membership.role == "learner", Unit.kind == "class")
    above = {one for path in db.session.scalars(own) for one in ids_above(path)}
    query = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(above), Membership.role.in_(TEACHING), Membership.state == "active"
    )
    return set(db.session.scalars(query)) if above else set()


def classes_of(pupil_id: int) -> list[Unit]:
    """Returns the classes of a pupil."""
    query = (
        sa.select(Unit)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(
            Membership.user_id == pupil_id, Membership.role == "learner", Membership.state == "active",
            Membership.confirmed_at.is_not(None), Unit.kind == "class",
        )
        .order_by(Unit.name, Unit.id)
    )  # fmt: skip
    return list(db.session.scalars(query))
