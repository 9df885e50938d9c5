"""Statements that go to the driver itself: the same rows, the same errors, heard by the same watchers."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sign_ins.lifecycle import begin_sign_in
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database import timeouts
from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.database.sql import in_ids, unnest_parameters, unnest_values
from tutoring.kernel.db import UtcDateTime, db, is_sqlite, is_timeout


@PrecompiledStatement
def signed(_for_sqlite: bool) -> Any:
    query = sa.select(SignIn.id, SignIn.expires_at, SignIn.ended_at, SignIn.shared_device, User.called_name)
    query = query.join(User, User.id == SignIn.user_id)
    later = SignIn.expires_at > sa.bindparam("since", type_=UtcDateTime())
    return query.where(in_ids(SignIn.user_id, sa.bindparam("ids")), later).order_by(SignIn.id).limit(5)


@PrecompiledStatement
def pairs(_for_sqlite: bool) -> Any:
    asked = unnest_values(number=sa.Integer, word=sa.Text)
    return sa.select(asked.c.number, asked.c.word).order_by(asked.c.number)


@PrecompiledStatement
def people(_for_sqlite: bool) -> Any:
    asked = unnest_values(id=sa.Integer)
    return sa.select(User.id, User.called_name).select_from(sa.join(asked, User, User.id == asked.c.id))


@PrecompiledStatement
def again(_for_sqlite: bool) -> Any:
    same = sa.select(sa.bindparam("id", type_=sa.Integer), SignIn.user_id, SignIn.token_hash, SignIn.expires_at)
    names = ["id", "user_id", "token_hash", "expires_at"]
    cells = {"device": "''", "shared_device": "false", "half": "false"}
    moments = [SignIn.created_at, SignIn.seen_at]
    query = same.add_columns(*moments, *map(sa.literal_column, cells.values())).limit(1)
    return sa.insert(SignIn.__table__).from_select(  # type: ignore[arg-type]
        [*names, "created_at", "seen_at", *cells], query, include_defaults=False
    )


@pytest.fixture
def row(inside: World) -> SignIn:
    return begin_sign_in(db.session.get_one(User, inside["minh"]))


def test_rows_are_those_of_sqlalchemy(row: SignIn) -> None:
    (found,) = signed(db.session.connection(), ids=[row.user_id, 10**6], since=clock.now())
    assert (found.id, found.expires_at, found.ended_at) == (row.id, row.expires_at, None)
    assert found.expires_at.tzinfo is not None and bool(found.shared_device) is False and found.called_name
    assert signed(db.session.connection(), ids=[], since=clock.now()) == []
    after = row.expires_at
    assert signed(db.session.connection(), ids=[row.user_id], since=after) == []
    assert signed(db.session.connection(), ids=[row.user_id], since=after - timedelta(microseconds=1)) == [found]


def test_one_plan_is_kept_for_lists_of_any_length(inside: World) -> None:
    """PostgreSQL tries five plans of its own, and keeps one if knowing what is asked makes none cheaper."""
    if is_sqlite():
        pytest.skip("SQLite makes one plan for a statement")
    connection = db.session.connection()
    for way in ("seqscan", "hashjoin", "mergejoin"):  # which pay only for tables as small as this one
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    for _ in range(20):
        assert people(connection, **unnest_parameters([(inside["minh"],)], "id"))
    kept = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE strpos(statement, 'unnest') > 0"
    ((generic, custom),) = connection.execute(sa.text(kept)).all()
    assert custom == 5 and generic > 5


@pytest.mark.usefixtures("inside")
def test_a_table_of_what_is_asked_keeps_every_sign() -> None:
    rows = [(1, "Ơ"), (2, "'; DROP"), (3, '"%s" :x $[0] \\'), (2**31 - 1, "👩‍🏫")]
    odd = ("", "NULL", "{a,b}", "a, b ", " \\", '\\"', '"', "\n\t", "\\\\")
    rows += [(-n, word) for n, word in enumerate(odd, start=1)]
    rows.sort()
    assert [tuple(one) for one in pairs(db.session.connection(), **unnest_parameters(rows, "number", "word"))] == rows
    assert pairs(db.session.connection(), **unnest_parameters([], "number", "word")) == []


def test_what_the_database_refuses_is_told_as_everywhere_and_undone_with_its_command(row: SignIn) -> None:
    number = row.id

    @command
    def twice() -> None:
        db.session.get_one(SignIn, number).device = "máy khác"
        db.session.flush()
        again(db.session.connection(), id=number)

    with pytest.raises(sa.exc.IntegrityError) as refused:
        twice()
    assert row.token_hash not in str(refused.value) and not is_timeout(refused.value)
    assert db.session.get_one(SignIn, number).device == ""


def test_watchers_of_statements_hear_of_these_too(row: SignIn, queries: list[str]) -> None:
    signed(db.session.connection(), ids=[row.user_id], since=clock.now())
    assert [one for one in queries if "called_name" in one and "sign_in" in one]


@pytest.mark.usefixtures("inside")
def test_a_connection_that_died_is_told_as_one_and_given_to_nobody() -> None:
    if is_sqlite():
        pytest.skip("SQLite has no line that could die")
    connection = db.session.connection()
    pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    with db.engine.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with pytest.raises(sa.exc.OperationalError) as died:
        signed(connection, ids=[1], since=clock.now())
    assert died.value.connection_invalidated and is_timeout(died.value)
    db.session.rollback()
    assert signed(db.session.connection(), ids=[], since=clock.now()) == []


def test_nobody_waits_longer_than_allowed(app: Flask, world: World) -> None:
    sleeping = PrecompiledStatement(lambda _for_sqlite: sa.select(sa.func.pg_sleep(20).label("slept")))
    with app.app_context():
        if is_sqlite():
            pytest.skip("SQLite waits for its own lock alone")
        with timeouts.time_budget(0.2), pytest.raises(sa.exc.OperationalError) as cut:
            sleeping(db.session.connection())
        assert is_timeout(cut.value)
        db.session.rollback()
