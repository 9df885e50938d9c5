"""PostgreSQL and Redis for the tests: found, or started privately in a temporary folder.

TEST_DATABASE_URL and TEST_REDIS_URL name servers to use and fail loudly when those do not answer.
Whatever is found running keeps its data: tests work in a database of their own, which is dropped.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests import installed_services, run_folder

try:
    import pwd
except ImportError:  # Windows
    pwd = None  # type: ignore[assignment]

FOUND_POSTGRES = "postgresql://postgres:postgres@127.0.0.1:5432/postgres"
FOUND_REDIS = "redis://127.0.0.1:6379"

# For ordinary tests only: a power cut would lose data, which no test needs. The processes of a run share this server.
# In tables that are refilled often a statement of the desk took one to five seconds, and not without compiling.
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300", "jit=off")
SHARED = "postgres"  # what `run_folder.once` calls the server of a run


# --- PostgreSQL -----------------------------------------------------------------------------------


def _answers(url: str) -> str | None:
    """None if databases can be made there, else why not."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        return str(error).strip()
    return None if row and row[0] else "its user may not create databases"


def _drop_root() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: the child gets another user."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' for it")


@contextlib.contextmanager
def _short_folder(prefix: str, owner: Mapping[str, Any] | None = None, within: Path | None = None) -> Iterator[Path]:
    """A temporary folder for Unix sockets, whose whole path may be no longer than about 100 bytes."""
    folder = _make_short_folder(prefix, owner, within)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_short_folder(prefix: str, owner: Mapping[str, Any] | None = None, within: Path | None = None) -> Path:
    base = "/tmp" if len(tempfile.gettempdir()) > 50 else None
    name = tempfile.mkdtemp(prefix=prefix, dir=str(within) if within else base)
    if owner:
        os.chown(name, owner["user"], owner["group"])
    return Path(name)


