"""People and places for tests, built through the same commands as everybody's."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.lessons import bank as banks
from tutoring.accounts import sessions
from tutoring.accounts.models import User
from tutoring.cli import demo
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


_kept: dict[str, dict[str, list[dict[str, Any]]]] = {}  # rows of a built community by table, for each database


def world(app: Flask, content: set[str]) -> World:
    """The demonstration community: minh and an (pupils), lan (their mother), khoa (helper of 17), hang (teacher on
    duty), quang (coordinator), muoi (lead), mai (officer), bay (resident), admin1 and admin2.

    It is built by commands once for each database; the same rows are then put back for each test.
    """
    with app.app_context():
        place = str(db.engine.url)
        if place not in _kept:
            with banks.real_for_a_while(app):
                demo.build()
                db.session.remove()
            _kept[place] = _rows(content)
        else:
            _put_back(_kept[place])
        people = {user.username: user.id for user in db.session.scalars(sa.select(User))}
        units = {code.removeprefix("demo-"): id for code, id in db.session.execute(sa.select(Unit.code, Unit.id))}
    return World(people, units)


def _rows(content: set[str]) -> dict[str, list[dict[str, Any]]]:
    tables = [table for table in db.metadata.sorted_tables if table.name not in content]
    with db.engine.connect() as connection:
        found = {table.name: connection.execute(table.select()).mappings().all() for table in tables}
    return {name: [dict(row) for row in rows] for name, rows in found.items() if rows}


def _put_back(rows: dict[str, list[dict[str, Any]]]) -> None:
    with db.engine.begin() as connection:
        for name, kept in rows.items():
            table = db.metadata.tables[name]
            connection.execute(table.insert(), sorted(kept, key=lambda row: row.get("id", 0)))
            if connection.dialect.name == "postgresql" and table.autoincrement_column is not None:
                sequence = sa.text(
                    f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), max(id)) FROM \"{name}\""
                )
                connection.execute(sequence)


@command
def _begin(user_id: int) -> str:
    # With the second factor, as staff come in; demonstration accounts would do without.
    return sessions.begin_sign_in(db.session.get_one(User, user_id), "test", second_factor=True).token


def client_of(app: Flask, user_id: int) -> FlaskClient:
    """A test client in which this person is signed in."""
    client = app.test_client()
    with app.app_context():
        token = _begin(user_id)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return client


def person(user_id: int) -> User:
    """A person inside an app context."""
    return db.session.get_one(User, user_id)
