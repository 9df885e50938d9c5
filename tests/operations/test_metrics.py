"""`/metrics`: figures of the process and of the site, for whoever shows the token."""

import dataclasses
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.backing_services import private_redis_server
from tests.factories import World
from tests.operations.metrics_parser import BEARER, TOKEN, read, scrape
from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.kernel.monitoring import metrics, metrics_cache
from tutoring.moderation.models import Case
from tutoring.pairing.models import HelpRequest
from tutoring.rooms.models import Message, Room
from tutoring.web import request_metrics

As = Callable[[str], FlaskClient]


# ---- who reads them ---------------------------------------------------------------------------------------------


def test_without_a_token_set_there_is_no_such_page(app: Flask, client: FlaskClient) -> None:
    nothing, anything = client.get("/metrics", headers=BEARER), client.get("/nowhere-at-all")
    assert nothing.status_code == anything.status_code == 404
    assert nothing.text.replace("/metrics", "/nowhere-at-all") == anything.text


@pytest.mark.parametrize("shown", ["", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer é"])
def test_who_does_not_show_the_token_is_told_nothing(watched: Flask, shown: str) -> None:
    answer = watched.test_client().get("/metrics", headers={"Authorization": shown} if shown else {})
    assert answer.status_code == 401 and answer.text == "401\n"


def test_what_is_told_may_not_be_kept_on_the_way(watched: Flask) -> None:
    answer = watched.test_client().get("/metrics", headers=BEARER)
    assert answer.headers["Cache-Control"] == "no-store" and "text/plain" in answer.headers["Content-Type"]


# ---- what the process counts --------------------------------------------------------------------------------------


def test_requests_are_counted_by_endpoint_and_kind_of_answer_and_nothing_else(watched: Flask, as_: As) -> None:
    client, lan = watched.test_client(), as_("lan")
    before = scrape(client)
    lan.get("/account")
    lan.get("/rooms/987654")
    client.get("/nowhere/0912345678?q=Lan")
    after = scrape(client)
    for endpoint, status in (("accounts.account", "2xx"), ("rooms.show", "4xx"), ("nowhere", "4xx")):
        which = {"endpoint": endpoint, "status": status}
        name = "cunghoc_request_seconds_count"
        assert after.value(name, **which) == before.value(name, **which) + 1, which
    told = {label for samples in after.samples.values() for labels, _value in samples for label in labels}
    assert told <= {
        "endpoint", "status", "verb", "why", "le", "kind", "room", "what", "clock", "level", "version", "head",
        "generation", "state",
    }  # fmt: skip
    # Names and labels alone: a sum of seconds may hold any digits.
    said = str([(name, labels) for name, samples in after.samples.items() for labels, _value in samples])
    assert "0912345678" not in said and "987654" not in said and "/account" not in said


def test_a_duration_is_counted_in_each_bucket_that_holds_it_and_makes_no_other_series(watched: Flask) -> None:
    which = {"endpoint": "of.a.test", "status": "2xx"}
    for seconds in (0.005, 0.01, 0.5, 30.0):
        request_metrics.requests.labels(**which).observe(seconds)
    try:
        found = scrape(watched.test_client())
        buckets = {
            le: found.value("cunghoc_request_seconds_bucket", **which, le=le) for le in ("0.01", "0.5", "10.0", "+Inf")
        }
        assert buckets == {"0.01": 2, "0.5": 3, "10.0": 3, "+Inf": 4}
        assert found.value("cunghoc_request_seconds_count", **which) == 4
        assert found.value("cunghoc_request_seconds_sum", **which) == 30.515
        assert not [name for name in found.samples if name.endswith("_created")]
    finally:
        request_metrics.requests.remove(*which.values())


def test_pages_answered_before_flask_are_counted_too(watched: Flask) -> None:
    client = watched.test_client()
    client.get("/lessons")
    before = scrape(client).value("cunghoc_request_seconds_count", endpoint=request_metrics.KEPT, status="2xx")
    client.get("/lessons")
    assert (
        scrape(client).value("cunghoc_request_seconds_count", endpoint=request_metrics.KEPT, status="2xx") == before + 1
    )


def test_two_applications_in_one_process_do_not_meet(watched: Flask, tmp_path: Path) -> None:
    env = {"INSTANCE": str(tmp_path), "JOBS": "0", "METRICS_TOKEN": TOKEN}
    other = create_app(Settings.from_environment(env)).test_client()
    told = scrape(other)
    assert told.value("cunghoc_site_figures_failed") == len(metrics.of_site)  # it has no tables yet
    assert scrape(watched.test_client()).value("cunghoc_site_figures_failed") == 0


# ---- what the database knows ------------------------------------------------------------------------------------


@command
def _put_down(world: World) -> None:
    now = clock.now()
    room = Room(unit_id=world.units["lop6a"], topic="x", minors=True, observed=True)
    over = Room(
        unit_id=world.units["lop6a"], topic="x", minors=True, observed=True, closed_at=now, close_reason="ended"
    )
    db.session.add_all([room, over])
    db.session.flush()
    for seq, (where, minutes) in enumerate([(room, 5), (room, 20), (over, 90)], 1):
        db.session.add(
            Message(room_id=where.id, seq=seq, author_id=world["minh"], client_id=str(seq), text="a", status="held",
                    held_for="everything", at=now - timedelta(minutes=minutes))
        )  # fmt: skip
    db.session.add(Message(room_id=room.id, seq=9, author_id=world["minh"], client_id="9", text="a"))
    for name, ago, wish in (("minh", 7, "now"), ("an", 3, "now"), ("lan", 60, "weekly")):
        db.session.add(
            HelpRequest(learner_id=world[name], asked_by_id=world[name], unit_id=world.units["lop6a"], topic="x",
                        minor=True, wish=wish, queued_at=now - timedelta(minutes=ago))
        )  # fmt: skip
    for number, (look, looked, decide) in enumerate([(-1, False, 5), (0.5, False, 5), (-1, True, 5), (-9, True, -1)]):
        db.session.add(
            Case(kind="site", target=f"t{number}", minors=False, grade="S3", look_by=now + timedelta(hours=look),
                 decide_by=now + timedelta(hours=decide), looked_at=now if looked else None)
        )  # fmt: skip
    for n in range(3):
        jobs.enqueue("tests.late", f"late-{n}", now - timedelta(minutes=n))
    jobs.enqueue("tests.later", "later", now + timedelta(minutes=1))
    db.session.add(Job(kind="tests.failed", key="failed", run_at=now, failed_at=now - timedelta(hours=1)))
    db.session.add(Job(kind="tests.failed", key="away", run_at=now, failed_at=now, done_at=now))


def test_what_waits_is_counted_with_the_oldest(watched: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    with watched.app_context():
        _put_down(world)
        db.session.remove()
    told = scrape(watched.test_client())
    assert told.value("cunghoc_database_answers") == 1 and told.value("cunghoc_site_figures_failed") == 0
    count, oldest = "cunghoc_site_messages_held", "cunghoc_site_messages_held_oldest_seconds"
    assert told.value(count, room="open") == 2 and told.value(count, room="closed") == 1
    assert told.value(oldest, room="open") == 1200 and told.value(oldest, room="closed") == 5400
    assert told.value("cunghoc_site_people_waiting") == 2
    assert told.value("cunghoc_site_people_waiting_oldest_seconds") == 420
    assert told.value("cunghoc_site_rooms_open", kind="pair") == 1
    clocks = {
        name: told.value("cunghoc_site_desk_clocks", what="case", clock=name) for name in ("overdue", "near", "in_time")
    }
    assert clocks == {"overdue": 2, "near": 1, "in_time": 1}
    assert told.value("cunghoc_site_desk_clocks", what="second_look", clock="overdue") == 0
    assert told.value("cunghoc_site_work_due", kind="tests.late") == 3
    assert told.value("cunghoc_site_work_due_oldest_seconds", kind="tests.late") == 120
    assert told.value("cunghoc_site_work_due", kind="tests.later") == 0
    assert told.value("cunghoc_site_work_failed", kind="tests.failed") == 1


def test_the_database_is_asked_once_in_a_while_however_many_look(
    watched: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = list[int](), metrics_cache.asked
    monkeypatch.setattr(metrics_cache, "asked", lambda engine: asked.append(1) or real(engine))
    for _ in range(5):
        scrape(watched.test_client())
    assert len(asked) == 1
    monkeypatch.setattr(metrics_cache, "FRESH", 0.0)
    scrape(watched.test_client())
    assert len(asked) == 2


def test_processes_tell_one_another_through_redis(
    watched: Flask, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend == "sqlite":
        return  # one process
    settings = dataclasses.replace(watched.config["SETTINGS"], jobs=False)
    other = create_app(settings)
    assert scrape(watched.test_client()).value("cunghoc_site_work_due", kind="tests.told") == 0
    with watched.app_context():
        command(lambda: jobs.enqueue("tests.told", "told", clock.now()))()
        db.session.remove()
    asked = list[int]()
    monkeypatch.setattr(metrics_cache, "asked", lambda engine: asked.append(1))
    assert scrape(other.test_client()).value("cunghoc_site_figures_failed") == 0 and asked == []
    with other.app_context():
        db.engine.dispose()


def test_a_figure_that_fails_is_named_and_the_others_are_told(watched: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: sa.Connection) -> metrics.Rows:
        connection.execute(sa.text("SELECT nothing FROM nowhere"))
        return []

    broken = metrics.SiteGauge("cunghoc_site_broken", "For a test.", (), fails, False)
    monkeypatch.setattr(metrics, "of_site", {"broken": broken, **metrics.of_site})
    monkeypatch.setattr(metrics_cache, "of_site", metrics.of_site)
    told = scrape(watched.test_client())
    assert told.value("cunghoc_site_figures_failed") == 1 and told.samples["cunghoc_site_people_waiting"]
    assert "cunghoc_site_broken" not in told.samples


def test_a_figure_changes_nothing(watched: Flask, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def writes(connection: sa.Connection) -> metrics.Rows:
        connection.execute(sa.text("UPDATE due_work SET attempts = 99"))
        return []

    monkeypatch.setattr(metrics_cache, "of_site", {"w": metrics.SiteGauge("cunghoc_site_w", "W.", (), writes, False)})
    with watched.app_context():
        command(lambda: jobs.enqueue("tests.kept", "kept", clock.now()))()
        db.session.remove()
    scrape(watched.test_client())
    with watched.app_context():
        assert db.session.scalar(sa.select(Job.attempts).where(Job.key == "kept")) == 0


def test_figures_of_the_process_are_told_while_the_database_is_gone(tmp_path: Path, waits: list[float]) -> None:
    env = {"INSTANCE": str(tmp_path), "JOBS": "0", "METRICS_TOKEN": TOKEN,
           "DATABASE_URL": f"postgresql://nobody@/nowhere?host={tmp_path}"}  # fmt: skip
    settings = Settings.from_environment(env)
    with pytest.raises(sa.exc.OperationalError):  # while it starts it is needed
        create_app(dataclasses.replace(settings, loopback=False))
    told = scrape(create_app(settings).test_client())
    assert len(waits) == 1 and waits[0] <= 2  # whoever looks waits a moment, once
    assert told.value("cunghoc_database_answers") == 0 and "cunghoc_site_people_waiting" not in told.samples
    assert told.value("cunghoc_threads") >= 1 and told.value("process_resident_memory_bytes") > 0


@pytest.mark.full
def test_a_redis_that_hangs_delays_what_is_told_by_a_moment(
    tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with private_redis_server() as server:
        env = {"INSTANCE": str(tmp_path), "JOBS": "0", "METRICS_TOKEN": TOKEN, "REDIS_URL": server.url}
        client = create_app(Settings.from_environment(env)).test_client()
        assert read(client.get("/metrics", headers=BEARER).text).value("cunghoc_limits_shared") == 1
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(metrics_cache, "FRESH", 0.0)  # nothing is known any more
        waits.clear()
        scrape(client)
        assert len(waits) == 1 and waits[0] <= 2
        assert scrape(client).value("cunghoc_limits_shared") == 0
