"""Commands of the end of a school year: plan it, choose who goes elsewhere, carry it out.

New classes are made and the old ones archived, because a class is one of one school year: what happened in it keeps
its name. The way back is in `undo.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.commands import unit_name
from tutoring.community.events import ClassesMoved, YearEnded
from tutoring.community.models import Membership, Unit
from tutoring.community.papers.models import Letterhead
from tutoring.community.year_ends import queries
from tutoring.community.year_ends.models import YearEnd, YearEndChoice, YearEndClass, YearEndMove
from tutoring.community.year_ends.moved_rows import follow_in_community
from tutoring.community.year_ends.next_names import LONGEST_YEAR, grade_in
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, fold, nfc
from tutoring.policy import year_ends as policy

CLOSE_JOB = "community.year_end_closes"
NEWER = N_("Trong lúc bạn xem, người khác đã lưu bản khác. Bản đang lưu ghi ở từng dòng; "
           "phần bạn viết còn nguyên. Xem lại rồi bấm lưu lần nữa.")  # fmt: skip
MOST_NEW = 20  # new classes in one plan
_COPIED = ("form", "youth_help_adults", "link_hosts", "opens", "closes", "patience", "duty_phone", "paused_at",
           "paused_why")  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What becomes of one class."""

    name: str
    leaves: bool = False


# ---- the plan ---------------------------------------------------------------------------------------------------


def lock_school(actor: User, school_id: int) -> Unit:
    """Returns the school, whose plan no other command changes meanwhile; raises NotFound."""
    queries.school_of(actor, school_id)
    return db.session.get_one(Unit, school_id, with_for_update={"key_share": True}, populate_existing=True)


def check_version(stored: YearEnd | None, seen: int) -> None:
    """Raises Conflict when another coordinator saved the plan meanwhile; 0 is a plan that is not saved."""
    if (stored.version if stored else 0) != seen:
        raise Conflict(NEWER, code="newer")


@command
def save_plan(
    actor: User, school_id: int, seen: int, *, school_year: str, teachers_stay: bool, classes: Mapping[int, Wanted],
    new_names: Sequence[str],
) -> YearEnd:  # fmt: skip
    """Saves what becomes of the classes. Raises NotFound, Conflict for a newer plan, or InvalidInput."""
    school = lock_school(actor, school_id)
    stored = queries.planned(school_id, lock=True)
    check_version(stored, seen)
    plan = queries.plan_of(school)
    year = " ".join(nfc(school_year).split())
    if not year or len(year) > LONGEST_YEAR:
        raise InvalidInput(N_("Hãy ghi năm học mới, như 2027–2028."), field="school_year")
    if any(one.unit.school_year == year for one in plan.classes):
        raise InvalidInput(N_("Có lớp đã ở năm học này. Hãy ghi năm học sau đó."), field="school_year")
    same = YearEnd.school_id == school_id, YearEnd.school_year == year, YearEnd.state == "done"
    if plan.classes and db.session.scalar(sa.select(YearEnd.id).where(*same)) is not None:
        raise InvalidInput(
            N_("Trường đã sang năm học này rồi. Lớp còn sót: hãy lập lớp mới và mời bằng mã."), field="school_year"
        )
    if stored is None:
        stored = YearEnd(school_id=school_id, school_year=year, version=0)
        db.session.add(stored)
    stored.school_year, stored.teachers_stay = year, teachers_stay
    _touch(stored, actor)
    db.session.flush()
    rows = queries.rows_of(stored.id)
    kept = {row.unit_id: row for row in rows if row.unit_id is not None}
    for one in plan.classes:
        wanted = classes.get(one.unit.id, Wanted(one.name, one.leaves))
        row = kept.pop(one.unit.id, None) or YearEndClass(year_end_id=stored.id, unit_id=one.unit.id)
        row.leaves = wanted.leaves
        row.name = "" if wanted.leaves else _name(wanted.name, f"name-{one.unit.id}")
        row.grade = None if wanted.leaves or one.grade is None else min(one.grade + 1, 12)
        db.session.add(row)
    for row in kept.values():  # a class that went meanwhile
        db.session.delete(row)
    _new_classes(stored, plan, rows, new_names)
    db.session.flush()
    _check_targets(stored)
    return stored


def _touch(plan: YearEnd, actor: User) -> None:
    plan.version += 1
    plan.planned_by_id, plan.changed_at = actor.id, clock.now()


def _name(typed: str, field: str) -> str:
    try:
        return unit_name(typed)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.say, field=field) from None


