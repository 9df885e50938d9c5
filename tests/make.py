"""People and places for tests, built through the same commands as everybody's."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

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


_kept: dict[str, str] = {}  # for each database the script that puts the built community back


def world(app: Flask, content: set[str]) -> World:
    """The demonstration community: minh and an (pupils), lan (their mother), khoa (helper of 17), hang (teacher on
    duty), quang (coordinator), muoi (lead), mai (officer), bay (resident), admin1 and admin2.

    It is built by commands once for each database; copies of its rows, kept beside it, are then put back for each test.
    """
    with app.app_context():
        place = str(db.engine.url)
        if place not in _kept:
            with banks.real_for_a_while(app):
                demo.build()
                db.session.remove()
            _kept[place] = _keep(content)
        else:
            _run(_kept[place])
        people = {user.username: user.id for user in db.session.scalars(sa.select(User))}
        units = {code.removeprefix("demo-"): id for code, id in db.session.execute(sa.select(Unit.code, Unit.id))}
    return World(people, units)


def _keep(content: set[str]) -> str:
    """Copy every row but those of the lessons beside the tables; returns the script that brings them back."""
    keep, back = [], []
    postgres = db.engine.dialect.name == "postgresql"
    if postgres:
        keep.append("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name in content or connection.execute(table.select().limit(1)).first() is None:
                continue
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            keep.append(f'CREATE TABLE kept."{table.name}" AS SELECT * FROM "{table.name}"')
            back.append(f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM kept."{table.name}"')
            if postgres and table.autoincrement_column is not None:
                sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                back.append(f'SELECT setval({sequence}, (SELECT max(id) FROM kept."{table.name}"))')
    _run(";\n".join(keep))
    return ";\n".join(back)


def _run(script: str) -> None:
    """Several statements at once, in a transaction; kept rows stand in the schema `kept`."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.connection.cursor().execute(script)
        return
    path = db.engine.url.database
    with closing(sqlite3.connect(str(path), isolation_level=None)) as raw:
        raw.execute("ATTACH ? AS kept", [f"{path}-kept"])
        raw.executescript(f"PRAGMA synchronous=OFF; BEGIN; {script}; COMMIT")


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
