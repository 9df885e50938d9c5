"""Who is asked and answers in the moment in which the time is over; and what past waits are read from."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.rooms.people import until
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.models import HelperState
from tutoring.pairing.offers.commands import _state, record_helper_activity
from tutoring.pairing.requests.wait_estimates import past_waits

SECONDS = 30


def waits_for_a_lock() -> bool:
    if db.engine.dialect.name == "sqlite":
        return True  # writers wait for one another before they begin
    with db.engine.connect() as beside:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%helper_state%'"
        return bool(beside.scalar(sa.text(query)))


@pytest.mark.parametrize("backend", ["sqlite", "postgres"], indirect=True, scope="session")
def test_who_answers_while_an_offer_runs_out_is_there(app: Flask, world: World) -> None:
    """The offer that runs out is counted first, and the answer after it wipes the count."""
    khoa, counted, goes_on = world["khoa"], threading.Event(), threading.Event()

    @command
    def runs_out() -> None:
        _state(khoa).unanswered += 1
        db.session.flush()
        counted.set()
        assert goes_on.wait(SECONDS)

    def inside(what: Callable[[], None]) -> None:
        with app.app_context():
            what()

    with app.app_context():
        command(_state)(khoa)
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(inside, runs_out)
        assert counted.wait(SECONDS)
        answer = pool.submit(inside, lambda: command(record_helper_activity)(khoa))
        with app.app_context():
            until(lambda: answer.done() or waits_for_a_lock())
        goes_on.set()
        late.result(SECONDS)
        answer.result(SECONDS)
    with app.app_context():
        assert db.session.get_one(HelperState, khoa).unanswered == 0


def test_past_waits_are_read_from_their_index(app: Flask, queries: list[str]) -> None:
    with app.app_context():
        queries.clear()
        past_waits("zoom", clock.now())
        [asked] = [one for one in queries if "help_request" in one]
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            bound = ("zoom", clock.now().isoformat(), 1, 0)[: asked.count("?")]
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", bound).all()
            assert "ix_help_request_waits" in str(plan) and "TEMP B-TREE" not in str(plan)
        else:
            found = sa.inspect(db.engine).get_indexes("help_request")
            assert "ix_help_request_waits" in {one["name"] for one in found}
