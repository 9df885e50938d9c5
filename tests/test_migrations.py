"""The newest migration makes exactly the tables of the models, on both databases, and can be taken back."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel import clock
from tutoring.kernel.database import schema_version
from tutoring.kernel.db import UtcDateTime, db

MIGRATIONS = str(ROOT / "migrations")


def differences(app: Flask) -> list[object]:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": same_type, "render_as_batch": True, "include_name": ours}
        )
        return list(compare_metadata(context, db.metadata))


def same_type(_context: object, _column: object, _meta: object, _found: object, wanted: object) -> bool | None:
    return False if isinstance(wanted, UtcDateTime) else None


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """The search's own indexes, which models do not know, are left to tests/lessons/test_search_contract.py."""
    return not (kind in {"table", "index"} and str(name).startswith("lesson_words"))


def test_the_head_is_the_models(app: Flask) -> None:
    assert differences(app) == []


def test_the_newest_migration_can_be_taken_back_and_done_again(whole_app: Flask, tmp_path: Path) -> None:
    if whole_app.config["SETTINGS"].database_url.startswith("postgresql"):
        pytest.skip("test_every_migration_can_be_taken_back_and_done_again does it there")
    app = create_app(Settings.from_environment({"ORIGINS": "http://localhost", "JOBS": "0", "INSTANCE": str(tmp_path)}))
    with whole_app.app_context():
        migrated = str(db.engine.url.database)
    with app.app_context():
        with closing(sqlite3.connect(migrated)) as old, closing(sqlite3.connect(str(db.engine.url.database))) as copy:
            old.backup(copy)
        downgrade(directory=MIGRATIONS, revision="-1")
        with db.engine.connect() as connection:
            assert schema_version.standing(connection) == "behind"
        upgrade(directory=MIGRATIONS)
        db.engine.dispose()
    assert differences(app) == []
    with app.app_context():
        db.engine.dispose()


@pytest.mark.full
def test_every_migration_can_be_taken_back_and_done_again(tmp_path: object, empty_postgres_url: str) -> None:
    base = {"ORIGINS": "http://localhost", "JOBS": "0", "INSTANCE": str(tmp_path)}
    for env in (base, {**base, "DATABASE_URL": empty_postgres_url}):
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade(directory=MIGRATIONS)
            downgrade(directory=MIGRATIONS, revision="base")
            upgrade(directory=MIGRATIONS)
            db.engine.dispose()
        assert differences(app) == []
        with app.app_context():
            db.engine.dispose()


def put(connection: sa.Connection, name: str, **values: object) -> None:
    """A row of a table as the database has it now; what has to stand there and is not given is made up."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    made_up: dict[type, object] = {str: "", int: 0, bool: False, datetime: clock.now()}
    for column in table.columns:
        if column.name not in values and not column.nullable and column.server_default is None:
            values[column.name] = made_up[column.type.python_type]
    connection.execute(table.insert().values(**values))


@pytest.mark.full
def test_rooms_that_were_there_before_kinds_get_theirs(tmp_path: object, empty_postgres_url: str) -> None:
    base = {"ORIGINS": "http://localhost", "JOBS": "0", "INSTANCE": str(tmp_path)}
    for env in (base, {**base, "DATABASE_URL": empty_postgres_url}):
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade(directory=MIGRATIONS, revision="0025")
            with db.engine.begin() as connection:
                put(connection, "unit", id=1, code="x", kind="school")
                put(connection, "user", id=1, kind="adult", state="active", username="x")
                for number in (1, 2):
                    put(connection, "room", id=number, unit_id=1)
                put(connection, "group_session", id=1, unit_id=1, helper_id=1, places=2, state="over", room_id=2)
            upgrade(directory=MIGRATIONS)
            with db.engine.connect() as connection:
                kinds = connection.execute(sa.text("SELECT kind FROM room ORDER BY id")).scalars().all()
            assert kinds == ["pair", "group"]
            db.engine.dispose()


@pytest.mark.full
def test_only_staff_are_still_called_teacher_after_the_migration_and_units_keep_their_paths(
    tmp_path: object, empty_postgres_url: str
) -> None:
    base = {"ORIGINS": "http://localhost", "JOBS": "0", "INSTANCE": str(tmp_path)}
    for env in (base, {**base, "DATABASE_URL": empty_postgres_url}):
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade(directory=MIGRATIONS, revision="0057")
            with db.engine.begin() as connection:
                put(connection, "unit", id=1, code="x", kind="school")
                for number, form in enumerate(("cô", "cô", "thầy", "bác"), 1):
                    more = {"address_form": form, "site_admin": number == 3}
                    put(connection, "user", id=number, kind="adult", state="active", username=f"u{number}", **more)
                put(connection, "membership", id=1, unit_id=1, user_id=1, role="teacher", state="active")
            upgrade(directory=MIGRATIONS)
            with db.engine.begin() as connection:
                forms = connection.execute(sa.text('SELECT address_form FROM "user" ORDER BY id')).scalars().all()
                put(connection, "unit", id=2, code="y", kind="class", parent_id=1)
                path = connection.execute(sa.text("SELECT path FROM unit WHERE id = 2")).scalar_one()
            assert forms == ["cô", "bạn", "thầy", "bác"]
            assert path == "/1/2/", "the triggers of the table are still there"
            downgrade(directory=MIGRATIONS, revision="0057")
            db.engine.dispose()


@pytest.mark.full
def test_of_several_open_requests_one_stays_when_the_migration_is_taken_back(
    tmp_path: object, empty_postgres_url: str
) -> None:
    base = {"ORIGINS": "http://localhost", "JOBS": "0", "INSTANCE": str(tmp_path)}
    for env in (base, {**base, "DATABASE_URL": empty_postgres_url}):
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade(directory=MIGRATIONS, revision="0065")
            with db.engine.begin() as connection:
                put(connection, "unit", id=1, code="x", kind="school")
                put(connection, "user", id=1, kind="adult", state="active", username="a")
                put(connection, "user", id=2, kind="adult", state="active", username="b")
                now = clock.now()
                asked: tuple[tuple[int, dict[str, object]], ...] = (
                    (1, {"deferred_at": now}), (1, {"parked_at": now, "lack": "device"}), (1, {"wish": "weekly"}),
                    (1, {}), (2, {"deferred_at": now}), (2, {"state": "helping", "helper_id": 1}),
                )  # fmt: skip
                for number, (learner, row) in enumerate(asked, 1):
                    every = {"asked_by_id": 1, "unit_id": 1, "times": [], "state": "waiting", "wish": "now"}
                    put(connection, "help_request", id=number, learner_id=learner, **{**every, **row})
            downgrade(directory=MIGRATIONS, revision="0064")
            with db.engine.connect() as connection:
                left = sa.text("SELECT id, state FROM help_request WHERE state <> 'cancelled' ORDER BY learner_id")
                assert connection.execute(left).all() == [(1, "waiting"), (6, "helping")]
            upgrade(directory=MIGRATIONS)
            db.engine.dispose()
