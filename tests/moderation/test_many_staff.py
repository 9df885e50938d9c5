"""A danger report costs the same with one coordinator and with twenty, and holds nobody up while it reads."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.factories import World
from tests.moderation.conftest import said
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import Guardian, User
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.viewer_facts import facts_of
from tutoring.moderation.models import Case
from tutoring.rooms.messages import commands as messages_commands

WRITES = ("INSERT", "UPDATE", "SAVEPOINT", "RELEASE")


def more_coordinators(world: World, count: int) -> None:
    """So many more coordinators of Minh's class."""
    for n in range(count):
        one = User(username=f"dieuphoi{n}", full_name=f"Điều Phối {n}", called_name="Phối", kind="adult")
        db.session.add(one)
        db.session.flush()
        role = {"unit_id": world["lop6a"], "role": "coordinator", "state": "active"}
        db.session.add(Membership(user_id=one.id, confirmed_at=clock.now(), **role))
    db.session.commit()


def reported(world: World, queries: list[str], more: int, what: str) -> tuple[list[str], int]:
    """The statements of a report of Khoa's message by Minh with so many more coordinators, and how many are told."""
    more_coordinators(world, more)
    room_id = open_pair(world)
    messages_commands.post_message(factories.person(world["khoa"]), room_id, new_id(), "Sao em học chậm vậy")
    minh = factories.person(world["minh"])
    assert minh.full_name
    queries.clear()
    case = said(minh, "message", f"{room_id}/1", what)
    found = list(queries), len(cases_queries.users_to_notify(case))
    db.session.remove()
    return found


@pytest.mark.parametrize("what", some("danger", rest=["contact", "bullied"]))
def test_a_report_costs_as_many_statements_with_twenty_coordinators_as_with_one(
    app: Flask, world: World, again: Callable[[], None], queries: list[str], what: str
) -> None:
    with app.app_context():
        few, told_of_few = reported(world, queries, 0, what)
    again()
    with app.app_context():
        many, told_of_many = reported(world, queries, 20, what)
    assert what == "bullied" or told_of_many == told_of_few + 20
    assert len(few) == len(many)


def test_a_report_does_nothing_but_write_once_it_has_the_chain(app: Flask, world: World, queries: list[str]) -> None:
    with app.app_context():
        statements, _told = reported(world, queries, 20, "danger")
    begun = next(n for n, one in enumerate(statements) if "INTO audit_row" in one)
    ended = max(n for n, one in enumerate(statements) if "INTO audit_row" in one)
    after = [one for one in statements[begun : ended + 1] if not one.startswith(WRITES)]
    assert after == []
    # What comes after is that of pages that are open: it runs when the transaction has ended.
    assert not any(one.startswith(WRITES) for one in statements[ended + 1 :])


def test_what_is_known_of_many_people_at_once_is_what_is_known_of_each(app: Flask, world: World) -> None:
    with app.app_context():
        room_id = open_pair(world)
        db.session.add(Guardian(child_id=world["khoa"], guardian_id=world["mai"]))
        db.session.commit()
        khoa, lan, minh = (factories.person(world[name]) for name in ("khoa", "lan", "minh"))
        messages_commands.post_message(khoa, room_id, new_id(), "Sao em học chậm vậy")
        found = [
            said(minh, "message", f"{room_id}/1", "bullied"),
            said(lan, "person", str(khoa.id), "contact"),
            said(lan, "lesson", "vao-lop-bang-duong-dan", "wrong"),
            said(None, "site", "", "danger"),
        ]
        assert len({one.id for one in found}) == 4
        people = list(db.session.scalars(db.select(User)))
        for case in db.session.scalars(db.select(Case)):
            together = facts_of(people, case)
            for one in people:
                assert together[one.id] == cases_queries.Viewer(one).facts(case), (case.kind, one.username)
        for one in people:
            brief = cases_queries.visible_in_brief(cases_queries.Viewer(one))
            seen = cases_queries.visible(cases_queries.Viewer(one))
            assert brief == [(case, case.unit.name if case.unit else "") for case in seen], one.username
        assert len(cases_queries.visible_in_brief(cases_queries.Viewer(factories.person(world["quang"])))) > 1
