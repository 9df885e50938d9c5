"""Nobody waits for PostgreSQL longer than they may: what takes too long is cut off, what is not begun is refused."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.waiting import until
from tutoring.kernel.database import timeouts
from tutoring.kernel.db import db, is_retryable, is_timeout

LITTLE = 0.3


@pytest.fixture
def postgres(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """Whether this is PostgreSQL; SQLite is not watched, and answers."""
    monkeypatch.setattr(timeouts, "LEAST", LITTLE)
    monkeypatch.setattr(timeouts, "_LOOK", 0.05)
    with app.app_context():
        yield db.engine.dialect.name == "postgresql"
        db.session.remove()


@dataclass
class Hours:
    """A clock that goes on by so much with each statement, in place of the one that patience reads."""

    step: float = 0.0
    now: float = 1000.0
    looks: int = 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """What the one who looks after waiting does between two looks."""
        time.sleep(seconds)
        self.looks += 1


@pytest.fixture
def hours(postgres: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hours]:
    made = Hours()

    def goes_on(*_statement: object) -> None:
        made.now += made.step

    monkeypatch.setattr(timeouts, "time", made)
    sa.event.listen(db.engine, "before_cursor_execute", goes_on)  # while the statement is waited for
    yield made
    sa.event.remove(db.engine, "before_cursor_execute", goes_on)


def sleep(seconds: float) -> None:
    db.session.execute(sa.text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def test_a_statement_that_takes_longer_is_cut_off_and_the_next_one_works(postgres: bool) -> None:
    if not postgres:
        return
    with timeouts.time_budget(LITTLE), pytest.raises(sa.exc.OperationalError) as raised:
        sleep(60)  # without an error it would end after that
    assert is_timeout(raised.value)
    db.session.rollback()
    with timeouts.time_budget(60):
        assert db.session.scalar(sa.text("SELECT 1")) == 1


def test_nothing_more_is_begun_once_the_time_is_used_up_and_undoing_goes_on(postgres: bool, hours: Hours) -> None:
    if not postgres:
        return
    hours.step = 0.1
    with timeouts.time_budget(0.15):
        sleep(0)
        sleep(0)
        with pytest.raises(timeouts.DatabaseTimeout) as raised:
            sleep(0)
        assert is_retryable(raised.value)
        db.session.rollback()
    sleep(0)  # whoever is given no time is given all


def test_each_statement_of_what_nobody_waits_for_has_its_own_time(postgres: bool, hours: Hours) -> None:
    if not postgres:
        return
    with timeouts.statement_timeout(LITTLE):
        hours.step = LITTLE * 0.9
        for _ in range(5):
            sleep(0)
        hours.step = LITTLE * 1.1
        with pytest.raises(sa.exc.OperationalError):
            sleep(60)
    db.session.rollback()


def test_a_connection_that_rests_is_not_cut_off(postgres: bool, hours: Hours) -> None:
    with timeouts.time_budget(LITTLE):
        kept = db.session.connection()
        kept.execute(sa.text("SELECT 1"))
        db.session.commit()
        hours.now += LITTLE * 3
        looks = hours.looks
        until(lambda: hours.looks > looks + 1 or not postgres, "somebody has looked after what is waited for")
        assert db.session.scalar(sa.text("SELECT 1")) == 1
    assert not timeouts._waits


def test_what_was_locked_over_a_line_that_was_cut_off_is_let_go(
    postgres: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not postgres:
        return
    monkeypatch.setattr(timeouts, "LEAST", 30.0)  # seconds to say it, however slow the machine is
    lock = "SELECT pg_advisory_xact_lock(77), pg_backend_pid()"
    _lock, pid = db.session.execute(sa.text(lock)).one()
    other = sa.create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as line:
        begun = sa.text("SELECT xact_start < now() - interval '2 seconds' FROM pg_stat_activity WHERE pid = :pid")
        until(lambda: line.scalar(begun, {"pid": pid}), "the transaction is old enough to be one that was left behind")
        timeouts._cut(db.session.connection().connection.dbapi_connection, db.engine)
        until(lambda: line.scalar(sa.text("SELECT pg_try_advisory_xact_lock(77)")), "the lock is let go")
        here = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        until(lambda: not line.scalar(here, {"pid": pid}), "the server has ended what held it")
    other.dispose()
    with suppress(sa.exc.OperationalError):
        db.session.rollback()
