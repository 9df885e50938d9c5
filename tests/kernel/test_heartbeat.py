"""Due work says that it lives; a gap is told once, and the address outside is called only while all works."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.swapped import swapped
from tutoring.kernel import clock, jobs, outbound_http
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.monitoring import heartbeat, outages
from tutoring.kernel.monitoring.heartbeat import CALL, Heartbeat, beat
from tutoring.notifications.models import Notice
from tutoring.web.job_worker import Worker

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 12, 2, 12, 0, tzinfo=clock.LOCAL)


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    with app.app_context():
        _no_work()
        yield world
        db.session.remove()


@command
def _no_work() -> None:
    db.session.execute(sa.delete(jobs.Job))


@pytest.fixture
def calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was called outside; the address is set."""
    found: list[str] = []

    def noted(url: str, _body: bytes, _headers: dict[str, str], **_more: Any) -> outbound_http.Answer:
        found.append(url)
        return outbound_http.Answer(200, b"")

    monkeypatch.setattr(outbound_http, "post", noted)
    with swapped(app, outside_monitor=heartbeat.OutsideMonitor("https://monitor.test/ping/1")):
        yield found


def row() -> Heartbeat:
    db.session.expire_all()
    return db.session.get_one(Heartbeat, 1)


def told() -> list[tuple[int, dict[str, Any]]]:
    db.session.rollback()
    query = sa.select(Notice.user_id, Notice.params).where(Notice.key.like("stood-still:%")).order_by(Notice.user_id)
    return [(user_id, params) for user_id, params in db.session.execute(query)]


def work_off() -> None:
    while jobs.run_due():
        pass


def test_it_is_written_once_a_minute_and_a_look_before_writes_nothing(inside: World, queries: list[str]) -> None:
    with clock.travel(NOON):
        beat()
        first = row().beat_at
        queries.clear()
        beat()
        assert not any(one.startswith(("UPDATE", "INSERT")) for one in queries)
    with clock.travel(NOON + MINUTE):
        beat()
        assert row().beat_at - first >= timedelta(seconds=59)
    assert told() == []


def test_a_worker_says_that_it_lives_before_it_works(app: Flask, inside: World) -> None:
    with clock.travel(NOON):
        Worker(app)._quick()
        assert NOON <= row().beat_at < NOON + MINUTE


def test_a_gap_is_told_to_every_admin_with_how_many_alarms_were_due(inside: World) -> None:
    with clock.travel(NOON):
        beat()
        _alarm(5)
        _alarm(20)
        _alarm(90)
    with clock.travel(NOON + 9 * MINUTE):
        beat()
        assert told() == []
    with clock.travel(NOON + 60 * MINUTE):
        beat()
        beat()
    found = told()
    assert [user_id for user_id, _params in found] == sorted([inside["admin1"], inside["admin2"]])
    assert found[0][1] == {"since": "12:09 02/12/2026", "until": "13:00 02/12/2026", "num": 1}


@command
def _alarm(minutes: int) -> None:
    at = clock.now() + minutes * MINUTE
    jobs.enqueue("moderation.alarm", f"case.alarm:1:{minutes}", at, case_id=0, due=int(at.timestamp()))


def test_of_two_workers_that_wake_in_one_moment_one_tells(app: Flask, inside: World) -> None:
    with clock.travel(NOON):
        beat()
    with clock.travel(NOON + 30 * MINUTE):
        both = threading.Barrier(2)

        def wake() -> None:
            with app.app_context():
                both.wait()
                beat()

        workers = [threading.Thread(target=wake) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    assert len(told()) == 2  # each admin once
    assert row().gap_since is not None


def test_a_clock_that_was_set_back_is_no_gap(inside: World) -> None:
    with clock.travel(NOON + 120 * MINUTE):
        beat()
    with clock.travel(NOON):
        beat()
        assert row().beat_at < NOON + MINUTE
    assert told() == []


def test_a_gap_is_known_at_its_moments_and_at_no_other(inside: World) -> None:
    with clock.travel(NOON):
        beat()
    with clock.travel(NOON + 60 * MINUTE):
        beat()
    known = [heartbeat.stood_still_at(NOON + minutes * MINUTE) for minutes in (-5, 30, 70)]
    assert known == [False, True, False]


# ---- the call outside -----------------------------------------------------------------------------------------


def test_the_address_is_called_every_five_minutes_while_all_works(inside: World, calls: list[str]) -> None:
    for minutes in range(11):
        with clock.travel(NOON + minutes * MINUTE):
            beat()
            work_off()
    assert calls == ["https://monitor.test/ping/1"] * 3


def test_without_an_address_nothing_is_put_down(inside: World) -> None:
    beat()
    assert db.session.scalar(sa.select(jobs.Job.id).where(jobs.Job.kind == CALL)) is None


def test_it_is_not_called_while_due_work_stands_still(inside: World, calls: list[str]) -> None:
    """The thread that sends lives, and the one that works does not come to its work."""
    with clock.travel(NOON):
        _alarm(0)
    with clock.travel(NOON + 6 * MINUTE):
        beat()
        while jobs.run_due(lane=jobs.OUTWARD):
            pass
    assert calls == []


def test_it_is_not_called_late_for_a_time_that_is_over(inside: World, calls: list[str]) -> None:
    with clock.travel(NOON):
        beat()
    with clock.travel(NOON + 30 * MINUTE):
        while jobs.run_due(lane=jobs.OUTWARD):
            pass
    assert calls == []


def test_it_is_not_called_while_a_way_out_reaches_nobody(inside: World, calls: list[str]) -> None:
    with clock.travel(NOON):
        _fails(inside["lan"])
    with clock.travel(NOON + 16 * MINUTE):
        _fails(inside["bay"])
        work_off()
        beat()
        work_off()
    assert calls == []


@command
def _fails(user_id: int) -> None:
    outages.failed("mail", user_id, gone=False)


def test_what_fails_out_there_is_called_again_and_is_no_failed_work(
    inside: World, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> outbound_http.Answer:
        raise outbound_http.DestinationNotAllowed("not on the public network")

    monkeypatch.setattr(outbound_http, "post", refuse)
    with clock.travel(NOON):
        beat()
        work_off()
    db.session.rollback()
    [done] = db.session.scalars(sa.select(jobs.Job).where(jobs.Job.kind == CALL)).all()
    assert done.done_at is not None and done.last_error == ""
