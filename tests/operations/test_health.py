"""`/healthz` and `/readyz`: whether the process lives, and whether it should get visitors."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient

from tests.backing_services import PrivatePostgres, private_postgres_server, private_redis_server
from tests.waiting import until
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel.database import schema_version
from tutoring.kernel.db import db
from tutoring.web import draining, readiness


def asked(client: FlaskClient) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert told["ok"] is (answer.status_code == 200)
    return answer.status_code, told["parts"]


def comes(client: FlaskClient, part: str, word: str) -> None:
    """The part is told by this word before long: a busy machine may be too slow for the first look."""

    def told() -> bool:
        found = asked(client)[1][part]
        assert found in (word, "slow", "down"), found
        return found == word

    until(told, f"{part} is told as {word}")


def test_health_asks_nothing_of_the_database(client: FlaskClient, queries: list[str]) -> None:
    answer = client.get("/healthz")
    assert answer.get_json() == {"ok": True} and queries == [] and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("patient")
def test_all_parts_are_well(watched: Flask, backend: str) -> None:
    status, parts = asked(watched.test_client())
    assert status == 200
    assert parts == {"database": "ok", "process": "ok", **({"redis": "ok"} if backend == "postgres" else {})}


def test_machines_ask_by_any_name_and_people_do_not(watched: Flask) -> None:
    client = watched.test_client()
    for path, status in (("/healthz", 200), ("/readyz", 200), ("/help", 400)):
        assert client.get(path, headers={"Host": "10.0.0.7:8001"}).status_code == status, path


@pytest.mark.usefixtures("patient")
def test_a_process_on_its_way_out_wants_no_visitors_and_lives(watched: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining._Process, "draining", True)
    status, parts = asked(watched.test_client())
    assert status == 503 and parts["process"] == "draining" and parts["database"] == "ok"
    assert watched.test_client().get("/healthz").status_code == 200


@pytest.fixture
def moved(watched: Flask) -> Iterator[Flask]:
    """The application, whose database is put back where it was."""
    yield watched
    with watched.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": schema_version.head()})


@pytest.mark.parametrize(("revision", "status", "word"), [("0001", 503, "behind"), ("9999", 200, "ahead")])
@pytest.mark.usefixtures("patient")
def test_a_database_that_lacks_migrations_is_not_ready_and_one_of_newer_code_is(
    moved: Flask, revision: str, status: int, word: str
) -> None:
    with moved.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :at"), {"at": revision})
    told = asked(moved.test_client())
    assert told[0] == status and told[1]["database"] == word


def test_the_head_is_the_one_that_alembic_knows() -> None:
    assert schema_version.head() == ScriptDirectory(str(ROOT / "migrations")).get_current_head()


@pytest.mark.usefixtures("patient")
def test_a_database_without_tables_is_not_ready(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"INSTANCE": str(tmp_path), "JOBS": "0"}))
    assert asked(app.test_client()) == (503, {"database": "behind", "process": "ok"})


# ---- what does not answer ---------------------------------------------------------------------------------------


def _leaders(server: PrivatePostgres) -> list[int]:
    first = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    children = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True, check=False).stdout.split()
    return [first, *map(int, children)]


@pytest.mark.full
def test_a_database_that_hangs_is_told_in_time_and_not_asked_by_many_threads(
    tmp_path: Path, waits: list[float]
) -> None:
    with private_postgres_server() as (server, url):
        settings = Settings.from_environment({"INSTANCE": str(tmp_path), "JOBS": "0", "DATABASE_URL": url})
        app = create_app(settings)
        client = app.test_client()
        comes(client, "database", "behind")  # it answers: nothing is there yet
        stopped = _leaders(server)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(3):
                status, parts = asked(client)
                assert status == 503 and parts["database"] in ("slow", "down")
                assert sum(one.name == "asks-database" for one in threading.enumerate()) <= 1
            assert client.get("/healthz").status_code == 200
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        comes(client, "database", "behind")
        server.stop()
        comes(client, "database", "down")
        assert max(waits) <= readiness.PATIENCE <= 1
        server.start()
        with app.app_context():
            db.engine.dispose()


def test_a_redis_that_hangs_or_is_gone_is_told_in_time(tmp_path: Path, waits: list[float]) -> None:
    with private_redis_server() as server:
        settings = Settings.from_environment({"INSTANCE": str(tmp_path), "JOBS": "0", "REDIS_URL": server.url})
        app = create_app(settings)
        client = app.test_client()
        comes(client, "redis", "ok")
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        assert asked(client)[1]["redis"] in ("slow", "down")
        server.kill()  # while it still hangs: going on, it would say once more that all is well
        comes(client, "redis", "down")
        server.start()
        comes(client, "redis", "ok")
        assert max(waits) <= readiness.PATIENCE <= 1
