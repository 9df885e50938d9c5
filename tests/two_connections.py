"""Two commands on two connections: the first commits when the second waits for it, or is done without waiting."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.rooms.people import until
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

SECONDS = 30


def waits_for_a_lock() -> bool:
    """Whether a connection to this database waits for another; on SQLite a writer waits before it begins."""
    if db.engine.dialect.name == "sqlite":
        return True
    with db.engine.connect() as beside:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(beside.scalar(sa.text(query)))


def run_both(app: Flask, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Runs the second while the first is not committed; returns its result. Raises what either raises."""
    acted, goes_on = threading.Event(), threading.Event()

    @command
    def held() -> None:
        first()
        db.session.flush()
        acted.set()
        assert goes_on.wait(SECONDS)

    def inside(what: Callable[[], Any]) -> Any:
        with app.app_context():
            return what()

    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(inside, held)
        early.add_done_callback(lambda _done: acted.set())
        assert acted.wait(SECONDS)
        late: Future[Any] = pool.submit(inside, second)
        try:
            with app.app_context():
                until(lambda: early.done() or late.done() or waits_for_a_lock())
        finally:
            goes_on.set()
        early.result(SECONDS)
        return late.result(SECONDS)
