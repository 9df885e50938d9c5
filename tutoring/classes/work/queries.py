"""Reads of class work: the works of a class, and the people for whom each is set."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.classes.work.models import ClassWork, ClassWorkPupil
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import name_key
from tutoring.policy.classes import first_archived


def stands(first: Any = None) -> sa.ColumnElement[bool]:
    """SQL condition: the work is neither withdrawn nor archived. `first`: a parameter for `first_archived` of today."""
    return sa.and_(
        ClassWork.withdrawn_at.is_(None), ClassWork.due > (first_archived(clock.today()) if first is None else first)
    )


def works_of_unit(unit_id: int) -> list[ClassWork]:
    """Returns the works of a class that stand, the nearest day first."""
    query = sa.select(ClassWork).options(joinedload(ClassWork.set_by)).where(ClassWork.unit_id == unit_id, stands())
    return list(db.session.scalars(query.order_by(ClassWork.due, ClassWork.id)))


def archived_works(unit_id: int, most: int = 40) -> list[ClassWork]:
    """Returns the newest works of a class that are archived or withdrawn, the newest first."""
    query = sa.select(ClassWork).options(joinedload(ClassWork.set_by))
    query = query.where(ClassWork.unit_id == unit_id, sa.not_(stands()))
    return list(db.session.scalars(query.order_by(ClassWork.due.desc(), ClassWork.id.desc()).limit(most)))


def count_open(unit_id: int) -> int:
    """Returns how many works of a class stand."""
    return db.session.scalar(sa.select(sa.func.count(ClassWork.id)).where(ClassWork.unit_id == unit_id, stands())) or 0


def work(work_id: int, *, lock: bool = False) -> ClassWork:
    """Returns a work; raises NotFound. `lock` locks it inside a command, so that changes run one after another."""
    query = sa.select(ClassWork).where(ClassWork.id == work_id)
    if lock:
        query = query.with_for_update(of=ClassWork).execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(ClassWork.set_by), joinedload(ClassWork.changed_by))
    found = db.session.scalar(query.options(joinedload(ClassWork.unit)))
    if found is None:
        raise NotFound
    return found


def select_pupil_ids(unit_id: Any) -> sa.Select[Any]:
    """Selects the ids of the confirmed pupils of a class."""
    return (
        sa.select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.unit_id == unit_id, Membership.role == "learner", Membership.state == "active",
            Membership.confirmed_at.is_not(None), User.state == "active",
        )
    )  # fmt: skip


def pupils_of(unit_id: int) -> list[User]:
    """Returns the confirmed pupils of a class, in the order of Vietnamese names."""
    found = db.session.scalars(sa.select(User).where(User.id.in_(select_pupil_ids(unit_id))))
    return sorted(found, key=lambda one: (name_key(one.full_name), one.id))


def select_guardian_ids(unit_id: Any) -> sa.Select[Any]:
    """Selects the ids of the confirmed guardians of the pupils of a class who are under 16."""
    return _select_guardians(select_pupil_ids(unit_id))


def guardian_ids_of(unit_id: int) -> frozenset[int]:
    """Returns the confirmed guardians of the pupils of a class who are under 16."""
    query = select_guardian_ids(unit_id)
    return frozenset(one for one in db.session.scalars(query) if one is not None)


def chosen_of(work_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Returns the pupils picked out for each of these works, also those who have left the class; one query."""
    query = sa.select(ClassWorkPupil.work_id, ClassWorkPupil.user_id)
    query = query.where(in_ids(ClassWorkPupil.work_id, work_ids))
    found: dict[int, set[int]] = {}
    for work_id, user_id in db.session.execute(query) if work_ids else ():
        found.setdefault(work_id, set()).add(user_id)
    return {work_id: frozenset(ids) for work_id, ids in found.items()}


def recipients(works: Iterable[ClassWork], pupil_ids: Collection[int], unit_id: int) -> dict[int, frozenset[int]]:
    """Returns for each work of a class the people who are asked to do it, in at most two statements.

    `pupil_ids` are the pupils of the class at present: who joined later counts, who left does not.
    """
    works, pupils = list(works), frozenset(pupil_ids)
    chosen = chosen_of([one.id for one in works if one.audience == "pupils"])
    adults = guardian_ids_of(unit_id) if any(one.audience == "guardians" for one in works) else frozenset[int]()
    by_audience = {"class": pupils, "guardians": adults}
    return {one.id: by_audience.get(one.audience, pupils & chosen.get(one.id, frozenset())) for one in works}


def select_recipient_ids(row: ClassWork, but: int = 0) -> sa.Select[Any]:
    """Selects the ids of those who are asked to do a work, except this user."""
    if row.audience == "guardians":
        return _except(select_guardian_ids(row.unit_id), but)
    return _except(_select_asked_pupils(row), but)


def select_guardians_of_recipients(row: ClassWork, but: int = 0) -> sa.Select[Any]:
    """Selects the ids of the confirmed guardians of the pupils under 16 who are asked to do a work."""
    return _except(_select_guardians(_select_asked_pupils(row)), but)


def _select_asked_pupils(row: ClassWork) -> sa.Select[Any]:
    query = select_pupil_ids(row.unit_id)
    if row.audience == "pupils":
        query = query.where(
            Membership.user_id.in_(sa.select(ClassWorkPupil.user_id).where(ClassWorkPupil.work_id == row.id))
        )
    return query


def _select_guardians(children: Any) -> sa.Select[Any]:
    return (
        sa.select(Guardian.guardian_id.label("user_id"))
        .join(User, User.id == Guardian.child_id)
        .where(Guardian.child_id.in_(children), User.kind == "child", Guardian.confirmed_at.is_not(None))
    )


def _except(people: sa.Select[Any], but: int) -> sa.Select[Any]:
    found = people.subquery()
    return sa.select(User.id).where(User.id.in_(sa.select(found.c.user_id)), User.id != but, User.state == "active")


def guardian_ids_of_children(child_ids: Collection[int]) -> frozenset[int]:
    """Returns the confirmed guardians of those of these people who are under 16."""
    query = (
        sa.select(Guardian.guardian_id)
        .join(User, User.id == Guardian.child_id)
        .where(in_ids(Guardian.child_id, child_ids), User.kind == "child", Guardian.confirmed_at.is_not(None))
    )
    return frozenset(one for one in db.session.scalars(query) if one is not None) if child_ids else frozenset()


def works_to_remind(due: date, after: int, most: int) -> list[ClassWork]:
    """Returns works of this day that were not set today and of which nobody was reminded, by id."""
    today = datetime.combine(clock.today(), time(0), clock.LOCAL)
    query = (
        sa.select(ClassWork)
        .join(Unit, Unit.id == ClassWork.unit_id)
        .where(
            ClassWork.due == due, ClassWork.withdrawn_at.is_(None), ClassWork.reminded_at.is_(None),
            ClassWork.set_at < today, ClassWork.id > after, Unit.effective_to.is_(None),
        )
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(ClassWork.id).limit(most)))
