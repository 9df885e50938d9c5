"""Reads of the end of a school year: the classes with what is planned for each, members, what changed since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.community.bulk_import.models import UnitMerger
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import roles_for, unit
from tutoring.community.year_ends.models import YearEnd, YearEndChoice, YearEndClass, YearEndMove
from tutoring.community.year_ends.next_names import grade_in, next_name, next_year
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import name_key
from tutoring.policy import year_ends as policy


@dataclass
class PlannedClass:
    """A class of the school and what is planned for it; `row` is None until the plan is saved."""

    unit: Unit
    name: str
    leaves: bool
    row: YearEndClass | None = None
    pupils: int = 0
    exceptions: int = 0  # pupils who go elsewhere
    teachers: int = 0

    @property
    def grade(self) -> int | None:
        """Returns the grade of the old class, as stored or as its name says."""
        return self.unit.grade or grade_in(self.unit.name)


@dataclass
class Plan:
    """The plan of a school; `stored` is None while all of it is guessed."""

    school: Unit
    stored: YearEnd | None
    school_year: str
    classes: list[PlannedClass]
    new_names: list[str]  # of new classes in the lowest grade
    rows: list[YearEndClass]  # as they are saved

    @property
    def lowest(self) -> int | None:
        """Returns the lowest grade of the school now, which new classes get."""
        return min((one.grade for one in self.classes if one.grade), default=None)


@dataclass(frozen=True)
class Mover:
    """A pupil or teacher of a class, and where the plan leads: `choice` is None where the class goes."""

    membership: Membership
    choice: YearEndChoice | None

    @property
    def user(self) -> User:
        return self.membership.user


def school_of(actor: User, school_id: int) -> Unit:
    """Returns the school whose year the actor may end; raises NotFound."""
    place = unit(school_id)
    if not policy.may_end_year(roles_for(actor, school_id), place.kind) or place.effective_to is not None:
        raise NotFound
    return place


def planned(school_id: int, *, lock: bool = False) -> YearEnd | None:
    """Returns the plan of a school, or None."""
    query = sa.select(YearEnd).where(YearEnd.school_id == school_id, YearEnd.state == "planned")
    query = query.options(joinedload(YearEnd.planned_by)) if not lock else query.with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def last_done(school_id: int) -> YearEnd | None:
    """Returns the last move of a school that is not undone, while it is stored."""
    query = sa.select(YearEnd).options(joinedload(YearEnd.done_by))
    query = query.where(YearEnd.school_id == school_id, YearEnd.state == "done")
    return db.session.scalar(query.order_by(YearEnd.id.desc()).limit(1))


def undo_until(done: YearEnd) -> datetime | None:
    """Returns until when a move can be undone, or None when it cannot any more."""
    if done.state != "done" or done.closed_at is not None or done.done_at is None:
        return None
    until = done.done_at + policy.UNDO_LIFE
    return until if until > clock.now() else None


def classes_at(school_id: int) -> list[Unit]:
    """Returns the classes of a school that are not archived, by grade and name."""
    query = sa.select(Unit).where(Unit.parent_id == school_id, Unit.kind == "class", Unit.effective_to.is_(None))
    return list(db.session.scalars(query.order_by(Unit.sort, Unit.id)))


def plan_of(school: Unit, *, counted: bool = True) -> Plan:
    """Returns the plan of a school: what is saved, and guesses for the rest. Five statements at most."""
    stored = planned(school.id)
    classes = classes_at(school.id)
    done = last_done(school.id)
    if stored is not None:
        school_year = stored.school_year
    else:
        school_year = done.school_year if done is not None else next_year(_current_year(classes))
    if done is not None:
        # Classes that are in the new year already are not moved twice.
        classes = [one for one in classes if one.school_year != done.school_year]
    if stored is not None:
        classes = [one for one in classes if one.school_year != school_year]
    rows = rows_of(stored.id) if stored else []
    saved = {row.unit_id: row for row in rows if row.unit_id is not None}
    highest = max((one.grade or grade_in(one.name) or 0 for one in classes), default=None)
    found = []
    for one in classes:
        row, grade = saved.get(one.id), one.grade or grade_in(one.name)
        if row is not None:
            found.append(PlannedClass(one, row.name, row.leaves, row))
        else:
            found.append(PlannedClass(one, next_name(one.name, grade), policy.leaves_school(grade, highest)))
    if counted:
        _count(found, stored)
    plan = Plan(school, stored, school_year, found, [row.name for row in rows if row.unit_id is None], rows)
    if stored is None and plan.lowest is not None:
        plan.new_names = [one.unit.name for one in found if one.grade == plan.lowest]
    return plan


def _current_year(classes: Sequence[Unit]) -> str:
    """Returns the school year of most classes, or the one that today lies in."""
    years = [one.school_year for one in classes if one.school_year]
    if years:
        return max(sorted(set(years)), key=years.count)
    today = clock.today()
    first = today.year if today.month >= 8 else today.year - 1
    return f"{first}–{first + 1}"


def rows_of(year_end_id: int) -> list[YearEndClass]:
    """Returns the classes of a plan."""
    query = sa.select(YearEndClass).where(YearEndClass.year_end_id == year_end_id)
    return list(db.session.scalars(query.order_by(YearEndClass.id)))


def _count(classes: Sequence[PlannedClass], stored: YearEnd | None) -> None:
    elsewhere = sa.and_(
        YearEndChoice.membership_id == Membership.id, YearEndChoice.year_end_id == (stored.id if stored else 0)
    )
    query = (
        sa.select(Membership.unit_id, Membership.role, sa.func.count(), sa.func.count(YearEndChoice.id))
        .join(YearEndChoice, elsewhere, isouter=True)
        .where(Membership.unit_id.in_([one.unit.id for one in classes]), Membership.state != "ended")
        .group_by(Membership.unit_id, Membership.role)
    )
    counts = {(unit_id, role): (many, others) for unit_id, role, many, others in db.session.execute(query)}
    for one in classes:
        one.pupils, one.exceptions = counts.get((one.unit.id, "learner"), (0, 0))
        one.teachers = counts.get((one.unit.id, "teacher"), (0, 0))[0]


def movers_of(plan_id: int, unit_id: int) -> list[Mover]:
    """Returns the teachers and pupils of a class by name, each with the exception that is planned."""
    query = (
        sa.select(Membership, YearEndChoice)
        .options(joinedload(Membership.user))
        .join(
            YearEndChoice,
            sa.and_(YearEndChoice.membership_id == Membership.id, YearEndChoice.year_end_id == plan_id),
            isouter=True,
        )
        .where(Membership.unit_id == unit_id, Membership.role.in_(("learner", "teacher")), Membership.state != "ended")
    )
    found = [Mover(member, choice) for member, choice in db.session.execute(query)]
    return sorted(
        found, key=lambda one: (one.membership.role != "teacher", name_key(one.user.full_name), one.membership.id)
    )


def exceptions_of(year_end_id: int) -> list[tuple[YearEndChoice, Membership]]:
    """Returns the members who go elsewhere, with their users, by name."""
    query = (
        sa.select(YearEndChoice, Membership)
        .join(Membership, Membership.id == YearEndChoice.membership_id)
        .options(joinedload(Membership.user), joinedload(Membership.unit))
        .where(YearEndChoice.year_end_id == year_end_id, Membership.state != "ended")
    )
    found = [(choice, member) for choice, member in db.session.execute(query)]
    return sorted(found, key=lambda one: (name_key(one[1].user.full_name), one[1].id))


def members_at(unit_ids: Sequence[int]) -> list[Membership]:
    """Returns the members of these units who have not ended, with their users."""
    query = sa.select(Membership).options(joinedload(Membership.user))
    query = query.where(Membership.unit_id.in_(unit_ids), Membership.state != "ended")
    return list(db.session.scalars(query.order_by(Membership.id)))


def children_of(guardian_ids: Sequence[int]) -> dict[int, set[int]]:
    """Returns the ids of the children of each of these guardians."""
    found = defaultdict[int, set[int]](set)
    query = sa.select(Guardian.guardian_id, Guardian.child_id).where(Guardian.guardian_id.is_not(None))
    parents = set(guardian_ids)
    for guardian_id, child_id in db.session.execute(query.where(Guardian.guardian_id.in_(parents))):
        found[guardian_id or 0].add(child_id)
    return found


# ---- what changed since -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changes:
    """What became different after a move: memberships that ended or were confirmed, people who came, other names."""

    left: list[Membership]
    confirmed: list[Membership]
    came: list[Membership]
    renamed: list[Unit]
    reopened: list[Unit]  # old classes that were taken up again: they prevent the way back

    @property
    def any(self) -> bool:
        return bool(self.left or self.confirmed or self.came or self.renamed or self.reopened)


def moves_of(year_end_id: int) -> list[YearEndMove]:
    """Returns the memberships that a move ended, each with the one that goes on."""
    query = (
        sa.select(YearEndMove)
        .options(joinedload(YearEndMove.old).joinedload(Membership.user), joinedload(YearEndMove.new))
        .where(YearEndMove.year_end_id == year_end_id)
    )
    return list(db.session.scalars(query.order_by(YearEndMove.id)))


def newcomers_at(year_end_id: int, unit_ids: Sequence[int]) -> list[Membership]:
    """Returns the members of new classes whom the move did not bring."""
    moved = sa.select(YearEndMove.id).where(YearEndMove.year_end_id == year_end_id, YearEndMove.new_id == Membership.id)
    query = sa.select(Membership).options(joinedload(Membership.user), joinedload(Membership.unit))
    query = query.where(Membership.unit_id.in_(unit_ids), ~moved.exists())
    return list(db.session.scalars(query.order_by(Membership.id)))


def changes_since(done: YearEnd) -> Changes:
    """Returns what changed after a move; four statements."""
    rows, moves = rows_of(done.id), moves_of(done.id)
    made = {row.into_id: row for row in rows if row.into_id is not None}
    units = {one.id: one for one in db.session.scalars(sa.select(Unit).where(Unit.id.in_([
        *made, *(row.unit_id for row in rows if row.unit_id is not None)])))}  # fmt: skip
    came = [one for one in newcomers_at(done.id, sorted(made)) if one.state != "ended"]
    return Changes(
        left=[one.old for one in moves if one.new is None or one.new.state == "ended"],
        confirmed=[one.old for one in moves if one.new and one.new.state == "active" and one.state_was == "waiting"],
        came=came,
        renamed=[units[key] for key, row in made.items() if key in units and units[key].name != row.name],
        reopened=[one for row in rows if (one := units.get(row.unit_id or 0)) and one.effective_to is None],
    )


def leavers_of(done: YearEnd) -> list[Membership]:
    """Returns the pupils who leave the school with a move: they did not go on in a new class."""
    moved = sa.select(YearEndMove.id).where(YearEndMove.year_end_id == done.id, YearEndMove.old_id == Membership.id)
    query = (
        sa.select(Membership)
        .join(YearEndClass, YearEndClass.unit_id == Membership.unit_id)
        .options(joinedload(Membership.user), joinedload(Membership.unit))
        .where(
            YearEndClass.year_end_id == done.id, Membership.role == "learner", ~moved.exists(),
            sa.or_(Membership.state != "ended", Membership.ended_at >= done.done_at),
        )
    )  # fmt: skip
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda one: (one.unit.sort, name_key(one.user.full_name), one.id))


def still_members(year_end_id: int, most: int) -> list[Membership]:
    """Returns some of those who leave, of every role, whose membership in an archived class has not ended yet."""
    query = (
        sa.select(Membership)
        .join(YearEndClass, YearEndClass.unit_id == Membership.unit_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            YearEndClass.year_end_id == year_end_id, Membership.state != "ended", Unit.effective_to.is_not(None),
        )
        .order_by(Membership.id)
        .limit(most)
    )  # fmt: skip
    return list(db.session.scalars(query))


def done_at(actor: User, school_id: int, year_end_id: int) -> YearEnd:
    """Returns a move that was carried out, or undone since; raises NotFound."""
    school_of(actor, school_id)
    found = db.session.get(YearEnd, year_end_id)
    if found is None or found.school_id != school_id or found.state == "planned":
        raise NotFound
    return found


def planned_merger(unit_ids: Sequence[int]) -> Unit | None:
    """Returns one of these units that is to become part of another, or None."""
    query = sa.select(Unit).join(UnitMerger, UnitMerger.from_id == Unit.id)
    query = query.where(Unit.id.in_(unit_ids), UnitMerger.cancelled_at.is_(None), UnitMerger.done_at.is_(None))
    return db.session.scalar(query.order_by(Unit.id).limit(1))
