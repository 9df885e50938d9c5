"""The way back from the end of a school year: everything as it was, except what changed since.

Whoever left a new class stays out. Whoever came into one goes into the old class that it came from. A class that was
made for beginners stays if it has members by now.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community.events import ClassesMoved, YearEnded
from tutoring.community.models import Membership, Unit
from tutoring.community.year_ends import queries
from tutoring.community.year_ends.commands import lock_school
from tutoring.community.year_ends.models import YearEnd, YearEndClass, YearEndMove
from tutoring.community.year_ends.moved_rows import follow_in_community
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_


@command
def undo_year_end(actor: User, school_id: int, year_end_id: int) -> YearEnd:
    """Takes a move back. A second call changes nothing.

    Raises NotFound, or Conflict once the time is over or an old class was taken up again by hand.
    """
    lock_school(actor, school_id)
    done = db.session.get(YearEnd, year_end_id, with_for_update=True, populate_existing=True)
    if done is None or done.school_id != school_id or done.state == "planned":
        raise NotFound
    if done.state == "undone":
        return done
    if queries.undo_until(done) is None:
        raise Conflict(N_("Đã quá hạn hoàn tác. Hãy sửa từng lớp, từng người."))
    changes = queries.changes_since(done)
    if changes.reopened:
        say = N_("Lớp cũ %(name)s đã được mở lại riêng. Hãy lưu trữ lớp ấy rồi hoàn tác.")
        raise Conflict(say, name=changes.reopened[0].name)
    rows, moves = queries.rows_of(done.id), queries.moves_of(done.id)
    event = _event(rows, moves)
    _restore_members(moves)
    _restore_grades(moves, rows)
    _take_newcomers(done, rows)
    new = sa.select(YearEndMove.new_id).where(YearEndMove.year_end_id == done.id, YearEndMove.new_id.is_not(None))
    remove = sa.delete(Membership).where(Membership.id.in_(new))
    db.session.execute(remove.execution_options(synchronize_session=False))
    old = [row.unit_id for row in rows if row.unit_id is not None]
    db.session.execute(_plain(sa.update(Unit).where(Unit.id.in_(old)).values(effective_to=None)))
    done.state, done.undone_by_id, done.undone_at = "undone", actor.id, clock.now()
    db.session.flush()
    facts: dict[str, Any] = {"year": done.school_year, "left": len(changes.left), "came": len(changes.came)}
    db.session.expire_all()
    follow_in_community(event)
    publish(event)
    _remove_classes(rows)
    audit.record(actor.id, "undo_school_year", f"unit:{school_id}", **facts)
    publish(YearEnded(year_end_id, school_id, actor.id, undone=True))
    return done


def _plain(statement: sa.Update) -> sa.Update:
    return statement.execution_options(synchronize_session=False)


def _event(rows: Collection[YearEndClass], moves: Sequence[YearEndMove]) -> ClassesMoved:
    """Returns the move the other way round: people who went elsewhere first, then the classes."""
    pairs = {row.into_id: row.unit_id for row in rows if row.into_id is not None and row.unit_id is not None}
    back = {
        (one.old.user_id, one.new.unit_id, one.old.unit_id)
        for one in moves
        if one.new is not None
        and one.old.role in ("learner", "teacher")
        and pairs.get(one.new.unit_id) != one.old.unit_id
    }
    return ClassesMoved(tuple(pairs.items()), tuple(sorted(back)))


def _restore_members(moves: Sequence[YearEndMove]) -> None:
    """Takes up the old memberships whose new one goes on; one that was confirmed meanwhile stays confirmed."""
    going = defaultdict[int, list[Membership]](list)
    for one in moves:
        if one.new is not None and one.new.state != "ended":
            going[one.old_id].append(one.new)
    olds = {one.old_id: one.old for one in moves}
    values = []
    for old_id, news in going.items():
        best = next((new for new in news if new.state == "active"), news[0])
        old = olds[old_id]
        first = old.confirmed_at is None and best.state == "active"
        values.append({
            "b_id": old_id, "b_state": best.state,
            "b_by": best.confirmed_by_id if first else old.confirmed_by_id,
            "b_at": best.confirmed_at if first else old.confirmed_at,
        })  # fmt: skip
    if values:
        table = Membership.__table__
        each = sa.update(table).where(table.c.id == sa.bindparam("b_id"))  # type: ignore[arg-type]
        each = each.values(state=sa.bindparam("b_state"), ended_at=None, confirmed_by_id=sa.bindparam("b_by"),
                           confirmed_at=sa.bindparam("b_at"))  # fmt: skip
        db.session.execute(each, values)


def _restore_grades(moves: Sequence[YearEndMove], rows: Collection[YearEndClass]) -> None:
    """Restores the grades of pupils, unless somebody set another one since."""
    given = {row.into_id: row.grade for row in rows if row.into_id is not None}
    values = [
        {"b_id": one.old.user_id, "b_was": one.grade_was, "b_now": given[one.new.unit_id]}
        for one in moves
        if one.new is not None and one.grade_was is not None and given.get(one.new.unit_id) is not None
    ]
    if values:
        table = User.__table__
        mine = (table.c.id == sa.bindparam("b_id"), table.c.grade == sa.bindparam("b_now"))
        db.session.execute(sa.update(table).where(*mine).values(grade=sa.bindparam("b_was")), values)  # type: ignore[arg-type]


def _take_newcomers(done: YearEnd, rows: Collection[YearEndClass]) -> None:
    """Moves people who came into a new class since into the old class that it came from."""
    back = {row.into_id: row.unit_id for row in rows if row.into_id is not None and row.unit_id is not None}
    came = queries.newcomers_at(done.id, sorted(back))
    if not came:
        return
    query = sa.select(Membership).where(
        Membership.unit_id.in_(back.values()), Membership.user_id.in_([one.user_id for one in came])
    )
    known = {(one.user_id, one.unit_id, one.role): one for one in db.session.scalars(query)}
    for one in came:
        unit_id = back[one.unit_id]
        before = known.get((one.user_id, unit_id or 0, one.role))
        if before is None:
            one.unit_id = unit_id or one.unit_id
            continue
        if before.state == "ended" and one.state != "ended":
            before.state, before.ended_at = one.state, None
            before.confirmed_by_id, before.confirmed_at = one.confirmed_by_id, one.confirmed_at
        db.session.delete(one)
    db.session.flush()


def _remove_classes(rows: Collection[YearEndClass]) -> None:
    """Deletes the new classes; one that has members or a past of its own is archived, or stays with its members."""
    ids = [row.into_id for row in rows if row.into_id is not None]
    busy = set(db.session.scalars(
        sa.select(Membership.unit_id).where(Membership.unit_id.in_(ids), Membership.state != "ended").distinct()
    ))  # fmt: skip
    db.session.execute(sa.delete(Membership).where(Membership.unit_id.in_(set(ids) - busy)))
    for unit_id in sorted(set(ids) - busy):
        try:
            with db.session.begin_nested():
                db.session.execute(sa.delete(Unit).where(Unit.id == unit_id))
        except IntegrityError:  # something that happened in it stays
            db.session.execute(_plain(sa.update(Unit).where(Unit.id == unit_id).values(effective_to=clock.today())))
    db.session.expire_all()
