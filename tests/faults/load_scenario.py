"""An evening in which things break: real servers with the durability of production, people at their pages, and what can
be done to the parts under them. Everything is bounded in count and in time, and ends with the test.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.backing_services import PrivatePostgres, PrivateRedis, private_postgres_server, private_redis_server
from tests.faults.oracle import Verdict, Window, judge, rows_of
from tests.faults.page_clients import Page
from tests.network_proxy import Network
from tests.rooms.people import Person, rooms_of
from tests.servers import Site
from tests.waiting import until

PATIENCE = 300.0  # seconds until something is wrong


class Crowd:
    """How many programs want each processor of this machine, on average while this lives: others may work here too."""

    def __init__(self) -> None:
        self._seen: list[float] = []
        self._over = threading.Event()
        meanwhile(self._look)

    def _look(self) -> None:
        while not self._over.wait(0.5):
            running = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
            self._seen.append(running / (os.cpu_count() or 1))

    @property
    def factor(self) -> float:
        """By how much longer everything takes than on a machine of one's own."""
        return max(1.0, sum(self._seen) / max(1, len(self._seen)))

    def close(self) -> None:
        self._over.set()


@dataclass
class Evening:
    """What runs, what of it can break, and who is there."""

    site: Site
    database: str | Path  # where the oracle reads
    postgres: PrivatePostgres | None = None
    redis: PrivateRedis | None = None
    lines: list[Network] = field(default_factory=list)  # between people and each process
    to_database: list[Network] = field(default_factory=list)  # of each process
    to_redis: list[Network] = field(default_factory=list)
    rooms: list[list[Person]] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    crowd: Crowd = field(default_factory=Crowd)

    def come(self, rooms: int, members: int, pause: float = 0.05) -> "Evening":
        """So many rooms of people open their pages; they do not write yet."""
        self.rooms = rooms_of(self.site, rooms, members)
        urls = [one.url for one in self.lines] or [self.site.url(n) for n in range(len(self.site.ports))]
        self.pages = [Page(person, urls, pause=pause) for people in self.rooms for person in people]
        for page in self.pages:
            page.open()
        until(lambda: all(page.entered for page in self.pages), "everybody is in", PATIENCE)
        return self

    @property
    def count(self) -> int:
        return sum(len(page.acknowledged) for page in self.pages)

    def write(self, on: bool = True) -> None:
        """Everybody begins to write, or stops after the message that is on its way."""
        for page in self.pages:
            page.writing = on

    def more(self, messages: int) -> None:
        """Wait until so many more are acknowledged."""
        goal = self.count + messages
        until(lambda: self.count >= goal, f"{messages} more are acknowledged", PATIENCE)

    @staticmethod
    def lasts(seconds: float) -> None:
        """A fault stays for so long: how long is a part of it, and nothing is waited for."""
        threading.Event().wait(seconds)

    @contextlib.contextmanager
    def broken(self) -> Iterator[None]:
        """What is in this block is a time in which something is broken."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.windows.append((begun, time.monotonic()))

    def end(self, seconds: float = PATIENCE) -> Verdict:
        """Let everybody finish and catch up, by no more than what their pages do by themselves; then judge. Whoever
        lacks something after these seconds lacks it."""
        self.write(False)
        until(lambda: all(not page.unsent for page in self.pages), "all that was written is sent", PATIENCE)
        newest = {page.person.room: 0 for page in self.pages}
        for page in self.pages:
            newest[page.person.room] = max(newest[page.person.room], *(one.seq for one in page.acknowledged), 0)
        with contextlib.suppress(pytest.fail.Exception):  # whoever lacks something then is counted
            until(lambda: all(page.last >= newest[page.person.room] for page in self.pages), seconds=seconds)
        for page in self.pages:
            page.close()
        rows, heads = rows_of(self.database)
        found = judge(rows, heads, self.pages, self.windows)
        found.signed_out += sum(not page.is_signed_in() for page in self.pages)
        return found

    # ---- what is done to it --------------------------------------------------------------------------------------

    def workers(self, process: int = 0) -> list[int]:
        """The workers of a process, by their ids; the process itself only looks after them."""
        return children(self.site.processes[self.site.ports[process]].pid)

    def kill_worker(self, process: int = 0) -> None:
        """SIGKILL the worker of a process, which begins a new one, as in production."""
        before = self.workers(process)
        with self.broken():
            for pid in before:
                os.kill(pid, signal.SIGKILL)
            if len(self.site.ports) == 1:  # nobody else answers
                until(lambda: set(self.workers(process)) - set(before), "a new worker begins", PATIENCE)
                self.site._answers(self.site.ports[process])
        until(lambda: set(self.workers(process)) - set(before), "a new worker begins", PATIENCE)
        self.site._answers(self.site.ports[process])

    def pause(self, pids: list[int], seconds: float) -> None:
        """SIGSTOP these, and SIGCONT them after a while."""
        with self.broken():
            try:
                for pid in pids:
                    os.kill(pid, signal.SIGSTOP)
                self.lasts(seconds)
            finally:
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """In this block PostgreSQL is started again whenever it has ended, as systemd does it."""
        over, postgres = threading.Event(), self.postgres

        def look() -> None:
            while postgres is not None and not over.wait(0.5):
                with contextlib.suppress(RuntimeError, OSError, ValueError):
                    if not is_running(int((postgres.folder / "data" / "postmaster.pid").read_text().split()[0])):
                        postgres.start()
                if not (postgres.folder / "data" / "postmaster.pid").exists():
                    with contextlib.suppress(RuntimeError):
                        postgres.start()

        thread = meanwhile(look)
        try:
            yield
        finally:
            over.set()
            thread.join(PATIENCE)

    def of_postgres(self) -> list[int]:
        """The processes of the database."""
        assert self.postgres is not None
        first = int((self.postgres.folder / "data" / "postmaster.pid").read_text().split()[0])
        return [first, *children(first)]

    def of_redis(self) -> list[int]:
        assert self.redis is not None and self.redis.process is not None
        return [self.redis.process.pid]


def is_running(pid: int) -> bool:
    """Whether there is such a process, which has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.parent.name))
    return found