def _new_classes(stored: YearEnd, plan: queries.Plan, rows: Sequence[YearEndClass], names: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(_name(one, "new_names") for one in names if one.strip()))
    if len(wanted) > MOST_NEW:
        raise InvalidInput(N_("Nhiều nhất %(most)s lớp mới."), field="new_names", most=MOST_NEW)
    known = {row.name: row for row in rows if row.unit_id is None}
    for name in wanted:
        row = known.pop(name, None)
        if row is None:
            db.session.add(YearEndClass(year_end_id=stored.id, name=name, grade=grade_in(name) or plan.lowest))
    gone = [row.id for row in known.values()]
    if gone and db.session.scalar(sa.select(YearEndChoice.id).where(YearEndChoice.class_id.in_(gone)).limit(1)):
        say = N_("Có em ở lại đang chọn lớp mà bạn vừa bỏ. Hãy chọn lớp khác cho các em trước.")
        raise InvalidInput(say, field="new_names")
    for row in known.values():
        db.session.delete(row)


def _check_targets(stored: YearEnd) -> None:
    """Checks that no two new classes have one name, and that nobody is to go into a class that leaves."""
    rows = queries.rows_of(stored.id)
    seen: dict[str, YearEndClass] = {}
    inside = sa.select(Unit.name).where(
        Unit.parent_id == stored.school_id, Unit.effective_to.is_(None), Unit.school_year == stored.school_year
    )
    there = {fold(one) for one in db.session.scalars(inside)}
    for row in rows:
        if row.leaves:
            continue
        if fold(row.name) in seen or fold(row.name) in there:
            say = N_("Hai lớp của năm học mới cùng tên %(name)s. Hãy đổi một tên.")
            raise InvalidInput(say, field=f"name-{row.unit_id}" if row.unit_id else "new_names", name=row.name)
        seen[fold(row.name)] = row
    into = sa.select(YearEndClass.unit_id).join(YearEndChoice, YearEndChoice.class_id == YearEndClass.id)
    wrong = db.session.scalar(into.where(YearEndClass.year_end_id == stored.id, YearEndClass.leaves).limit(1))
    if wrong is not None:
        raise InvalidInput(N_("Có người đang chọn vào lớp này. Hãy chọn lớp khác cho họ trước."), field=f"name-{wrong}")


@command
def save_choices(actor: User, school_id: int, unit_id: int, seen: int, choices: Mapping[int, int | None]) -> None:
    """Saves where these members of a class go who do not go with it: to a class of the plan, or out of the school.

    All other members of the class go with it. Raises NotFound, or Conflict for a newer plan.
    """
    lock_school(actor, school_id)
    stored = queries.planned(school_id, lock=True)
    if stored is None:
        raise NotFound
    check_version(stored, seen)
    targets = {row.id for row in queries.rows_of(stored.id) if not row.leaves}
    own = {row.unit_id for row in queries.rows_of(stored.id)}
    if unit_id not in own:
        raise NotFound
    movers = {one.membership.id: one for one in queries.movers_of(stored.id, unit_id)}
    if any(target is not None and target not in targets for target in choices.values()):
        raise NotFound
    db.session.execute(
        sa.delete(YearEndChoice).where(
            YearEndChoice.year_end_id == stored.id, YearEndChoice.membership_id.in_(list(movers))
        )
    )
    db.session.add_all(
        YearEndChoice(year_end_id=stored.id, membership_id=member_id, class_id=target)
        for member_id, target in choices.items()
        if member_id in movers
    )
    _touch(stored, actor)


@command
def discard_plan(actor: User, school_id: int, seen: int) -> None:
    """Deletes the plan; nothing else changes. Raises NotFound, or Conflict for a newer plan."""
    lock_school(actor, school_id)
    stored = queries.planned(school_id, lock=True)
    if stored is None:
        return
    check_version(stored, seen)
    db.session.delete(stored)


# ---- carrying it out --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Where one membership goes: a class of the plan, or None for out of the school."""

    member: Membership
    row: YearEndClass | None
    as_class: bool  # where the class goes


