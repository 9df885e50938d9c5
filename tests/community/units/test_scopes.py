"""What somebody looks after, by the paths of units, which the database keeps by itself."""

import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tutoring.community.duty.bulk_queries import hours_in, on_duty_in
from tutoring.community.duty.coverage import hours_of
from tutoring.community.models import Unit
from tutoring.community.queries import ancestors, descendants, on_duty
from tutoring.community.units.scopes import Scope, ids_above, in_subtree, scope_of
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.policy.access import STAFF


def paths() -> dict[int, str]:
    return {row[0]: row[1] for row in db.session.execute(sa.select(Unit.id, Unit.path))}


def by_walking() -> dict[int, str]:
    """The same, by asking each unit for those above it."""
    ids = db.session.scalars(sa.select(Unit.id)).all()
    return {id: "".join(f"/{one}" for one in reversed(ancestors(id))) + "/" for id in ids}


@command
def move(unit_id: int, parent_id: int | None) -> None:
    db.session.execute(sa.update(Unit).where(Unit.id == unit_id).values(parent_id=parent_id))


def test_a_unit_has_the_path_of_those_above_it_and_its_own_number(app: Flask, world: World) -> None:
    with app.app_context():
        assert paths() == by_walking()
        assert ids_above(paths()[world["lop6a"]]) == set(ancestors(world["lop6a"]))


def test_whoever_moves_takes_along_all_that_lies_below(app: Flask, world: World) -> None:
    with app.app_context():
        move(world["truong"], world["tp"])
        assert paths() == by_walking()
        assert paths()[world["lop6a"]] == f"/{world['tp']}/{world['truong']}/{world['lop6a']}/"
        move(world["truong"], None)
        assert paths() == by_walking() and paths()[world["lop6a"]].startswith(f"/{world['truong']}/")


def test_rows_that_are_written_past_the_orm_have_one_too(app: Flask, world: World) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            rows = [{"id": 900 + n, "code": f"x{n}", "kind": "ward", "form": "", "name": "X", "school_year": "",
                     "youth_help_adults": True, "link_hosts": "", "duty_phone": "",
                     "parent_id": (world["tp"], 900)[n]} for n in (0, 1)]  # fmt: skip
            connection.execute(sa.insert(Unit.__table__), rows)
        assert paths() == by_walking()


def test_reach_is_what_stands_below_and_nothing_beside(app: Flask, world: World) -> None:
    with app.app_context():
        for name in ("hang", "quang", "mai", "muoi", "minh"):
            found = scope_of(world[name], STAFF)
            tops = [one.unit_id for one in _held(world[name])]
            wanted = {id for top in tops for id in descendants(top)}
            assert set(db.session.scalars(sa.select(Unit.id).where(found.holds(Unit.id)))) == wanted, name
            assert {id for id, path in paths().items() if found.has(path)} == wanted, name
        assert set(db.session.scalars(sa.select(Unit.id).where(in_subtree(Unit.id, world["truong"])))) == set(
            descendants(world["truong"])
        )
        # 1 and 10 begin alike as words, but not as paths
        assert not Scope(("/1/",)).has("/10/") and Scope(("/1/",)).has("/1/10/")


def _held(user_id: int) -> list[sa.Row[tuple[int]]]:
    from_memberships = sa.text("SELECT unit_id FROM membership WHERE user_id = :who AND state = 'active' "
                               "AND role NOT IN ('learner', 'parent', 'helper')")  # fmt: skip
    return list(db.session.execute(from_memberships, {"who": user_id}))


def test_of_many_units_duty_and_hours_are_as_of_each(app: Flask, world: World) -> None:
    with app.app_context():
        moment = clock.now()
        for minors in (True, False):
            found = on_duty_in(paths(), moment, minors=minors)
            assert found == {id: {one.id for one in on_duty(id, moment, minors=minors)} for id in paths()}
            assert any(found.values())
        assert hours_in(paths()) == {id: hours_of(id) for id in paths()}
        assert on_duty_in({}, moment, minors=True) == {} == hours_in({})
