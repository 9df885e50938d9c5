"""Fixtures that every test may use.

`app` is a real application on SQLite and again on PostgreSQL with Redis; every test commits for real and all
tables are emptied after it. `world` adds the demonstration community. Never hold an app context around calls
of a test client: the signed-in person of one request would leak into the next.
"""

import gc
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from tests import compiled, make, nursery, rows
from tests.browser import browser_context_args, browser_type_launch_args
from tests.lessons import bank as banks
from tests.servers import prepared_postgres
from tests.services import empty_postgres_url, postgres_url, redis_url
from tutoring.accounts import passwords
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.home import showcase
from tutoring.kernel import audit, kept, limits, vault
from tutoring.kernel.db import db
from tutoring.lessons.loading import load_bank

nursery.open_for_tests()
compiled.keep_templates()

BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
LONGEST = "seen"  # the folder of the tests that look at every page in a browser
SITES = {"site", *BROWSER_FIXTURES}
SERVICE_FIXTURES = {"postgres_url", "empty_postgres_url", "redis_url", "both_apps"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests are marked by what they use, so that -m "not browser" and the like always hold."""
    items[:] = _spread(items)
    for item in items:
        used, params = set(getattr(item, "fixturenames", ())), getattr(getattr(item, "callspec", None), "params", {})
        if used & BROWSER_FIXTURES:
            item.add_marker("browser")
        if used & SERVICE_FIXTURES or "postgres" in (params.get("backend"), params.get("site")):
            item.add_marker("services")


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """File after file, those with whole sites and browsers among the first of the others: they wait half of their
    time, in which the other processes of tests have more to do if not all of them wait; and they are long, so that
    at the end one process would be at such a file alone."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting, others = list[list[pytest.Item]](), list[list[pytest.Item]]()
    for found in files.values():
        waits = any(SITES.intersection(getattr(item, "fixturenames", ())) for item in found)
        (waiting if waits else others).append(found)
    waiting.sort(key=lambda found: found[0].path.parent.name != LONGEST)  # five minutes that nobody can share
    every = max(1, len(others) * 3 // 4 // max(1, len(waiting)))
    order = []
    for number, file in enumerate(others):
        if number % every == 0 and waiting:
            order += waiting.pop(0)
        order += file
    return order + [item for file in waiting for item in file]


def pytest_collection_finish() -> None:
    """All that was collected stays to the end: it is not looked through again for what could be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # as gunicorn.conf.py has it for the server


def pytest_unconfigure() -> None:
    """Threads that end with the process have nowhere left to write to."""
    logging.raiseExceptions = False


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which of the two ways to run this test uses."""
    return str(request.param)


_apps: dict[str, Flask] = {}


@pytest.fixture(scope="session")
def whole_app(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on a migrated database with the content loaded; made once for each way to run."""
    return _app_on(backend, request, tmp_path_factory)


@pytest.fixture(scope="session")
def both_apps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Flask]:
    """The application on SQLite and on PostgreSQL, to hold their answers against each other; read only."""
    return _app_on("sqlite", request, tmp_path_factory), _app_on("postgres", request, tmp_path_factory)


def _app_on(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    if backend not in _apps:
        env = {
            "INSTANCE": str(tmp_path_factory.mktemp("instance")),
            "ORIGINS": "http://localhost",
            "JOBS": "0",
            "REDIS_PREFIX": f"test-{uuid.uuid4().hex[:8]}",
            "SECRET_KEY": "a key for tests alone, long enough",
            "AUDIT_KEY": "another key for tests, long enough",
            "FIELD_KEY": "a third key for tests, and long enough",
        }
        if backend == "postgres":
            env |= {
                "DATABASE_URL": request.getfixturevalue("postgres_url"),
                "REDIS_URL": request.getfixturevalue("redis_url"),
            }
        _apps[backend] = _made(Settings.from_environment(env))
    return _apps[backend]


def _made(settings: Settings) -> Flask:
    # Tests sign in thousands of times; the real cost is held by test_passwords.py and the browser journeys.
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    app = create_app(settings, TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _unsafe_and_quick)
            db.engine.dispose()
        upgrade(directory=str(ROOT / "migrations"))
        load_bank(banks.real())
        db.session.remove()
    rows.of(app).keep("bank", bank=True)
    return app


def _unsafe_and_quick(raw: Any, _record: object) -> None:
    # No power is cut here; the processes that the tests start and kill wait for the disk as in production.
    raw.execute("PRAGMA synchronous=OFF")


@pytest.fixture(autouse=True)
def _real_lessons(request: pytest.FixtureRequest) -> None:
    """Tests that load lessons of their own leave them there; all but those of the small bank find the real ones."""
    if "small" not in request.fixturenames:
        banks.put_back()


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application with empty tables (but the lesson bank)."""
    settings: Settings = whole_app.config["SETTINGS"]
    # What the app that was made last, perhaps by a test, has set for the whole process.
    limits.configure(settings.redis_url, 1, settings.redis_prefix)
    audit.configure(settings.audit_key)
    vault.configure(settings.field_key)
    limits.clear()
    kept.forget()
    yield whole_app
    with whole_app.app_context():
        db.session.remove()
    rows.of(whole_app).empty()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> make.World:
    """The demonstration community."""
    return make.world(app)


@pytest.fixture
def again(app: Flask, world: make.World) -> Callable[[], None]:
    """Puts the demonstration community back as it was, for a test that tries many cases."""

    def put_back() -> None:
        with app.app_context():
            db.session.remove()
        rows.of(app).empty()
        make.world(app)

    return put_back


@pytest.fixture
def as_(app: Flask, world: make.World) -> Callable[[str], FlaskClient]:
    """`as_("minh")` is a browser in which that person of the demonstration is signed in."""
    return lambda name: make.client_of(app, world[name])


@pytest.fixture
def queries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL statements that run during a test; clear it before the part to be counted."""
    seen: list[str] = []
    # Asked every ten seconds only: it would be counted now and then.
    monkeypatch.setattr(showcase, "_seen", (time.monotonic() + 3600, True))

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    monkeypatch.setattr(kept, "FRESH", 3600.0)  # the same
    with app.app_context():
        engine = db.engine
        kept.forget()
        kept.newest()
        db.session.remove()
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)
