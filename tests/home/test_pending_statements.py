"""Statements that are built once ask for the person who looks now, at the moment of looking."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, client_of, person
from tests.home.test_pending_work import rows
from tests.home.waiting_work import WAITING
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import staff_roles
from tutoring.community.units import bound_scopes
from tutoring.home.pending_work.statements import Standpoint, Statement, key_of
from tutoring.home.pending_work.viewer import Viewer
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

BY_KIND = {waits.kind: waits for waits in WAITING}


@command
def _end_memberships(user_id: int) -> None:
    db.session.execute(sa.update(Membership).where(Membership.user_id == user_id).values(state="ended"))


def test_a_row_goes_with_the_role_at_the_next_request(app: Flask, world: World) -> None:
    waits = BY_KIND["member"]
    with app.app_context():
        waits.make(world)
    client = client_of(app, world[waits.whom])
    assert "member" in {kind for kind, _ in rows(client)}
    with app.app_context():
        _end_memberships(world[waits.whom])
    answer = client.get("/")
    assert 'data-kind="member"' not in answer.text


def test_two_people_of_one_role_each_see_their_own(app: Flask, world: World) -> None:
    waits = BY_KIND["task"]
    with app.app_context():
        waits.make(world)
    seen = {name: {kind for kind, _ in rows(client_of(app, world[name]))} for name in ("mai", "hang", "quang")}
    assert [name for name, kinds in seen.items() if "task" in kinds] == [waits.whom]


def test_the_moment_is_that_of_the_request(app: Flask, world: World) -> None:
    waits = BY_KIND["alarm_test"]
    with app.app_context():
        waits.make(world)
    client = client_of(app, world[waits.whom])
    assert "alarm_test" in {kind for kind, _ in rows(client)}
    with clock.travel(clock.now() + timedelta(days=2)):
        assert "alarm_test" not in {kind for kind, _ in rows(client_of(app, world[waits.whom]))}


def test_a_moment_written_into_a_statement_is_refused(inside: World) -> None:
    viewer = Viewer(person(inside["hang"]), {"teacher"}, {})
    with pytest.raises(TypeError, match="a moment in a statement"):
        Statement(lambda _: sa.select(Unit.id).where(Unit.paused_at > clock.now())).results(viewer)


@pytest.mark.parametrize("most", [0, 8])
def test_a_scope_of_many_units_holds_what_one_of_few_holds(
    inside: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Few units are ranges of a statement, many are one list."""
    monkeypatch.setattr(bound_scopes, "MOST_RANGES", most)
    scoped = Statement(lambda here: sa.select(Unit.id).where(here.scope(["teacher"]).holds(Unit.id)))
    own = Statement(lambda here: sa.select(Unit.id).where(here.is_unit_of(Unit.id, ["teacher"])))
    others = Statement(lambda here: sa.select(Membership.id).where(~here.is_own(Membership.user_id)))
    teacher = person(inside["hang"])
    staff = staff_roles(teacher.id)
    viewer = Viewer(teacher, {"teacher"}, staff, [inside["an"]])
    found = set(scoped.results(viewer).scalars())
    assert found == set(db.session.scalars(sa.select(Unit.id).where(viewer.scope(["teacher"]).covers()))) and found
    assert {row.id for row in scoped.rows(viewer)} == found
    assert set(own.results(viewer).scalars()) == {unit.id for unit in viewer.units(["teacher"])}
    expected = sa.select(Membership.id).where(Membership.user_id.not_in([teacher.id, inside["an"]]))
    assert set(others.results(viewer).scalars()) == set(db.session.scalars(expected))


def test_a_viewer_of_another_standpoint_gets_another_statement(inside: World) -> None:
    teacher = person(inside["hang"])
    without = Viewer(teacher, set(), {})
    assert key_of(without) != key_of(Viewer(teacher, {"site_admin"}, {}))
    nothing = Statement(lambda here: sa.select(Unit.id).where(here.scope(["teacher"]).holds(Unit.id)))
    assert not Standpoint(key_of(without)).scope(["teacher"]) and nothing.results(without).all() == []
