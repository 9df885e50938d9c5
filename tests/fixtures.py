"""Fixtures that every test may use.

`app` is a real application on SQLite and again on PostgreSQL with Redis; every test commits for real and all
tables are emptied after it. `world` adds the demonstration community. Never hold an app context around calls
of a test client: the signed-in person of one request would leak into the next.
"""

import contextlib
import json
import math
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck

from tests import database_reset, factories, forked_processes, moments, prepared, run_folder, template_cache
from tests.backing_services import empty_postgres_url, fresh_database, postgres_url, redis_url
from tests.browser import browser_context_args, browser_type_launch_args
from tests.lessons import bank as banks
from tests.servers import prepared_postgres
from tests.smtp_server import site_office
from tests.swapped import beside, without_application
from tutoring.accounts import password_hashes
from tutoring.accounts.models import User
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.home import demo_accounts
from tutoring.kernel import overrides, rate_limits
from tutoring.kernel.content_folder import ContentFolder
from tutoring.kernel.db import db
from tutoring.kernel.logs import Pseudonyms
from tutoring.kernel.rate_limits import RateLimits
from tutoring.lessons.catalogue.loader import load_catalogue
from tutoring.safety.screening import OwnHosts

forked_processes.open_for_tests()
template_cache.keep_templates()
moments.begin_early()
# A busy machine is slow, not wrong: Hypothesis measures neither an example nor the making of one.
hypothesis.settings.register_profile("without clocks", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("without clocks")

# Fixtures that load lessons of their own before anything is read.
OWN_LESSONS = {"small", "two_paths", "with_ten_questions"}
WORLD, TEMPLATE = "world.json", "template"  # files beside a prepared database: ids, and its name on the server


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """Which of the two ways to run this test uses; `pytest_generate_tests` in conftest.py gives it."""
    return str(request.param)


_apps: dict[str, Flask] = {}


@pytest.fixture(scope="session")
def whole_app(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on a migrated database with the content loaded; one for each database."""
    return _app_on(backend, request, tmp_path_factory)


@pytest.fixture(scope="session")
def both_apps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Flask]:
    """The application on SQLite and on PostgreSQL, to hold their answers against each other; read only."""
    return _app_on("sqlite", request, tmp_path_factory), _app_on("postgres", request, tmp_path_factory)


def _app_on(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    if backend not in _apps:
        server = request.getfixturevalue("postgres_url") if backend == "postgres" else ""
        redis = request.getfixturevalue("redis_url") if backend == "postgres" else ""
        folder = run_folder.once(prepared.name("app", server), lambda fresh: _prepare(fresh, server, redis))
        instance = tmp_path_factory.mktemp("instance")
        shutil.copytree(folder, instance, dirs_exist_ok=True)
        url = ""
        if backend == "postgres":
            url = request.getfixturevalue("copied_postgres")((folder / TEMPLATE).read_text("utf-8"))
        app = _apps[backend] = _made(_settings(instance, url, redis))
        database_reset.of(app).find_kept("bank", bank=True)
        factories.find_world(app, factories.World(**json.loads((folder / WORLD).read_text("utf-8"))))
    return _apps[backend]


@pytest.fixture(scope="session")
def copied_postgres(postgres_url: str) -> Iterator[Callable[[str], str]]:
    """Makes a copy of a database, which is dropped at the end of the session; returns its URL."""
    with contextlib.ExitStack() as stack:
        yield lambda name: stack.enter_context(fresh_database(postgres_url, name, durable=False))


def _settings(instance: Path, database_url: str, redis_url: str) -> Settings:
    env = {
        "INSTANCE": str(instance),
        "ORIGINS": "http://localhost",
        "JOBS": "0",
        "REDIS_PREFIX": f"test-{uuid.uuid4().hex[:8]}",
        "SECRET_KEY": "a key for tests alone, long enough",
        "AUDIT_KEY": "another key for tests, long enough",
        "FIELD_KEY": "a third key for tests, and long enough",
    }
    if database_url:
        env |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    return Settings.from_environment(env)


def _prepare(instance: Path, server_url: str, redis_url: str) -> None:
    """Migrate, load the lessons, build the demonstration, and keep copies of both beside the empty tables."""
    url = prepared.database(server_url) if server_url else ""
    app = _made(_settings(instance, url, redis_url))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        load_catalogue(banks.real())
        db.session.remove()
    database_reset.of(app).keep("bank", bank=True)
    (instance / WORLD).write_text(json.dumps(asdict(factories.world(app))), "utf-8")
    (instance / TEMPLATE).write_text(urlsplit(url).path[1:], "utf-8")
    database_reset.of(app).empty()
    database_reset.close(app)
    with app.app_context():
        db.engine.dispose()  # a database in use cannot be copied


def _made(settings: Settings) -> Flask:
    # Tests sign in thousands of times; the real cost is held by test_passwords.py and the browser journeys.
    password_hashes._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    app = create_app(settings, TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _unsafe_and_quick)
            db.engine.dispose()
    return app


def _unsafe_and_quick(raw: Any, _record: object) -> None:
    # No power is cut here; the processes that the tests start and kill wait for the disk as in production.
    raw.execute("PRAGMA synchronous=OFF")


@pytest.fixture(autouse=True)
def _clock_of_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """The application of a test begins at the same time of the day in every run; a site of its own has the real time.

    A test that moves the clock does not move it for the tests after it.
    """
    if "whole_app" in request.fixturenames:
        moments.begin()
    else:
        moments.begin_now()
    yield
    moments.begin_early()


@pytest.fixture(autouse=True, scope="session")
def _services_without_application() -> None:
    """Tests of pure rules need no application; those that store or send something use `app`."""
    some = (OwnHosts(()), RateLimits(None), Pseudonyms("a key for tests alone"), ContentFolder(ROOT / "content"))
    without_application({type(one): one for one in some})


@pytest.fixture(autouse=True, scope="module")
def _clock_of_module() -> Iterator[None]:
    """The same for what a fixture of a whole module does."""
    moments.begin_early()
    yield
    moments.begin_early()


@pytest.fixture(autouse=True)
def _real_lessons(request: pytest.FixtureRequest) -> None:
    """Tests that load lessons of their own leave them there; all find the real ones but those that load some first."""
    if not OWN_LESSONS.intersection(request.fixturenames):
        banks.put_back()


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application with empty tables (but the lesson bank)."""
    with whole_app.app_context():
        rate_limits.clear()
    overrides.forget()
    demo_accounts._seen.clear()  # else it is asked anew in the middle of a test, ten seconds after another one's look
    with beside(whole_app):
        yield whole_app
    with whole_app.app_context():
        db.session.remove()
    database_reset.of(whole_app).empty()


@pytest.fixture
def still_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds the clocks by which rates are counted: on a busy machine a test would last longer than a rate's window.

    Both are held: a time that stands while the seconds go on is a clock that was set back.
    """
    now, since = time.time(), time.monotonic()
    monkeypatch.setattr(time, "time", lambda: now)
    held = SimpleNamespace(time=lambda: now, monotonic=lambda: since, sleep=time.sleep)
    monkeypatch.setattr(rate_limits, "time", held)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> factories.World:
    """The demonstration community."""
    return factories.world(app)


@pytest.fixture
def inside(app: Flask, world: factories.World) -> Iterator[factories.World]:
    """The demonstration community, in an application context."""
    with app.app_context():
        yield world
        db.session.remove()


@pytest.fixture
def who(inside: factories.World) -> Callable[[str], User]:
    """A user of the demonstration by short name."""
    return lambda name: factories.person(inside[name])


@pytest.fixture
def again(app: Flask, world: factories.World) -> Callable[[], None]:
    """Puts the demonstration community back as it was, for a test that tries many cases."""

    def put_back() -> None:
        with app.app_context():
            db.session.remove()
        database_reset.of(app).empty()
        factories.world(app)

    return put_back


@pytest.fixture
def as_(app: Flask, world: factories.World) -> Callable[[str], FlaskClient]:
    """`as_("minh")` is a browser in which that person of the demonstration is signed in."""
    return lambda name: factories.client_of(app, world[name])


@pytest.fixture
def queries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL statements that run during a test; clear it before the part to be counted."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    monkeypatch.setattr(overrides, "FRESH", 3600.0)  # the same
    with app.app_context():
        engine = db.engine
        # Asked every ten seconds only: it would be counted now and then.
        monkeypatch.setitem(demo_accounts._seen, engine, (math.inf, True))
        overrides.forget()
        overrides.newest()
        db.session.remove()
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)
