"""SQLite's one writer: those of a process wait for one another, and whatever goes wrong passes the turn on."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tutoring.kernel import db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "turns.db"


@pytest.fixture
def engine(path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{path}"
    made = sa.create_engine(url, **db.engine_options(url))
    db.prepare_engine(made)
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE written (value INTEGER)")
    yield made
    made.dispose()


def writing(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect().execution_options(write=True)
    connection.begin()
    return connection


def write(connection: sa.Connection) -> None:
    connection.exec_driver_sql("INSERT INTO written VALUES (1)")


def in_a_thread(engine: sa.Engine, done: threading.Event) -> threading.Thread:
    def work() -> None:
        with writing(engine) as connection:
            done.set()
            write(connection)
            connection.commit()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("end", ["commit", "rollback", "close", "invalidate"])
def test_who_waits_is_next_however_the_one_before_ends(engine: sa.Engine, end: str) -> None:
    first, done = writing(engine), threading.Event()
    write(first)
    thread = in_a_thread(engine, done)
    assert not db._turn.acquire(blocking=False) and not done.is_set(), "it is the first one's turn"
    getattr(first, end)()
    first.close()
    thread.join(60)
    assert done.is_set() and not thread.is_alive()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM written")) == (2 if end == "commit" else 1)


def test_readers_take_no_turn(engine: sa.Engine) -> None:
    with writing(engine) as first:
        write(first)
        with engine.connect() as second:
            assert second.scalar(sa.text("SELECT count(*) FROM written")) == 0
        first.commit()


def test_a_file_that_another_process_holds_costs_nobody_the_turn(engine: sa.Engine, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        connection.rollback()
        held = connection.execution_options(write=True)
        with pytest.raises(sa.exc.OperationalError):
            held.begin()
    other.execute("ROLLBACK")
    other.close()
    done = threading.Event()
    in_a_thread(engine, done).join(60)
    assert done.is_set()


def test_a_write_that_fails_passes_on(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.OperationalError), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")
    done = threading.Event()
    in_a_thread(engine, done).join(60)
    assert done.is_set()