@dataclass(frozen=True)
class PrivatePostgres:
    """A server in a folder of its own, reached by a Unix socket there; it touches no other server."""

    programs: Path
    folder: Path
    owner: Mapping[str, Any]
    settings: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def create(self) -> None:
        how = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C")
        self._run("initdb", *how, *(["--no-sync"] if self.settings else []))

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        options = [f"-k {self.folder}", "-c listen_addresses="]
        options += [f"-c {setting}" for setting in self.settings]
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", "60", "-l", log, "-o", " ".join(options), "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop as pg_ctl's mode says; "immediate" is a crash, from which the next start recovers."""
        self._run("pg_ctl", "-m", mode, "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        log = self.folder / "log"
        with tempfile.TemporaryFile() as said:  # a pipe would be held open by the server that is started
            done = subprocess.run(
                [str(self.programs / program), "-D", str(self.folder / "data"), *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={**os.environ, "LC_ALL": "C"},
                **self.owner,
            )
            if done.returncode:
                said.seek(0)
                logged = log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""
                raise RuntimeError(f"{program} failed: {said.read().decode('utf-8', 'replace')}{logged}")


def _programs() -> Path:
    if programs := installed_services.postgres_programs():
        return programs
    raise RuntimeError("There is no PostgreSQL: install it (Debian: postgresql), start one, or set TEST_DATABASE_URL.")


@contextlib.contextmanager
def _own_server(within: Path | None = None) -> Iterator[PrivatePostgres]:
    owner = _drop_root()
    with _short_folder("ch-pg-", owner, within) as folder:
        server = PrivatePostgres(_programs(), folder, owner)
        server.create()
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(RuntimeError):  # a test may have stopped it
                server.stop()


def create_database(server_url: str, name: str, like: str = "template0", durable: bool = True) -> None:
    """Make a database on that server, empty or a copy of another to which there is no connection."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        # Not the server's own encoding and order: the tests are to pass wherever they run.
        admin.execute(f"create database {name} template {like} encoding 'UTF8' lc_collate 'C' lc_ctype 'C'")
        if not durable:  # of FAST what a database can have for itself
            admin.execute(f"alter database {name} set synchronous_commit = off")


@contextlib.contextmanager
def fresh_database(server_url: str, like: str = "template0", durable: bool = True) -> Iterator[str]:
    """The URL of a new database test_<hex> on that server, empty or a copy of another; it is dropped at the end."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    create_database(server_url, name, like, durable)
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(f"drop database if exists {name} with (force)")


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A fresh database for ordinary tests, on the server that is named, a private one, or one found running.

    A private one comes before one found running: it writes nothing through to the disk, where dropping a database
    alone waits half a minute beside other programs.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given and (why := _answers(given)):
        raise RuntimeError(f"TEST_DATABASE_URL is set but cannot be used: {why}")
    if not given and not installed_services.postgres_programs() and _answers(FOUND_POSTGRES) is None:
        given = FOUND_POSTGRES
    with fresh_database(given or _shared_server(), durable=False) as url:
        yield url


def _shared_server() -> str:
    """The URL of the one private server of this run, which ends with the run."""

    def make(fresh: Path) -> None:
        owner = _drop_root()
        folder = _make_short_folder("ch-pg-", owner)
        server = PrivatePostgres(_programs(), folder, owner, FAST)
        (fresh / "server.json").write_text(json.dumps([str(folder), server.url]), "utf-8")
        server.create()
        server.start()

    url: str = json.loads((run_folder.once(SHARED, make) / "server.json").read_text("utf-8"))[1]
    return url


@run_folder.at_the_end
def _stop_shared_server(run: Path) -> None:
    for one in (run / SHARED, run / f"{SHARED}.new"):  # the second of a process that was ended while it started it
        if (one / "server.json").exists():
            folder = Path(json.loads((one / "server.json").read_text("utf-8"))[0])
            with contextlib.suppress(RuntimeError):
                PrivatePostgres(_programs(), folder, _drop_root()).stop()
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def private_postgres_server(within: Path | None = None) -> Iterator[tuple[PrivatePostgres, str]]:
    """A server of its own with default durability, which a test may crash and start again, and a fresh database; in a
    folder of a disk of its own, if that is told."""
    with _own_server(within=within) as server, fresh_database(server.url) as url:
        yield server, url


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """A fresh database on such a server, for what kills and recovers."""
    with private_postgres_server() as (_server, url):
        yield url


# --- Redis ----------------------------------------------------------------------------------------


def _pings(url: str) -> str | None:
    """None if Redis answers there, else why not."""
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
        with contextlib.closing(client):
            client.ping()
    except (redis.RedisError, ValueError) as error:
        return str(error)
    return None


@dataclass
class PrivateRedis:
    """A Redis of our own that keeps nothing, reached by a Unix socket in a folder of its own."""

    program: str
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/s"

    def start(self) -> None:
        """Start and wait until it answers."""
        keep_nothing = ("--save", "", "--appendonly", "no", "--dir", str(self.folder))
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--port", "0", "--unixsocket", f"{self.folder}/s", *keep_nothing],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that Ctrl+C reaches it only through our own clearing up
            )
        deadline = time.monotonic() + 15
        while why := _pings(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Redis did not start: {why} {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: nobody is told."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)


@contextlib.contextmanager
def private_redis_server() -> Iterator[PrivateRedis]:
    """A Redis that a test may kill and start again."""
    program = installed_services.redis_program()
    if not program:
        raise RuntimeError("There is no Redis: install it (Debian: redis-server), or set TEST_REDIS_URL.")
    with _short_folder("ch-redis-") as folder:
        server = PrivateRedis(program, folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextlib.contextmanager
def private_redis() -> Iterator[str]:
    """The URL of a Redis of our own that keeps nothing."""
    with private_redis_server() as server:
        yield server.url


@contextlib.contextmanager
def _borrowed_redis(server_url: str) -> Iterator[str]:
    """An empty numbered database of a running Redis, claimed so that no other test run takes it too."""
    claim = "cung-hoc:tests"
    base = urlsplit(server_url)
    for number in range(15, 0, -1):
        if base.scheme == "unix":
            url = f"unix://{base.path}?db={number}"
        else:
            url = base._replace(path=f"/{number}").geturl()
        with contextlib.closing(redis.Redis.from_url(url)) as client:
            # The claim comes first: two runs that both saw an empty database would both take it.
            if not client.set(claim, os.getpid(), nx=True):
                continue
            if client.dbsize() != 1:  # somebody's data
                client.delete(claim)
                continue
            try:
                yield url
            finally:
                client.flushdb()
            return
    raise RuntimeError("Every database of that Redis holds data: empty one, or install redis-server.")


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A Redis for ordinary tests.

    A private one comes before one found running: channels of publish and subscribe are shared by all
    numbered databases of a server, so tests that run at the same time would hear each other.
    """
    if given := os.environ.get("TEST_REDIS_URL"):
        if why := _pings(given):
            raise RuntimeError(f"TEST_REDIS_URL is set but does not answer: {why}")
        with _borrowed_redis(given) as url:
            yield url
    elif installed_services.redis_program() or _pings(FOUND_REDIS):
        with private_redis() as url:
            yield url
    else:
        with _borrowed_redis(FOUND_REDIS) as url:
            yield url


# --- Fixtures -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this test process, for the whole run."""
    with database() as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database for one test alone."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this test process, for the whole run."""
    with redis_server() as url:
        yield url


@contextlib.contextmanager
def fresh_site_services() -> Iterator[tuple[str, str]]:
    """A fresh database and a Redis of its own, for a whole site that is started and killed."""
    with database() as database_url, private_redis() as redis_url:
        yield database_url, redis_url
