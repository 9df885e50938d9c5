"""Which tables a statement writes: what is not named would stay written in a place that a test believes put back."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import database_reset
from tests.factories import World
from tests.written_tables import written, written_by
from tutoring.accounts.models import Guardian, User
from tutoring.circles.models import Answer, Topic
from tutoring.kernel.db import db


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT id FROM notice WHERE id = 1", set()),
        ("INSERT OR IGNORE INTO notice (id) VALUES (1)", {"notice"}),
        ("INSERT INTO notice (id) VALUES (1) ON CONFLICT DO UPDATE SET id = 2", {"notice"}),
        ('UPDATE "user" SET id = 1', {"user"}),
        ("SELECT id FROM notice FOR UPDATE SKIP LOCKED", set()),
        ("WITH gone AS (DELETE FROM notice RETURNING id) INSERT INTO unit SELECT id FROM gone", {"notice", "unit"}),
    ],
)
def test_written_tables_are_read_from_a_statement(statement: str, tables: set[str]) -> None:
    assert written(statement) >= tables
    if "DELETE" not in statement:
        assert written(statement) == tables


def test_rows_that_a_key_takes_along_are_written_too() -> None:
    assert written(f"DELETE FROM {Topic.__tablename__} WHERE id = 1") >= {Topic.__tablename__, Answer.__tablename__}


def test_what_was_written_is_put_back(app: Flask, world: World) -> None:
    own = database_reset.of(app)
    assert not own.changed("world")
    with written_by(app) as tables, app.app_context():
        db.session.execute(sa.update(User).values(called_name="Khác"))
        db.session.execute(sa.delete(Guardian))
        db.session.commit()
        db.session.remove()
    assert {"user", "guardian"} <= tables
    assert set(own.changed("world")) == {"user", "guardian"}
    own.put_back_some("world", tables)
    assert not own.changed("world")
