"""A page asks each thing once; nothing is held past the request, nor past a write of the same request."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, client_of, world
from tests.statements import asked
from tutoring.community.models import Membership
from tutoring.community.queries import roles_of
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database import request_memo
from tutoring.kernel.db import db


@pytest.fixture
def place(app: Flask) -> World:
    return world(app)


@command
def _end_memberships(user_id: int) -> frozenset[str]:
    rows = sa.update(Membership).where(Membership.user_id == user_id)
    db.session.execute(rows.values(state="ended", ended_at=clock.now()))
    return roles_of(user_id)


def test_a_request_asks_once(app: Flask, place: World) -> None:
    with app.app_context():
        request_memo.begin()
        with asked(app) as statements:
            assert roles_of(place["hang"]) == roles_of(place["hang"]) == {"teacher"}
        assert len(statements) == 1
        with asked(app) as statements:
            assert roles_of(place["khoa"]) != roles_of(place["hang"])
        assert len(statements) == 1  # that of the other person
        db.session.remove()


def test_without_a_request_each_read_asks(app: Flask, place: World) -> None:
    with app.app_context():
        with asked(app) as statements:
            assert roles_of(place["hang"]) == roles_of(place["hang"])
        assert len(statements) == 2
        db.session.remove()


def test_a_command_asks_and_a_read_after_it_sees_what_it_wrote(app: Flask, place: World) -> None:
    with app.app_context():
        request_memo.begin()
        assert roles_of(place["hang"]) == {"teacher"}
        assert _end_memberships(place["hang"]) == frozenset()
        assert roles_of(place["hang"]) == frozenset()
        db.session.remove()


def test_a_flush_outside_a_command_drops_it(app: Flask, place: World) -> None:
    with app.app_context():
        request_memo.begin()
        assert roles_of(place["hang"]) == {"teacher"}
        for row in db.session.scalars(sa.select(Membership).where(Membership.user_id == place["hang"])):
            row.state = "ended"
        db.session.flush()
        assert roles_of(place["hang"]) == frozenset()
        db.session.remove()


def test_a_membership_that_ended_between_two_requests_counts_at_the_next(app: Flask, place: World) -> None:
    client = client_of(app, place["hang"])
    assert client.get("/board").status_code == 200
    with app.app_context():
        _end_memberships(place["hang"])
        db.session.remove()
    assert client.get("/board").status_code == 404
