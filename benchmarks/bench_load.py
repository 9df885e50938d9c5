"""An evening's load on loopback: a thousand people in two hundred rooms, all of them back after a restart, and page
views; against other servers in the same run where these can do it too.

    python3 dev.py bench load [sockets] [storm] [pages] [people=1000] [rate=250] [views=200] [only=NAME;NAME]

sockets: everybody opens a line, enters and is quiet (memory of a line); then so many messages a second between them all
for eight seconds. storm: the server is killed and begun anew, and everybody comes back by the pauses that our pages
make (benchmarks/reconnect_storm.py); in every fifth room a message was missed. pages: views of a mixed evening
(benchmarks/page_load.py), first as fast as one process answers, then at the rate asked for, with one process and three.

Figures of CPU are those of the server's processes and hold on a busy machine too; those marked ~ are seconds that
passed, and mean something only when nothing else runs: repeat them with this same command on a quiet machine.
The other servers are installed into benchmarks/results/peers the first time. Everything ends with the run: at most
some minutes, on 127.0.0.1 alone.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bench_live
from page_load import Lookers, Views, evening
from reconnect_storm import Back, Storm
from socket_clients import Crowd, Member, cpu_of, cpu_under

from tests.backing_services import private_postgres_server, private_redis
from tests.servers import Site, free_port

SIZE, SECONDS = 5, 8.0
GOAL_P99, GOAL_MEMORY, GOAL_BACK = 100.0, 40.0, 3.0


@dataclass
class Running:
    """A server that runs, and how it is killed and begun anew; `begin` returns when it answers."""

    urls: list[str]
    people: list[Member]
    pids: Callable[[], list[int]]
    kill: Callable[[], None]
    begin: Callable[[], None]
    database: Callable[[], float] = lambda: 0.0

    def cpu(self) -> float:
        return sum(map(cpu_of, self.pids())) + self.database()


# ---- servers ---------------------------------------------------------------------------------------------------------


@contextmanager
def ours(people: int, database: str | None = None, redis: str | None = None, processes: int = 1) -> Iterator[Running]:
    with Site(database, redis, LIMITS_SCALE="100000", JOBS="0") as site:
        site.prepare().start(processes)
        lines = site.flask("demo", "rooms", str(people // SIZE), str(SIZE)).splitlines()
        members = [Member(one["room"], one["cookie"], one["csrf"]) for one in map(json.loads, lines)]

        def kill() -> None:
            for port in site.ports:
                site.kill(port)

        def begin() -> None:
            with ThreadPoolExecutor(processes) as pool:
                list(pool.map(site.start_at, site.ports))

        urls = [site.url(number) for number in range(processes)]
        yield Running(urls, members, lambda: [one.pid for one in site.processes.values()], kill, begin)


@contextmanager
def on_postgres(people: int, processes: int) -> Iterator[Running]:
    with ExitStack() as stack:
        server, url = stack.enter_context(private_postgres_server())
        redis = stack.enter_context(private_redis()) if processes > 1 else None
        made = stack.enter_context(ours(people, url, redis, processes))
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        made.database = lambda: cpu_under(postmaster)
        yield made


@contextmanager
def other(people: int, serve: Callable[[int], object]) -> Iterator[Running]:
    """A server of benchmarks/peers, which knows nobody and stores nothing."""
    port, stack = free_port(), ExitStack()
    held: list[bench_live.Server] = []

    def begin() -> None:
        held[:] = [stack.enter_context(serve(port))]  # type: ignore[arg-type]

    begin()
    members = [Member(str(number // SIZE + 1)) for number in range(people)]
    try:
        yield Running(held[0].urls, members, lambda: [held[0].pid], stack.close, begin)
    finally:
        stack.close()


def node(port: int) -> object:
    env = {"NODE_PATH": str(bench_live.PEERS / "node_modules")}
    return bench_live.peer(["node", "node_server.js", str(port)], port, **env)


SERVERS: dict[str, Callable[[int], object]] = {
    "ours, SQLite": ours,
    "ours, PostgreSQL": lambda people: on_postgres(people, 1),
    "ours, PostgreSQL, 3 processes": lambda people: on_postgres(people, 3),
    "Node, nothing stored": lambda people: other(people, node),
    "stock Flask-SocketIO, nothing stored": lambda people: other(people, bench_live.gevent),
}


# ---- what is measured ------------------------------------------------------------------------------------------------


def workers(pid: int) -> list[int]:
    """The processes that hold lines."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in children] or [pid]