def targets_of(stored: YearEnd, plan: queries.Plan) -> list[Target]:
    """Returns where each member of the plan's classes goes: three statements.

    Parents go where their children of the class go, helpers where they go as pupils.
    """
    rows = plan.rows
    by_unit, by_id = {row.unit_id: row for row in rows if row.unit_id is not None}, {row.id: row for row in rows}
    members = queries.members_at(list(by_unit))
    names = {one.unit.id: one.unit.name for one in plan.classes}
    by_name = {fold(row.name): row for row in rows if not row.leaves}
    picked = {
        one.membership_id: one.class_id
        for one in db.session.scalars(sa.select(YearEndChoice).where(YearEndChoice.year_end_id == stored.id))
    }
    found, pupils = list[Target](), dict[tuple[int, int], YearEndClass | None]()
    for one in (member for member in members if member.role in ("learner", "teacher")):
        row = by_unit[one.unit_id]
        goes = None if row.leaves else row
        usual = goes
        if one.role == "teacher" and (stored.teachers_stay or row.leaves):
            usual = by_name.get(fold(names[one.unit_id]), goes)
        choice = picked.get(one.id, 0)
        into = usual if choice == 0 else by_id.get(choice) if choice is not None else None
        found.append(Target(one, into, into is goes))
        if one.role == "learner":
            pupils[one.user_id, one.unit_id] = into
    parents = [member for member in members if member.role == "parent"]
    children = queries.children_of([one.user_id for one in parents])
    for one in (member for member in members if member.role not in ("learner", "teacher")):
        row = by_unit[one.unit_id]
        goes = None if row.leaves else row
        theirs = children.get(one.user_id, set()) if one.role == "parent" else {one.user_id}
        wanted = [pupils[child, one.unit_id] for child in sorted(theirs) if (child, one.unit_id) in pupils] or [goes]
        staying = [into for into in dict.fromkeys(wanted) if into is not None]
        found += [Target(one, into, into is goes) for into in staying] or [Target(one, None, goes is None)]
    return found


@command
def carry_out(actor: User, school_id: int, seen: int) -> YearEnd:
    """Moves the classes of a school up, as the plan says, in one transaction.

    Raises NotFound without a plan, or Conflict for a newer one: a second call finds no plan and changes nothing.
    """
    school = lock_school(actor, school_id)
    stored = queries.planned(school_id, lock=True)
    if stored is None:
        raise NotFound
    check_version(stored, seen)
    plan = queries.plan_of(school, counted=False)
    if {row.unit_id for row in plan.rows if row.unit_id} != {one.unit.id for one in plan.classes}:
        raise Conflict(N_("Trường vừa thêm hoặc bớt lớp. Hãy xem lại kế hoạch và lưu, rồi cho lên lớp."))
    if not plan.classes:
        raise Conflict(N_("Không có lớp nào để lên lớp: mọi lớp đã ở năm học mới."))
    _check_targets(stored)
    if (merging := queries.planned_merger([one.unit.id for one in plan.classes])) is not None:
        say = N_("%(name)s đã hẹn sáp nhập với lớp khác. Hãy huỷ việc sáp nhập trước, rồi cho lên lớp.")
        raise Conflict(say, name=merging.name)
    moment = clock.now()
    targets = targets_of(stored, plan)
    made = _make_classes(school, stored)
    moved, leaving = _move(stored, targets, made)
    old = [one.unit.id for one in plan.classes]
    change = sa.update(Unit).where(Unit.id.in_(old)).values(effective_to=clock.today())
    db.session.execute(change.execution_options(synchronize_session=False))
    stored.state, stored.done_by_id, stored.done_at, stored.changed_at = "done", actor.id, moment, moment
    db.session.flush()
    event = _event(targets, made)
    facts: dict[str, Any] = {"year": stored.school_year, "classes": len(old), "moved": moved, "leaving": leaving}
    db.session.expire_all()
    follow_in_community(event)
    publish(event)
    audit.record(actor.id, "end_school_year", f"unit:{school_id}", **facts)
    publish(YearEnded(stored.id, school_id, actor.id))
    jobs.enqueue(CLOSE_JOB, f"{CLOSE_JOB}:{stored.id}:0", moment + policy.UNDO_LIFE, year_end_id=stored.id, part=0)
    return stored


def _make_classes(school: Unit, stored: YearEnd) -> list[YearEndClass]:
    """Makes the classes of the new year, with the settings of the old ones; returns their rows of the plan."""
    rows = [row for row in queries.rows_of(stored.id) if not row.leaves]
    old = {one.id: one for one in db.session.scalars(sa.select(Unit).where(Unit.id.in_([r.unit_id for r in rows])))}
    taken = set(db.session.scalars(sa.select(Unit.code).where(Unit.code.startswith(_code(school, stored, "")[:20]))))
    made = []
    for row in rows:
        code = base = _code(school, stored, row.name)
        number = 1
        while code in taken:
            number += 1
            code = f"{base}-{number}"
        taken.add(code)
        place = Unit(code=code, kind="class", name=row.name, parent_id=school.id, grade=row.grade,
                     school_year=stored.school_year, ward_id=school.ward_id, school_id=school.id)  # fmt: skip
        if (before := old.get(row.unit_id or 0)) is not None:
            for name in _COPIED:
                setattr(place, name, getattr(before, name))
        made.append(place)
    db.session.add_all(made)
    db.session.flush()
    for row, place in zip(rows, made, strict=True):
        row.into_id = place.id
    db.session.flush()
    _copy_letterheads(rows)
    return rows


