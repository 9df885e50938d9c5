"""What stands in the database, read without the product's own questions; and two triggers that note when somebody was
told something and when it was read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db

_SQLITE = (
    "CREATE TABLE life_told (notice_id INTEGER, at TEXT)",
    "CREATE TABLE life_read (notice_id INTEGER, at TEXT)",
    "CREATE TRIGGER life_a AFTER INSERT ON notice BEGIN INSERT INTO life_told VALUES (new.id, new.created_at); END",
    "CREATE TRIGGER life_b AFTER UPDATE OF created_at ON notice WHEN new.created_at <> old.created_at "
    "BEGIN INSERT INTO life_told VALUES (new.id, new.created_at); END",
    "CREATE TRIGGER life_c AFTER UPDATE OF read_at ON notice WHEN new.read_at IS NOT NULL AND old.read_at IS NULL "
    "BEGIN INSERT INTO life_read VALUES (new.id, new.read_at); END",
)
_POSTGRES = """
CREATE TABLE life_told (notice_id INTEGER, at TIMESTAMPTZ);
CREATE TABLE life_read (notice_id INTEGER, at TIMESTAMPTZ);
CREATE FUNCTION life_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' OR new.created_at <> old.created_at THEN
    INSERT INTO life_told VALUES (new.id, new.created_at); END IF;
  IF TG_OP = 'UPDATE' AND new.read_at IS NOT NULL AND old.read_at IS NULL THEN
    INSERT INTO life_read VALUES (new.id, new.read_at); END IF;
  RETURN new; END $$;
CREATE TRIGGER life_a AFTER INSERT OR UPDATE ON notice FOR EACH ROW EXECUTE FUNCTION life_note()
"""


def watch() -> None:
    """Note from now on when notices are told and read."""
    with db.engine.begin() as connection:
        for statement in _SQLITE if db.engine.dialect.name == "sqlite" else (_POSTGRES,):
            connection.exec_driver_sql(statement)


def read(query: str) -> Sequence[Any]:
    with db.engine.connect() as connection:
        return connection.execute(sa.text(query)).all()


def stamp(value: Any) -> float:
    """A moment of either database as seconds."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return float((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp())