def memory(pids: list[int]) -> int:
    """Their proportional share of memory, in kB."""
    total = 0
    for pid in (one for some in pids for one in workers(some)):
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total


def come_in(crowd: Crowd, members: list[Member]) -> None:
    """These open a line and enter, sixteen at a time."""
    with ThreadPoolExecutor(16) as pool:
        places = [crowd.urls[number % len(crowd.urls)] for number in range(len(members))]
        list(pool.map(crowd.open, members, places))


def sockets(name: str, server: Running, rate: float) -> Crowd:
    """Everybody comes in and is quiet; then the messages."""
    crowd = Crowd(server.urls, server.people)
    few = 20 * len(server.urls)
    come_in(crowd, crowd.members[:few])  # what is loaded at the first lines is not the lines'
    time.sleep(1)
    before, begun = memory(server.pids()), server.cpu()
    come_in(crowd, crowd.members[few:])
    time.sleep(2)
    coming, kept = server.cpu() - begun, memory(server.pids()) - before
    rest = len(crowd.members) - few
    crowd.listen()
    begun = server.cpu()
    seen = crowd.talk(SECONDS, rate=rate)
    spent = (server.cpu() - begun) * seen.seconds / (seen.seconds + 0.5)  # half a second was not counted
    assert not seen.refused, f"{seen.refused} of {seen.acknowledged} were refused"
    print(
        f"| {name} | {kept / rest:.0f} | {coming / rest * 1000:.2f} | {seen.acknowledged / seen.seconds:.0f} "
        f"| {seen.delivered / seen.seconds:,.0f} | {spent / seen.seconds * 100:.0f} % "
        f"| {spent * 1e6 / max(1, seen.delivered):.0f} | ~{seen.at(0.5):.1f} | ~{seen.at(0.95):.1f} "
        f"| ~{seen.at(0.99):.1f} |",
        flush=True,
    )
    return crowd


def storm(name: str, server: Running, crowd: Crowd) -> None:
    """The server dies, is begun anew, and everybody comes back."""
    for member in crowd.members:
        if int(member.room) % 5 == 0:
            member.seq = max(0, member.seq - 1)
    at_answer: list[float] = []
    database = server.database()
    server.kill()
    begun = time.monotonic()
    starting = threading.Thread(target=server.begin)
    starting.start()
    back: Back = Storm(crowd, lambda: at_answer.append(server.cpu())).run()
    starting.join()
    spent, started = server.cpu() - at_answer[0], back.answered - begun
    total = server.cpu() - database
    shares = [back.share(share, len(crowd.members)) - started for share in (0.5, 0.9, 1.0)]
    print(
        f"| {name} | {len(back.at)} of {len(crowd.members)} | {spent / max(1, len(back.at)) * 1000:.2f} "
        f"| {total:.1f} | {back.tries} | {back.turned_away} | ~{started:.1f} | "
        + " | ".join(f"~{one:.1f}" for one in shares) + " |",
        flush=True,
    )  # fmt: skip