@contextlib.contextmanager
def on_sqlite(
    *,
    through_proxy: bool = False,
    within: Path | None = None,
    wsgi: str = "",
    anew: Mapping[str, str] | None = None,
    **env: str,
) -> Iterator[Evening]:
    """One process on SQLite; `anew`: what servers have in their environment from the very beginning."""
    with ExitStack() as stack:
        site = stack.enter_context(Site(within=within, **env)).prepare()
        site.wsgi, site.anew = wsgi or site.wsgi, dict(anew or {})
        yield _begun(stack, Evening(site, site.folder / "cunghoc.db"), 1, through_proxy)


@contextlib.contextmanager
def on_postgres(
    processes: int = 2,
    *,
    through_proxy: bool = False,
    far: bool = False,
    within: Path | None = None,
    anew: Mapping[str, str] | None = None,
    **env: str,
) -> Iterator[Evening]:
    """Several processes on PostgreSQL and Redis; `far`: each reaches them through proxies of its own; `within`: the
    database lies on that disk; `anew`: what servers have in their environment from the very beginning."""
    with ExitStack() as stack:
        postgres, url = stack.enter_context(private_postgres_server(within))
        redis = stack.enter_context(private_redis_server())
        site = stack.enter_context(Site(url, redis.url, **env)).prepare()
        site.anew = dict(anew or {})
        evening = Evening(site, url, postgres, redis)
        if far:
            for _ in range(processes):
                evening.to_database.append(Network(postgres.folder / ".s.PGSQL.5432", delay=0))
                evening.to_redis.append(Network(redis.folder / "s", delay=0))
            for one in (*evening.to_database, *evening.to_redis):
                stack.callback(one.close)
        yield _begun(stack, evening, processes, through_proxy)


def _begun(stack: ExitStack, evening: Evening, processes: int, through_proxy: bool) -> Evening:
    """Start the processes, each with what lies between it and the others."""
    site = evening.site
    site.reserve(processes)
    if through_proxy:
        evening.lines = [Network(port) for port in site.ports]
        for one in evening.lines:
            stack.callback(one.close)
        site.env["ORIGINS"] += "".join(f",{one.url}" for one in evening.lines)
    for number, port in enumerate(site.ports):
        if evening.to_database:
            name = urlsplit(str(evening.database)).path
            site.env_of[port] = {
                "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{evening.to_database[number].port}{name}",
                "REDIS_URL": f"redis://127.0.0.1:{evening.to_redis[number].port}/0",
            }
        site.start_at(port)
    stack.callback(evening.crowd.close)
    stack.callback(lambda: [page.close() for page in evening.pages if not page.over])
    return evening


def meanwhile(job: Callable[[], None]) -> threading.Thread:
    """Do something beside the rest."""
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    return thread
