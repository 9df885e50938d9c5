"""Reads of the overview: the pupils of classes and whose progress is shown, and how far these are.

Each read is one statement for any number of classes, pupils and lessons.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, defer

from tutoring.accounts.consents.texts import PURPOSES
from tutoring.accounts.models import Consent, User
from tutoring.accounts.queries import in_force
from tutoring.classes.overview.models import ClassNudge
from tutoring.classes.overview.states import Progress
from tutoring.classes.work.models import ClassWork, ClassWorkPupil
from tutoring.classes.work.queries import stands
from tutoring.community.models import Membership, Unit
from tutoring.community.units.scopes import ids_above
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids, stream_rows
from tutoring.kernel.db import db
from tutoring.kernel.text import name_key
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.lessons.content.schema import STAFF_FROM
from tutoring.lessons.progress.models import Attempt, LessonProgress
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.policy.class_overview import LOOKS_BACK, NEEDED, TEACHING, is_shown
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
    people: dict[tuple[int, int], Any] = {}
    said: defaultdict[int, dict[str, set[str]]] = defaultdict(lambda: {"consent": set(), "assent": set()})
    rows = stream_rows(_pupils(texts), values)
    for unit_id, user_id, full, called, kind, born, at, word, purpose in rows:
        people[unit_id, user_id] = (full or called, kind, born, at)
        if purpose is not None:
            said[user_id][word].add(purpose)
    year = clock.today().year
    found = []
    for (unit_id, user_id), (name, kind, born, at) in people.items():
        age = None if born is None else year - born
        shown = is_shown(kind, age, said[user_id]["consent"], said[user_id]["assent"])
        found.append(Pupil(user_id, unit_id, name, shown, at))
    return sorted(found, key=lambda one: (name_key(one.name), one.id))


@built_once  # building a statement takes longer than executing it
def _pupils(_texts: tuple[tuple[str, str], ...]) -> Any:
    """Selects pupils with each consent and assent in force; `_texts` are the versions that these depend on."""
    since: sa.BindParameter[Any] = sa.bindparam("since", type_=Consent.given_at.type)
    counts = sa.and_(
        Consent.subject_id == User.id, Consent.purpose.in_(sorted(NEEDED)),
        sa.or_(in_force("consent", since), in_force("assent", since)),
    )  # fmt: skip
    asked = sa.select(sa.func.max(ClassNudge.at)).where(ClassNudge.pupil_id == User.id).scalar_subquery()
    columns = Membership.unit_id, User.id, User.full_name, User.called_name, User.kind, User.birth_year
    return pupils_in(*columns, asked, Consent.kind, Consent.purpose).outerjoin(Consent, counts)


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


def progress_of(
    user_ids: Collection[int], paths: Collection[str] = (), slugs: Collection[str] = (), *, every: bool = False
) -> dict[int, dict[str, Progress]]:
    """Returns how far these pupils are, by pupil and lesson.

    Of lessons that they were in lately, of those of some paths, and of some others; `every`: of all lessons. One
    statement. Call it with pupils whose progress the reader may see.
    """
    if not user_ids:
        return {}
    values = {
        "users": ids_parameter(user_ids), "lately": clock.now() - LOOKS_BACK, "paths": sorted(paths),
        "slugs": sorted(slugs),
    }  # fmt: skip
    if every:
        values = {"users": values["users"]}
    rows = stream_rows(_progress(every), values)
    found: dict[int, dict[str, Progress]] = {user_id: {} for user_id in user_ids}
    for user_id, slug, step_id, state, confirmed, seen, number, first, at, helped in rows:
        found[user_id][slug] = Progress(
            slug, step_id, state == "finished", confirmed, seen, number or 0, first, at, bool(helped)
        )
    return found


@built_once
def _progress(every: bool) -> Any:
    users: sa.BindParameter[Any] = sa.bindparam("users")
    tries, asked, row = wrong_tries(partial(in_ids, ids=users)), requests_of(partial(in_ids, ids=users)), LessonProgress
    of_paths = sa.select(Lesson.slug).where(Lesson.path_slug.in_(sa.bindparam("paths", expanding=True)))
    wanted = sa.or_(
        row.updated_at > sa.bindparam("lately", type_=row.updated_at.type), row.lesson_slug.in_(of_paths),
        row.lesson_slug.in_(sa.bindparam("slugs", expanding=True)),
    )  # fmt: skip
    query = (
        sa.select(
            row.user_id, row.lesson_slug, row.step_id, row.state, row.confirmed, row.updated_at,
            tries.c.number, tries.c.first, asked.c.at, asked.c.helped,
        )
        .outerjoin(tries, of_row(tries))
        .outerjoin(asked, of_row(asked))
        .where(in_ids(row.user_id, users))
    )  # fmt: skip
    return query if every else query.where(wanted)


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
    query = (
        sa.select(Lesson.path_slug, sa.func.count(sa.distinct(LessonProgress.user_id)))
        .join(LessonProgress, LessonProgress.lesson_slug == Lesson.slug)
        .where(in_ids(LessonProgress.user_id, pupil_ids), LessonProgress.updated_at > clock.now() - LOOKS_BACK)
        .group_by(Lesson.path_slug)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


# The consent speaks of lessons. Tries of a quiz, rehearsals and requests for help stand in no column.
CONSENTED_KINDS = ("lesson", "path")


def works_for_pupils(unit_id: int) -> list[tuple[ClassWork, frozenset[int] | None]]:
    """Returns the works that stand and are set for pupils, by their day, each with the pupils picked out.

    None stands for the whole class.
    """
    query = (
        sa.select(ClassWork, ClassWorkPupil.user_id)
        .outerjoin(ClassWorkPupil, ClassWorkPupil.work_id == ClassWork.id)
        .where(
            ClassWork.unit_id == unit_id,
            ClassWork.audience != "guardians",
            ClassWork.kind.in_(CONSENTED_KINDS),
            stands(),
        )
        .order_by(ClassWork.due, ClassWork.id)
    )
    found: dict[ClassWork, set[int]] = {}
    for work, user_id in db.session.execute(query):
        found.setdefault(work, set()).add(user_id)
    return [(one, None if one.audience == "class" else frozenset(ids)) for one, ids in found.items()]


def paths() -> list[LessonPath]:
    """Returns the paths of lessons but those for staff, in order."""
    query = (
        sa.select(LessonPath)
        .where(LessonPath.retired_at.is_(None), LessonPath.position < STAFF_FROM)
        .order_by(LessonPath.position, LessonPath.slug)
    )
    return list(db.session.scalars(query))


def lessons_of(slugs: Collection[str], paths: Collection[str] = ()) -> dict[str, Lesson]:
    """Returns these lessons and those of some paths, by slug and with their paths; in the order of each path."""
    wanted: sa.ColumnElement[bool] = Lesson.slug.in_(sorted(slugs))
    if paths:
        wanted = sa.or_(wanted, sa.and_(Lesson.path_slug.in_(sorted(paths)), Lesson.retired_at.is_(None)))
    options = contains_eager(Lesson.path), defer(Lesson.recordings)
    query = sa.select(Lesson).join(Lesson.path).options(*options).where(wanted)
    query = query.order_by(Lesson.path_slug, Lesson.position, Lesson.slug)
    return {one.slug: one for one in db.session.scalars(query)}


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
