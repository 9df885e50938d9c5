"""Messages in live rooms, against other servers in the same run: deliveries a second, processor time of a delivery, and
how long an acknowledgement takes.

200 people in rooms of 10 (of 2, of 40), each of whom writes the next message as soon as the last is acknowledged; and
200 messages a second between them all, for the times. Ours signs everybody in, asks for rights, reads each message with
the detector, weighs it, stores it durably and then acknowledges; Node and Channels check the type and the length and
store nothing; Flask-SocketIO on gevent stores nothing, or through SQLAlchemy Core with a check of membership. Rounds
alternate; ratios are medians over rounds. The crowd takes a core of its own where there are two.

    python3 dev.py bench live [ROUNDS] [only=NAME;NAME] [size=10]
    python3 dev.py bench live workers [ROUNDS] [size=10] [rate=N]

The second prints what 1, 2 and 3 workers of ours with Redis and PostgreSQL between them cost: seconds of processor time
of the servers for a thousand deliveries, those of PostgreSQL and of Redis apart, once with the people of each room
spread over all workers, once with those of a room on one. With `rate` so many messages a second are written.

The other servers are installed into benchmarks/results/peers the first time.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from socket_clients import Crowd, Member, Seen, cpu_of, cpu_under

from tests.backing_services import fresh_database, private_postgres_server, private_redis, private_redis_server
from tests.servers import Site, free_port

HERE = Path(__file__).resolve().parent
PEERS = HERE / "results" / "peers"
PYTHON = PEERS / "venv" / "bin" / "python"
PACKAGES = (
    "flask-socketio==5.7.0", "gevent==26.9.0", "gunicorn==27.0.1", "packaging", "sqlalchemy==2.1.9",
    "psycopg[binary]==3.3.9", "channels==4.3.2", "channels-redis==4.3.0", "uvicorn==0.54.0", "websockets",
)  # fmt: skip
PEOPLE, SECONDS, RATE = 200, 3.0, 200.0


@dataclass
class Server:
    """A server that runs: how to reach it, what it speaks, and the processor time that it has had so far."""

    urls: list[str]
    cpu: Callable[[], float]
    dialect: str = "socketio"
    pid: int = 0
    members: Callable[[int], list[Member]] = field(default=lambda size: strangers(size))


def strangers(size: int) -> list[Member]:
    """People as the other servers know them."""
    return [Member(str(number // size + 1)) for number in range(PEOPLE)]


def install() -> None:
    """Fetch what the other servers need."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS / "venv")], check=True)
    subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
    if not (PEERS / "node_modules" / "socket.io").exists():
        subprocess.run(["npm", "install", "--silent", "--prefix", str(PEERS), "socket.io@4.8"], check=True)


