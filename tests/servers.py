"""Real server processes for tests: the same command as in production, on a free port, with a database of their own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from tests import prepared, run_folder
from tests.backing_services import fresh_database
from tests.forked_processes import Program, begin, done
from tests.waiting import until

DATABASE = "database"  # the file with the name of a prepared site's database on PostgreSQL


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """One installation: a database (SQLite in a folder of its own by default) and any number of server processes."""

    of_port: ClassVar[dict[int, "Site"]] = {}

    def __init__(
        self, database_url: str | None = None, redis_url: str | None = None, within: Path | None = None, **env: str
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="site-", dir=within))
        self.ports: list[int] = []
        self.processes: dict[int, Program] = {}
        self.env_of: dict[int, dict[str, str]] = {}  # what is another one for the process of a port
        self.wsgi = "wsgi:app"
        self.threads = 200  # of each server process
        self.anew: dict[str, str] = {}  # what servers alone have in their environment from the very beginning
        self.on_sqlite = not database_url
        self.env = {**os.environ, "INSTANCE": str(self.folder), "PYTHONUTF8": "1", "LIMITS_SCALE": "100", **env}
        for name in ("DATABASE_URL", "REDIS_URL", "APP_ENV"):
            self.env.pop(name, None)
        if database_url:
            self.env["DATABASE_URL"] = database_url
        if redis_url:
            self.env.update(REDIS_URL=redis_url, REDIS_PREFIX=f"test-{self.folder.name}")

    def flask(self, *arguments: str) -> str:
        """Run a flask command; returns its stdout, raises when it fails."""
        status, out, err = done("flask", "--app", "tutoring.cli", *arguments, env={**self.env, "JOBS": "0"})
        if status:
            raise RuntimeError(f"flask {' '.join(arguments)}: {err[-3000:]}")
        return out

    def prepare(self) -> "Site":
        """Migrate, load the content and make the demonstration community.

        In a run of tests that happens once for the sites on SQLite; all begin with a copy of that folder.
        """
        return self.begin_like(prepared_sqlite()) if self.on_sqlite else self.prepare_anew()

    def prepare_anew(self) -> "Site":
        self.flask("prepare")
        (self.folder / "cards.jsonl").write_text(self.flask("demo", "cards"), "utf-8")
        return self

    def begin_like(self, folder: Path) -> "Site":
        """Take over what a prepared site holds in its folder: keys, cards, and SQLite's database."""
        shutil.copytree(folder, self.folder, dirs_exist_ok=True)
        return self

    def now(self) -> datetime:
        """The moment that the site's clock shows."""
        return datetime.now(UTC) + timedelta(seconds=int(self.env.get("CLOCK_SHIFT", "0")))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction of its own in the site's database, beside the running processes."""
        url = self.env.get("DATABASE_URL") or f"sqlite:///{self.folder / 'cunghoc.db'}"
        engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """What a query finds in the site's database."""
        with self.transaction() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]

    def cards(self) -> dict[str, dict[str, str]]:
        """Sign-in cards by user name."""
        lines = (self.folder / "cards.jsonl").read_text("utf-8").splitlines()
        return {card["username"]: card for card in map(json.loads, lines)}

    def reserve(self, processes: int) -> list[int]:
        """Ports for so many processes more; all of them accept pages of any."""
        ports = [free_port() for _ in range(processes)]
        self.ports += ports
        self.of_port.update(dict.fromkeys(ports, self))
        self.env["ORIGINS"] = ",".join(f"http://127.0.0.1:{port}" for port in self.ports)
        return ports

    def answers_at(self, port: int) -> None:
        """A line from this port leads to a process; whoever is started from now on accepts pages of it."""
        self.env["ORIGINS"] += f",http://127.0.0.1:{port}"
        self.of_port[port] = self

    def start(self, processes: int = 1) -> "Site":
        """Start server processes, each on a port of its own."""
        ports = self.reserve(processes)
        for port in ports:
            self._begin(port)
        for port in ports:
            self._answers(port)
        return self

    def start_at(self, port: int) -> None:
        """Start (again) the process of this port and wait until it answers."""
        self._begin(port)
        self._answers(port)

    def _begin(self, port: int) -> None:
        log = self.folder / f"server-{port}.log"
        how = ("-w", "1", "--threads", str(self.threads), "--no-control-socket", "-b", f"127.0.0.1:{port}")
        env = {**self.env, "PORT": str(port), **self.env_of.get(port, {})}
        self.processes[port] = begin("gunicorn", [*how, self.wsgi], {**env, **self.anew}, log, log, bool(self.anew))

    def _answers(self, port: int) -> None:
        def said_or_over() -> object:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
                    return "said"
            except (OSError, urllib.error.URLError):
                return self.processes[port].poll() is not None

        if until(said_or_over, f"the server at {port} answers", 120) != "said":
            raise RuntimeError(
                "the server did not start: " + (self.folder / f"server-{port}.log").read_text("utf-8")[-3000:]
            )

    def url(self, process: int = 0) -> str:
        return f"http://127.0.0.1:{self.ports[process]}"

    def kill(self, port: int) -> None:
        """SIGKILL the process of a port with its workers: nothing gets to say goodbye."""
        os.killpg(self.processes[port].pid, signal.SIGKILL)
        self.processes[port].wait(60)

    def goes_on_after(self, seconds: float) -> None:
        """Kill all processes, and start them again with a clock that is so much further ahead."""
        ahead = int(self.env.get("CLOCK_SHIFT", "0")) + round(seconds)
        self.env["CLOCK_SHIFT"] = str(ahead)
        for port, process in self.processes.items():
            if process.poll() is None:
                self.kill(port)
        for port in self.ports:
            self._begin(port)
        for port in self.ports:
            self._answers(port)

    def logs(self) -> str:
        return "".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("server-*.log")))

    def close(self) -> None:
        for port in [port for port, site in self.of_port.items() if site is self]:
            del self.of_port[port]
        for port, process in self.processes.items():
            if process.poll() is None:
                self.kill(port)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def prepared_sqlite() -> Path:
    """The folder of a prepared site on SQLite that is never started; made once in a run of tests."""
    return run_folder.once("site", lambda fresh: _keep_prepared(Site(), fresh))