def _code(school: Unit, stored: YearEnd, name: str) -> str:
    year = "".join(one for one in stored.school_year if one.isdigit())[:4]
    short = "".join(one for one in fold(name).removeprefix("lop") if one.isalnum())
    return f"{school.code[:18]}-{year}-{short[:12]}"


def _copy_letterheads(rows: Sequence[YearEndClass]) -> None:
    into = {row.unit_id: row.into_id for row in rows if row.unit_id is not None}
    for head in db.session.scalars(sa.select(Letterhead).where(Letterhead.unit_id.in_(list(into)))).all():
        values = {column.key: getattr(head, column.key) for column in sa.inspect(Letterhead).columns}
        db.session.add(Letterhead(**values | {"unit_id": into[head.unit_id]}))


def _move(stored: YearEnd, targets: Sequence[Target], rows: Collection[YearEndClass]) -> tuple[int, int]:
    """Ends memberships of old classes and makes those of new ones; returns how many people move, and how many leave."""
    moment, into = clock.now(), {row.id: row.into_id for row in rows if row.into_id is not None}
    going = [one for one in targets if one.row is not None]
    wanted = {(one.member.user_id, one.member.role, into[one.row.id]): one for one in going if one.row is not None}
    values = [
        {
            "user_id": user_id, "role": role, "unit_id": unit_id, "state": one.member.state, "created_at": moment,
            "brought_by_id": one.member.brought_by_id, "confirmed_by_id": one.member.confirmed_by_id,
            "confirmed_at": moment if one.member.confirmed_at is not None else None,
        }
        for (user_id, role, unit_id), one in wanted.items()
    ]  # fmt: skip
    if values:
        db.session.execute(sa.insert(Membership), values)
    query = sa.select(Membership.id, Membership.user_id, Membership.role, Membership.unit_id)
    made = {
        (user_id, role, unit_id): new_id
        for new_id, user_id, role, unit_id in db.session.execute(query.where(Membership.unit_id.in_(into.values())))
    }
    notes = [
        {
            "year_end_id": stored.id, "old_id": one.member.id, "state_was": one.member.state,
            "new_id": made[one.member.user_id, one.member.role, into[one.row.id]],
            "grade_was": one.member.user.grade if one.member.role == "learner" else None,
        }
        for one in going
        if one.row is not None
    ]  # fmt: skip
    if notes:
        db.session.execute(sa.insert(YearEndMove), notes)
    ended = sa.select(YearEndMove.old_id).where(YearEndMove.year_end_id == stored.id)
    change = sa.update(Membership).where(Membership.id.in_(ended)).values(state="ended", ended_at=moment)
    db.session.execute(change.execution_options(synchronize_session=False))
    _set_grades(going)
    people = {one.member.user_id for one in going}
    return len(people), len({one.member.user_id for one in targets if one.row is None} - people)


def _set_grades(going: Sequence[Target]) -> None:
    by_grade: dict[int, list[int]] = {}
    for one in going:
        if one.member.role == "learner" and one.row is not None and one.row.grade and one.member.user.grade:
            by_grade.setdefault(one.row.grade, []).append(one.member.user_id)
    for grade, users in sorted(by_grade.items()):
        change = sa.update(User).where(in_ids(User.id, users)).values(grade=grade)
        db.session.execute(change.execution_options(synchronize_session=False))


def _event(targets: Sequence[Target], rows: Collection[YearEndClass]) -> ClassesMoved:
    pairs = tuple((row.unit_id, row.into_id) for row in rows if row.unit_id is not None and row.into_id is not None)
    into = {row.id: row.into_id for row in rows}
    people = {
        (one.member.user_id, one.member.unit_id, (into[one.row.id] if one.row else None) or one.member.unit_id)
        for one in targets
        if not one.as_class and one.member.role in ("learner", "teacher")
    }
    return ClassesMoved(pairs, tuple(sorted(people)))
