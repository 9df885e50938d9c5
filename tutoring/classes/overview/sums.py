"""How far classes are as sums, counted by the database: one statement for any number of classes and pupils.

What is counted is what `states.py` says of each lesson of the last 30 days, of the pupils whom `is_shown` lets teachers
see. A school has a thousand pupils with twenty lessons each, too many rows to read for one page.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.consents.texts import PURPOSES
from tutoring.accounts.models import Consent, User
from tutoring.accounts.queries import in_force
from tutoring.classes.overview.queries import of_row, pupils_in, requests_of, wrong_tries
from tutoring.classes.overview.states import Glance
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, stream_rows
from tutoring.kernel.db import UtcDateTime
from tutoring.lessons.progress.models import LessonProgress
from tutoring.policy.accounts import ASSENT_FROM
from tutoring.policy.class_overview import DONE_LATELY, FEWEST_TRIES, LOOKS_BACK, NEEDED, PURPOSE, STUCK_AFTER
from tutoring.policy.consent_expiry import counts_from


def glances(unit_ids: Collection[int]) -> dict[int, Glance]:
    """Returns each of these classes at a glance."""
    now, texts = clock.now(), tuple((one.key, one.version) for one in PURPOSES)
    values = {
        "units": ids_parameter(unit_ids), "since": counts_from(clock.today()), "year": clock.today().year,
        "lately": now - LOOKS_BACK, "tried": now - STUCK_AFTER, "done": now - DONE_LATELY,
    }  # fmt: skip
    found = {unit_id: Glance(*numbers) for unit_id, *numbers in stream_rows(_sums(texts), values)}
    return {unit_id: found.get(unit_id, Glance()) for unit_id in unit_ids}


@built_once  # building a statement takes longer than executing it
def _sums(_texts: tuple[tuple[str, str], ...]) -> Any:
    """Selects for each class the numbers of a `Glance`; `_texts` are the versions that consents depend on."""
    # Once for all parts of the statement: SQLite would else ask each pupil's consents again for each lesson.
    pupils = _pupils_shown().cte("pupils").prefix_with("MATERIALIZED")
    shown = sa.select(pupils.c.id).where(pupils.c.shown == 1)
    row, tries, asked = LessonProgress, wrong_tries(_within(shown)), requests_of(_within(shown))
    open_ = sa.and_(row.state != "finished", row.confirmed == "")
    waits = sa.and_(sa.func.coalesce(asked.c.helped, 0) == 0, sa.or_(
        asked.c.at.is_not(None), sa.and_(tries.c.number >= FEWEST_TRIES, tries.c.first <= _moment("tried"))
    ))  # fmt: skip
    of_pupil = (
        sa.select(
            pupils.c.unit_id, pupils.c.id, pupils.c.shown, _any(sa.and_(open_, waits)).label("stuck"),
            _any(open_).label("open"), _any(row.finished_at >= _moment("done")).label("done"),
        )
        .select_from(pupils)
        .outerjoin(row, sa.and_(pupils.c.shown == 1, row.user_id == pupils.c.id, row.updated_at > _moment("lately")))
        .outerjoin(tries, of_row(tries))
        .outerjoin(asked, of_row(asked))
        .group_by(pupils.c.unit_id, pupils.c.id, pupils.c.shown)
        .subquery()
    )  # fmt: skip
    going = sa.case((of_pupil.c.stuck == 1, 0), else_=of_pupil.c.open)
    sums = (sa.func.sum(one) for one in (of_pupil.c.shown, of_pupil.c.stuck, going, of_pupil.c.done))
    return sa.select(of_pupil.c.unit_id, sa.func.count(), *sums).group_by(of_pupil.c.unit_id)


def _pupils_shown() -> Any:
    """Selects pupils with 1 or 0 for whether teachers see their progress, as `is_shown` of the policy decides."""
    year = sa.bindparam("year", type_=sa.Integer)
    asked = sa.and_(User.kind == "child", year - sa.func.coalesce(User.birth_year, year) >= ASSENT_FROM)
    shown = sa.case(
        (User.kind == "adult", _agreed("consent", PURPOSE)),
        (sa.and_(asked, _agreed("assent", *NEEDED) == 0), 0),
        else_=_agreed("consent", *NEEDED),
    )
    return pupils_in(Membership.unit_id, User.id, shown.label("shown"))


def _agreed(kind: str, *purposes: str) -> Any:
    """Whether all of these consents or assents of a user are in force: 1 or 0."""
    since = sa.bindparam("since", type_=Consent.given_at.type)
    number = sa.select(sa.func.count(sa.distinct(Consent.purpose))).where(
        Consent.subject_id == User.id, Consent.purpose.in_(sorted(purposes)), in_force(kind, since)
    )  # fmt: skip
    return sa.case((number.scalar_subquery() == len(purposes), 1), else_=0)


def _within(ids: Any) -> Any:
    return lambda column: column.in_(ids)


def _any(condition: sa.ColumnElement[bool]) -> Any:
    """Whether a condition holds in any row of a group: 1 or 0."""
    return sa.func.max(sa.case((condition, 1), else_=0))


def _moment(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=UtcDateTime())