@contextmanager
def peer(command: list[str], port: int, dialect: str = "socketio", **env: str) -> Iterator[Server]:
    log = open(PEERS / "log", "ab")  # noqa: SIM115 - the child keeps it
    process = subprocess.Popen(command, cwd=HERE / "peers", env={**os.environ, **env}, stdout=log, stderr=log,
                               start_new_session=True)  # fmt: skip
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield Server([f"http://127.0.0.1:{port}"], lambda: cpu_of(process.pid), dialect, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@contextmanager
def ours(database: str | None = None, redis: str | None = None, processes: int = 1, **env: str) -> Iterator[Server]:
    with Site(database, redis, LIMITS_SCALE="100000", JOBS="0", **env) as site:
        site.prepare().start(processes)

        def members(size: int) -> list[Member]:
            lines = site.flask("demo", "rooms", str(PEOPLE // size), str(size)).splitlines()
            return [Member(one["room"], one["cookie"], one["csrf"]) for one in map(json.loads, lines)]

        urls = [site.url(number) for number in range(processes)]
        yield Server(urls, lambda: sum(cpu_of(one.pid) for one in site.processes.values()), members=members)


@contextmanager
def on_postgres(start: Callable[[str], object], redis: str | None = None) -> Iterator[Server]:
    """With a PostgreSQL of its own, whose processor time counts."""
    with private_postgres_server() as (server, url), start(url) as made:
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        own = made.cpu
        made.cpu = lambda: own() + cpu_under(postmaster)
        yield made


def gevent(port: int, **env: str) -> object:
    serve = [str(PYTHON), "-m", "gunicorn", "-k", "gevent", "-w", "1", "--no-control-socket"]
    return peer([*serve, "-b", f"127.0.0.1:{port}", "flask_stock:app"], port, **env)


def as_sqlalchemy(url: str) -> str:
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def servers(stack: ExitStack) -> dict[str, Callable[[], object]]:
    """Every server by its name; each is started only when it is asked for."""
    port = free_port

    def channels() -> object:
        at, redis = port(), stack.enter_context(private_redis())
        serve = [str(PYTHON), "-m", "uvicorn", "channels_app:application", "--port", str(at), "--log-level", "error"]
        return peer(serve, at, "channels", REDIS_URL=redis)

    def node() -> object:
        at = port()
        return peer(["node", "node_server.js", str(at)], at, NODE_PATH=str(PEERS / "node_modules"))

    return {
        "stock": lambda: gevent(port()),
        "ours, SQLite": ours,
        "ours, PostgreSQL": lambda: on_postgres(lambda url: ours(url)),
        "ours, PostgreSQL + Redis": lambda: on_postgres(lambda url: ours(url, stack.enter_context(private_redis()))),
        "ours, two processes": lambda: on_postgres(
            lambda url: ours(url, stack.enter_context(private_redis()), processes=2)
        ),
        "ours, stock sockets": lambda: ours(SOCKETS="stock"),
        "stock + Core, SQLite": lambda: gevent(port(), DB=f"sqlite:///{PEERS / 'stock.db'}"),
        "stock + Core, PostgreSQL": lambda: on_postgres(lambda url: gevent(port(), DB=as_sqlalchemy(url))),
        "Node": node,
        "Channels": channels,
    }


@dataclass
class Result:
    """What the rounds of one server came to."""

    through: list[float] = field(default_factory=list)  # deliveries a second
    cpu: list[float] = field(default_factory=list)  # µs of a delivery
    p50: list[float] = field(default_factory=list)  # ms of an acknowledgement at a fixed rate
    p99: list[float] = field(default_factory=list)


def one_round(crowd: Crowd, server: Server, result: Result) -> None:
    before = server.cpu()
    seen: Seen = crowd.talk(SECONDS)
    spent = server.cpu() - before
    assert not seen.refused, f"{seen.refused} of {seen.acknowledged} were refused"
    result.through.append(seen.delivered / seen.seconds)
    result.cpu.append(spent * 1e6 / max(seen.delivered, 1) * seen.seconds / (seen.seconds + 0.5))
    time.sleep(0.3)
    seen = crowd.talk(SECONDS, rate=RATE)
    result.p50.append(seen.at(0.5))
    result.p99.append(seen.at(0.99))


def main() -> None:
    rounds = next((int(one) for one in sys.argv[1:] if one.isdigit()), 3)
    said = dict(one.split("=", 1) for one in sys.argv[1:] if "=" in one)
    size = int(said.get("size", "10"))
    if "workers" in sys.argv[1:]:
        by_workers(rounds, size, float(said["rate"]) if "rate" in said else None)
        return
    install()
    with ExitStack() as stack:
        known = servers(stack)
        names = said["only"].split(";") if "only" in said else list(known)
        running = {name: stack.enter_context(known[name]()) for name in names}
        people = {name: server.members(size) for name, server in running.items()}
        results = {name: Result() for name in names}
        for _ in range(rounds):
            for name in names:
                crowd = Crowd(running[name].urls, people[name], running[name].dialect)
                crowd.enter()
                one_round(crowd, running[name], results[name])
                crowd.close()
    report(names, results, size, rounds)


def by_workers(rounds: int, size: int, rate: float | None) -> None:
    """What workers cost that share rooms over Redis."""
    with private_postgres_server() as (server, url), private_redis_server() as redis, ExitStack() as stack:
        base = stack.enter_context(Site(url, redis.url, JOBS="0")).prepare()
        rows = [json.loads(row) for row in base.flask("demo", "rooms", str(PEOPLE // size), str(size)).splitlines()]
        sites = {}
        for count in (1, 2, 3):
            copied = stack.enter_context(fresh_database(server.url, like=urlsplit(url).path[1:]))
            site = stack.enter_context(Site(copied, redis.url, LIMITS_SCALE="100000", JOBS="0"))
            sites[count] = site.begin_like(base.folder).start(count)
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert redis.process is not None
        cells = {(count, near): Workers(site, near) for count, site in sites.items() for near in (False, True)}
        del cells[1, True]
        for _ in range(rounds):
            for one in cells.values():
                one.measure(rows, rate, [lambda: cpu_under(postmaster), lambda: cpu_of(redis.process.pid)])
    first = cells[1, False]
    print(f"rooms of {size}, {rounds} rounds, processor time in seconds for 1,000 deliveries; ratios to one worker")
    print("| workers | rooms | deliveries/s | servers | ratio | PostgreSQL | Redis | all | ratio | p50 ms | p99 ms |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for (count, near), one in cells.items():
        print(f"| {count} | {'-' if count == 1 else 'on one worker' if near else 'spread'} | {one.row(first)} |")


@dataclass
class Workers:
    """One number of workers, with rooms spread over them or each on one of them, and what the rounds came to."""

    site: Site
    near: bool
    spent: list[list[float]] = field(default_factory=list)  # of servers, PostgreSQL, Redis, for 1,000 deliveries
    seen: list[Seen] = field(default_factory=list)

    def measure(self, rows: list[dict[str, str]], rate: float | None, others: list[Callable[[], float]]) -> None:
        urls = [self.site.url(number) for number in range(len(self.site.ports))]
        places = {room: place for place, room in enumerate(sorted({row["room"] for row in rows}))}
        people = [
            Member(row["room"], row["cookie"], row["csrf"], at=places[row["room"]] if self.near else None)
            for row in rows
        ]
        clocks = [lambda: sum(cpu_of(one.pid) for one in self.site.processes.values()), *others]
        crowd = Crowd(urls, people)
        crowd.enter()
        before = [clock() for clock in clocks]
        seen = crowd.talk(SECONDS, rate=rate)
        whole = seen.seconds / (seen.seconds + 0.5) * 1000 / max(seen.delivered, 1)
        self.spent.append([(clock() - was) * whole for clock, was in zip(clocks, before, strict=True)])
        self.seen.append(seen)
        crowd.close()
        assert not seen.refused, f"{seen.refused} of {seen.acknowledged} were refused"
        time.sleep(0.5)

    def row(self, first: "Workers") -> str:
        def median(of: Callable[[int], float]) -> float:
            return statistics.median(of(number) for number in range(len(self.spent)))

        spent, other = self.spent, first.spent
        cells = [f"{median(lambda n: self.seen[n].delivered / self.seen[n].seconds):,.0f}"]
        cells += [f"{median(lambda n: spent[n][0]):.4f}", f"{median(lambda n: spent[n][0] / other[n][0]):.2f}"]
        cells += [f"{median(lambda n: spent[n][1]):.4f}", f"{median(lambda n: spent[n][2]):.4f}"]
        cells += [f"{median(lambda n: sum(spent[n])):.4f}", f"{median(lambda n: sum(spent[n]) / sum(other[n])):.2f}"]
        return " | ".join([*cells, *(f"{median(lambda n, at=at: self.seen[n].at(at)):.1f}" for at in (0.5, 0.99))])


def report(names: list[str], results: dict[str, Result], size: int, rounds: int) -> None:
    first = results[names[0]]
    print(f"rooms of {size}, {rounds} rounds; ratios to {names[0]}")
    print("| server | deliveries/s | ratio | µs CPU | ratio | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|")
    for name in names:
        one = results[name]
        through = statistics.median(a / b for a, b in zip(one.through, first.through, strict=True))
        cpu = statistics.median(a / b for a, b in zip(one.cpu, first.cpu, strict=True))
        cells = [f"{statistics.median(one.through):,.0f}", f"{through:.2f}", f"{statistics.median(one.cpu):.1f}"]
        cells += [f"{cpu:.2f}", f"{statistics.median(one.p50):.1f}", f"{statistics.median(one.p99):.1f}"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
