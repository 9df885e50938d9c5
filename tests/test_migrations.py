"""The newest migration makes exactly the tables of the models, on both databases, and can be taken back."""

from datetime import datetime

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel import clock
from tutoring.kernel.db import Moment, db

MIGRATIONS = str(ROOT / "migrations")


def differences(app: Flask) -> list[object]:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": same_type, "render_as_batch": True, "include_name": ours}
        )
        return list(compare_metadata(context, db.metadata))


def same_type(_context: object, _column: object, _meta: object, _found: object, wanted: object) -> bool | None:
    return False if isinstance(wanted, Moment) else None


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """The search's own indexes, which models do not know, are left to tests/lessons/test_search_contract.py."""
    return not (kind in {"table", "index"} and str(name).startswith("lesson_words"))


def test_the_head_is_the_models(app: Flask) -> None:
    assert differences(app) == []


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