def pages(rate: float) -> None:
    """One process on SQLite as fast as it answers and at the rate; then three on PostgreSQL."""
    print(
        "\n| pages | views/s | µs CPU of a view | ~p50 ms | ~p95 ms | ~p99 ms | wrong |\n|---|---|---|---|---|---|---|"
    )
    with Site(LIMITS_SCALE="100000", JOBS="0") as site:
        views = evening(site.prepare().start(1), 200)
        kinds = looked("one process, SQLite", site, lambda: 0.0, views, rate)
    with ExitStack() as stack:
        server, url = stack.enter_context(private_postgres_server())
        redis = stack.enter_context(private_redis())
        site = stack.enter_context(Site(url, redis, LIMITS_SCALE="100000", JOBS="0"))
        views = evening(site.prepare().start(3), 200)
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        looked("three processes, PostgreSQL", site, lambda: cpu_under(postmaster), views, rate)
    print("\n| kind | views | ~p50 ms | ~p95 ms |\n|---|---|---|---|")
    for kind, some in sorted(kinds.took.items(), key=lambda one: -kinds.at(0.5, one[0])):
        print(f"| {kind} | {len(some)} | ~{kinds.at(0.5, kind):.0f} | ~{kinds.at(0.95, kind):.0f} |")


def looked(name: str, site: Site, database: Callable[[], float], views: list, rate: float) -> Views:
    urls = [site.url(number) for number in range(len(site.processes))]

    def cpu() -> float:
        return sum(cpu_of(one.pid) for one in site.processes.values()) + database()

    def row(what: str, threads: int, seconds: float, at: float | None) -> Views:
        before = cpu()
        seen = Lookers(urls, views, threads).run(seconds, at)
        spent = cpu() - before
        print(
            f"| {name}, {what} | {seen.count / seen.seconds:.0f} | {spent * 1e6 / max(1, seen.count):,.0f} "
            f"| ~{seen.at(0.5):.0f} | ~{seen.at(0.95):.0f} | ~{seen.at(0.99):.0f} | {len(seen.wrong)} |",
            flush=True,
        )
        if seen.wrong:
            print("wrong:", *sorted(set(seen.wrong))[:5], file=sys.stderr)
        return seen

    Lookers(urls, views, 4).run(3.0)  # templates and plans are made at the first look
    most = row("as fast as it answers", 4 * len(urls), SECONDS, None)
    alone = Lookers(urls, views, 1).run(SECONDS)  # one at a time: what each kind takes by itself
    row(f"{rate:.0f} views/s asked for", 64, SECONDS, rate)
    if most.count / most.seconds < rate:
        fair = round(most.count / most.seconds * 0.7)
        row(f"{fair} views/s asked for", 64, SECONDS, fair)
    return alone


def main() -> None:
    words = [one for one in sys.argv[1:] if "=" not in one]
    said = dict(one.split("=", 1) for one in sys.argv[1:] if "=" in one)
    wanted = words or ["sockets", "storm", "pages"]
    people, rate = int(said.get("people", "1000")), float(said.get("rate", "250"))
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{people} people in rooms of {SIZE}; {os.cpu_count()} cores, load before the run {load}; ~ = time that passed"
    )
    names = said["only"].split(";") if "only" in said else list(SERVERS)
    if {"sockets", "storm"} & {*wanted}:
        if any(not one.startswith("ours") for one in names):
            bench_live.install()
        _lines(names, wanted, people, rate)
    if "pages" in wanted:
        pages(float(said.get("views", "200")))


def _lines(names: list[str], wanted: list[str], people: int, rate: float) -> None:
    print(
        f"\nsockets: at {rate:.0f} messages a second\n| server | kB a line | ms CPU to come in | acks/s | deliveries/s "
        "| CPU | µs CPU of a delivery | ~p50 ms | ~p95 ms | ~p99 ms |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    rows: list[Callable[[], None]] = []
    with ExitStack() as stack:
        for name in names:
            server = stack.enter_context(SERVERS[name](people))  # type: ignore[arg-type]
            crowd = sockets(name, server, rate)
            if "storm" in wanted:
                rows.append(lambda name=name, server=server, crowd=crowd: storm(name, server, crowd))  # type: ignore[misc]
        if rows:
            print(
                "\nstorm\n| server | back | ms CPU of one | s CPU with the start | tries | turned away | ~s until it "
                "answers | ~s then until 50 % | ~90 % | ~100 % |\n|---|---|---|---|---|---|---|---|---|---|"
            )
        for row in rows:
            row()


if __name__ == "__main__":
    main()