@pytest.fixture(scope="session")
def prepared_postgres(postgres_url: str) -> tuple[str, Path]:
    """A prepared site on PostgreSQL that is never started, to be copied: name of its database, and its folder."""

    def make(fresh: Path) -> None:
        url = prepared.database(postgres_url)
        _keep_prepared(Site(url), fresh)
        (fresh / DATABASE).write_text(urlsplit(url).path[1:], "utf-8")

    folder = run_folder.once(prepared.name("site", postgres_url), make)
    return (folder / DATABASE).read_text("utf-8"), folder


def _keep_prepared(site: Site, folder: Path) -> None:
    with site:
        shutil.copytree(site.prepare_anew().folder, folder, dirs_exist_ok=True)


@contextlib.contextmanager
def running(kind: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A prepared, running site: "sqlite" is one process, "postgres" two with Redis between them."""
    if kind == "sqlite":
        with Site() as made:
            yield made.prepare().start(1)
        return
    server, redis, (name, folder) = map(request.getfixturevalue, ("postgres_url", "redis_url", "prepared_postgres"))
    with fresh_database(server, like=name) as url, Site(url, redis) as made:
        yield made.begin_like(folder).start(2)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One process on SQLite with the demonstration community, for all tests of a module that imports it."""
    with Site() as made:
        yield made.prepare().start(1)


@pytest.fixture(scope="module")
def cards(site: Site) -> dict[str, dict[str, str]]:
    """Its sign-in cards by user name."""
    return site.cards()
