"""Messages in live rooms, against other servers in the same run: deliveries a second, processor time of a delivery, and
how long an acknowledgement takes.

200 people in rooms of 10 (of 2, of 40), each of whom writes the next message as soon as the last is acknowledged; and
200 messages a second between them all, for the times. Ours signs everybody in, asks for rights, reads each message with
the detector, weighs it, stores it durably and then acknowledges; Node and Channels check the type and the length and
store nothing; Flask-SocketIO on gevent stores nothing, or through SQLAlchemy Core with a check of membership. Rounds
alternate; ratios are medians over rounds. The crowd takes a core of its own where there are two.

    python3 dev.py bench live [ROUNDS] [only=NAME,NAME] [size=10]

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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crowd import Crowd, Member, Seen, cpu_of, cpu_under

from tests.servers import Site, free_port
from tests.services import private_postgres_server, private_redis

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
