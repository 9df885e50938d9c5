"""The threads of due work: what other machines do delays nothing but what is sent to them."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.rooms.people import until
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.web import job_worker

put = command(jobs.enqueue)
SECONDS = 60  # for what comes at once where it comes at all


class Outside:
    """Another machine that answers nothing until it is let go."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)  # one for each piece that has begun
        self.answers = threading.Event()
        self.done = threading.Event()
        self.times: list[str] = []

    def asked(self, payload: dict[str, Any]) -> None:
        self.times.append(payload["n"])
        self.waiting.release()
        assert self.answers.wait(SECONDS)

    def hangs_for(self, pieces: int) -> bool:
        return all(self.waiting.acquire(timeout=SECONDS) for _ in range(pieces))


@pytest.fixture
def outside(app: Flask) -> Iterator[Outside]:
    made = Outside()
    jobs.external_job("test.outward")(made.asked)
    jobs.long_job("test.long")(made.asked)
    jobs.external_job("test.post", jobs.POSTS)(made.asked)
    jobs.job("test.expiry")(lambda _payload: made.done.set())
    yield made
    made.answers.set()
    for kind in ("test.outward", "test.long", "test.post"):
        del jobs._outward[kind], jobs._lanes[kind]
    del jobs._handlers["test.expiry"]


@pytest.fixture
def working(app: Flask, outside: Outside) -> Iterator[job_worker.Worker]:
    made = job_worker.Worker(app, every=0.01)
    yield made
    outside.answers.set()
    made.stop()
    made.join()


def nothing_more(working: job_worker.Worker) -> None:
    """Nothing more is claimed; what is under way goes on."""
    working.stop()
    for thread in working._threads:
        thread.join(SECONDS)


def put_down(app: Flask, kind: str, count: int = 1) -> None:
    with app.app_context():
        for n in range(count):
            put(kind, f"{kind}:{n}", clock.now(), n=f"{kind}:{n}")


def lease_of(kind: str) -> datetime | None:
    query = sa.select(jobs.Job.lease_until).where(jobs.Job.kind == kind)
    return db.session.scalar(query.execution_options(populate_existing=True))


def open_work(app: Flask) -> int:
    with app.app_context():
        query = sa.select(sa.func.count()).where(jobs.Job.done_at.is_(None), jobs.Job.kind.like("test.%"))
        return db.session.scalar(query) or 0


def test_an_expiry_is_done_while_every_thread_to_the_outside_hangs(
    app: Flask, outside: Outside, working: job_worker.Worker
) -> None:
    threads = job_worker.AT_ONCE[jobs.OUTWARD]
    more = threads + 3
    put_down(app, "test.outward", more)
    put_down(app, "test.long")
    working.start()
    assert outside.hangs_for(threads + 1), "each thread has one, and the long lane has its own"
    put_down(app, "test.expiry")
    assert outside.done.wait(SECONDS), "it waits for the outside"
    until(lambda: open_work(app) == more + 1)  # it is committed, and nothing else is done
    outside.answers.set()
    assert outside.hangs_for(3), "the others have their turn"
    working.stop()
    working.join()
    assert open_work(app) == 0 and len(set(outside.times)) == len(outside.times) == more + 1


def test_what_hangs_keeps_its_lease_and_is_done_once(app: Flask, outside: Outside, working: job_worker.Worker) -> None:
    put_down(app, "test.outward")
    working.start()
    assert outside.hangs_for(1)
    nothing_more(working)
    with app.app_context():
        later = clock.now() + jobs.LEASE * 0.8
        with clock.travel(later):
            jobs.renew()
            assert (lease_of("test.outward") or later) >= later + jobs.LEASE
            db.session.rollback()
    outside.answers.set()
    working.stop()
    working.join()
    assert outside.times == ["test.outward:0"] and open_work(app) == 0


def test_slow_receivers_of_webhooks_hold_up_no_mail(app: Flask, outside: Outside, working: job_worker.Worker) -> None:
    posts = job_worker.AT_ONCE[jobs.POSTS]
    put_down(app, "test.post", posts + 5)
    working.start()
    assert outside.hangs_for(posts)
    put_down(app, "test.outward")
    assert outside.hangs_for(1), "mail waits for a webhook"
    assert len(outside.times) == posts + 1, "more posts at once than allowed"


def test_what_is_stuck_for_an_hour_is_no_longer_renewed(
    app: Flask, outside: Outside, working: job_worker.Worker
) -> None:
    put_down(app, "test.outward")
    working.start()
    assert outside.hangs_for(1)
    nothing_more(working)
    with app.app_context():
        before = lease_of("test.outward")
        with clock.travel(clock.now() + jobs.RENEWED + timedelta(seconds=1)):
            jobs.renew()
        assert lease_of("test.outward") == before


def test_each_kind_is_of_one_lane(app: Flask, outside: Outside) -> None:
    kinds = {*jobs._handlers, *jobs._outward}
    of = {lane: {kind for kind in kinds if jobs.lane_of(kind) == lane} for lane in jobs.LANES}
    assert of[jobs.OUTWARD] >= {"audit.mail", "test.outward"}
    assert {"test.long", "pairing.round"} <= of[jobs.LONG] and of[jobs.POSTS] == {"webhooks.deliver", "test.post"}
    with app.app_context():
        for kind in ("test.outward", "test.long", "test.post", "test.expiry"):
            put_down(app, kind)
        for lane, kind in zip(jobs.LANES, ("test.expiry", "test.long", "test.outward", "test.post"), strict=True):
            [(work_id, _lease)] = jobs.claim(20, lane)
            assert db.session.get_one(jobs.Job, work_id).kind == kind
