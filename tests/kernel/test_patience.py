"""Nobody waits for PostgreSQL longer than they may: what takes too long is cut off, what is not begun is refused."""

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.rooms.people import until
from tutoring.kernel import patience
from tutoring.kernel.db import db, is_busy, is_slow

LITTLE = 0.3


@pytest.fixture
def postgres(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """Whether this is PostgreSQL; SQLite is not watched, and answers."""
    monkeypatch.setattr(patience, "LEAST", LITTLE)
    monkeypatch.setattr(patience, "_LOOK", 0.05)
    with app.app_context():
        yield db.engine.dialect.name == "postgresql"
        db.session.remove()


def sleep(seconds: float) -> None:
    db.session.execute(sa.text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def test_a_statement_that_takes_longer_is_cut_off_and_the_next_one_works(postgres: bool) -> None:
    if not postgres:
        return
    begun = time.monotonic()
    with patience.within(LITTLE), pytest.raises(sa.exc.OperationalError) as raised:
        sleep(20)
    assert is_slow(raised.value) and time.monotonic() - begun < 5
    db.session.rollback()
    with patience.within(5):
        assert db.session.scalar(sa.text("SELECT 1")) == 1


def test_nothing_more_is_begun_once_the_time_is_used_up_and_undoing_goes_on(postgres: bool) -> None:
    if not postgres:
        return
    with patience.within(0.15):
        sleep(0.1)
        sleep(0.1)
        with pytest.raises(patience.Slow) as raised:
            sleep(0)
        assert is_busy(raised.value)
        db.session.rollback()
    sleep(0)  # whoever is given no time is given all


def test_each_statement_of_what_nobody_waits_for_has_its_own_time(postgres: bool) -> None:
    if not postgres:
        return
    with patience.each(LITTLE):
        for _ in range(5):
            sleep(0.1)
        with pytest.raises(sa.exc.OperationalError):
            sleep(20)
    db.session.rollback()


def test_a_connection_that_rests_is_not_cut_off(postgres: bool) -> None:
    with patience.within(LITTLE):
        kept = db.session.connection()
        kept.execute(sa.text("SELECT 1"))
        db.session.commit()
        time.sleep(LITTLE * 3)
        assert db.session.scalar(sa.text("SELECT 1")) == 1
    assert not patience._waits


def test_what_was_locked_over_a_line_that_was_cut_off_is_let_go(postgres: bool) -> None:
    if not postgres:
        return
    lock = "SELECT pg_advisory_xact_lock(77), pg_backend_pid()"
    _lock, pid = db.session.execute(sa.text(lock)).one()
    time.sleep(2)
    patience._cut(db.session.connection().connection.dbapi_connection)
    other = sa.create_engine(db.engine.url)
    with other.connect() as line:
        until(lambda: line.scalar(sa.text("SELECT pg_try_advisory_xact_lock(77)")))
        assert not line.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid})
    other.dispose()
    with suppress(sa.exc.OperationalError):
        db.session.rollback()
