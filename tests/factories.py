"""People and places for tests, built through the same commands as everybody's."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from tests import database_reset
from tests.lessons import bank as banks
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.cli.demo import community
from tutoring.community.models import Unit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db


@dataclass(frozen=True)
class World:
    """Ids of the demonstration community, by user name and by unit code."""

    people: dict[str, int]
    units: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.people[name] if name in self.people else self.units[name]


_built: dict[Flask, World] = {}


def find_world(app: Flask, made: World) -> None:
    """Take over the community that was built in the database that the app's is a copy of."""
    database_reset.of(app).find_kept("world")
    _built[app] = made


def world(app: Flask) -> World:
    """The demonstration community: minh and an (pupils), lan (their mother), khoa (helper of 17), hang (teacher on
    duty), quang (coordinator), muoi (lead), mai (officer), bay (resident), admin1 and admin2.

    It is built by commands once for each database; copies of its rows, kept beside it, are then put back for each test.
    """
    if app in _built:
        database_reset.of(app).put_back("world")
        return _built[app]
    with app.app_context(), banks.real_for_a_while(app):
        community.build()
        db.session.remove()
        people = {user.username: user.id for user in db.session.scalars(sa.select(User))}
        units = {code.removeprefix("demo-"): id for code, id in db.session.execute(sa.select(Unit.code, Unit.id))}
        db.session.remove()
        database_reset.of(app).keep("world")
    _built[app] = World(people, units)
    return _built[app]


@command
def _begin(user_id: int) -> str:
    # With the second factor, as staff come in; demonstration accounts would do without.
    return lifecycle.begin_sign_in(db.session.get_one(User, user_id), "test", second_factor=True).token


def client_of(app: Flask, user_id: int) -> FlaskClient:
    """A test client in which this person is signed in."""
    client = app.test_client()
    with app.app_context():
        token = _begin(user_id)
    # Signed as the app signs it; Flask's session_transaction would make a whole request for it.
    assert isinstance(app.session_interface, SecureCookieSessionInterface)
    signer = app.session_interface.get_signing_serializer(app)
    assert signer is not None
    name, cookie = app.config["SESSION_COOKIE_NAME"], signer.dumps({"_user_id": token, "_fresh": True})
    client.set_cookie(name, str(cookie), httponly=True, secure=app.config["SESSION_COOKIE_SECURE"], samesite="Lax")
    return client


def person(user_id: int) -> User:
    """A person inside an app context."""
    return db.session.get_one(User, user_id)


@command
def change(table: type, where: int | dict[str, object], **values: object) -> None:
    """Changes the row with this id, or the rows with these values, as no command of the application does."""
    rows = sa.update(table).filter_by(**({"id": where} if isinstance(where, int) else where))
    db.session.execute(rows.values(**values))
