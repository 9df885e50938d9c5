"""Due work: once each, whoever dies."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tutoring.community.commands import create_unit
from tutoring.community.models import Unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

calls: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    calls.clear()

    @jobs.job("test.note")
    def note(payload: dict[str, Any]) -> None:
        create_unit(None, f"u{payload['n']}", "city", "U")
        calls.append(payload)

    @jobs.job("test.fail")
    def fail(payload: dict[str, Any]) -> None:
        create_unit(None, "half", "city", "U")
        raise ValueError("no luck")

    yield
    del jobs._handlers["test.note"], jobs._handlers["test.fail"]


put = command(jobs.enqueue)


def rows() -> list[jobs.Job]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(jobs.Job).order_by(jobs.Job.id)))


def test_work_is_done_when_it_is_due_and_only_once(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now() + timedelta(minutes=5), n=1)
        assert jobs.run_due() == 0
        with clock.travel(clock.now() + timedelta(minutes=6)):
            assert jobs.run_due() == 1
            assert jobs.run_due() == 0
    assert calls == [{"n": 1}]


def test_a_worker_that_is_to_end_leaves_what_it_has_not_begun_to_others(app: Flask) -> None:
    with app.app_context():
        for n in range(3):
            put("test.note", f"k{n}", clock.now(), n=n)
        assert jobs.run_due(go_on=lambda: not calls) == 1
        left = [row for row in rows() if row.done_at is None]
        assert [(row.lease, row.lease_until, row.attempts) for row in left] == [(None, None, 0)] * 2
        assert jobs.run_due() == 2
    assert calls == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_the_same_key_is_put_down_once(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now(), n=1)
        put("test.note", "k", clock.now(), n=2)
        assert len(rows()) == 1


def test_work_withdrawn_is_not_done(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now(), n=1)
        command(jobs.cancel)("k")
        assert jobs.run_due() == 0


def test_a_failure_leaves_nothing_half_done_and_is_tried_again_then_shown_without_its_words(app: Flask) -> None:
    with app.app_context():
        put("test.fail", "k", clock.now())
        moment = clock.now()
        for _ in range(jobs.TRIES):
            moment += timedelta(hours=1)
            with clock.travel(moment):
                assert jobs.run_due() == 1
        row = rows()[0]
        assert row.failed_at is not None and row.attempts == jobs.TRIES and row.last_error == "ValueError"
        assert db.session.scalar(sa.select(Unit.id)) is None


def test_a_worker_that_dies_loses_its_lease_and_another_does_the_work(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now(), n=1)
        assert len(jobs._claim(5)) == 1  # and then it dies
        assert jobs.run_due() == 0
        with clock.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
            assert jobs.run_due() == 1
    assert calls == [{"n": 1}]


def test_work_that_kills_its_process_each_time_is_given_up_and_shown(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now(), n=1)
        moment = clock.now()
        for _ in range(jobs.TRIES):
            with clock.travel(moment):
                assert len(jobs._claim(5)) == 1  # and then it dies
            moment += jobs.LEASE + timedelta(seconds=1)
        with clock.travel(moment):
            assert jobs.run_due() == 0
        assert rows()[0].failed_at is not None and "died" in rows()[0].last_error


def test_a_worker_whose_lease_ran_out_does_nothing(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now(), n=1)
        ((work, lease),) = jobs._claim(5)
        with clock.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
            assert jobs.run_due() == 1
        jobs._perform(work, lease)
    assert len(calls) == 1


def test_many_workers_share_the_work_without_doing_any_twice(app: Flask) -> None:
    with app.app_context():
        for n in range(40):
            put("test.note", f"k{n}", clock.now(), n=n)

    def work(_n: int) -> None:
        with app.app_context():
            while jobs.run_due(5):
                pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert sorted(call["n"] for call in calls) == list(range(40))


def test_long_work_of_the_night_is_not_begun_a_second_time_while_it_runs(app: Flask) -> None:
    again: list[int] = []

    @jobs.daily("test.night", time(0), outside=timedelta(hours=2))
    def night(_payload: dict[str, Any]) -> None:
        assert not db.session().in_transaction()  # whoever writes meanwhile does not wait for it
        with clock.travel(clock.now() + timedelta(hours=1)):
            again.append(jobs.run_due())
        with clock.travel(clock.now() + timedelta(hours=3)):
            again.append(len(jobs._claim(20)))  # it died, as far as others can see

    try:
        with app.app_context():
            put("test.night", "tonight", clock.now())
            assert jobs.run_due() == 1
    finally:
        for kept in (jobs._outward, jobs._lanes, jobs._leases, jobs._daily):
            del kept["test.night"]  # type: ignore[attr-defined]
    assert again == [0, 1]


def test_work_that_was_taken_before_the_clock_was_set_back_does_not_wait_for_that_time(app: Flask) -> None:
    with app.app_context():
        put("test.note", "k", clock.now(), n=1)
        with clock.travel(clock.now() + timedelta(hours=2)):
            assert jobs._claim(1)  # and whoever took it died
        assert jobs.run_due() == 1
        put("test.note", "other", clock.now(), n=2)
        assert jobs._claim(1)
        assert jobs.run_due() == 0  # taken a moment ago: it is being done
    assert calls == [{"n": 1}]
