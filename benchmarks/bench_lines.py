"""A thousand people at a time: memory of an idle line, threads, how long everybody takes to come in and to come back
after a restart, and how long an acknowledgement takes at 250 messages a second between them all.

    python3 dev.py bench lines [PEOPLE]

Ours on SQLite with its own transport and with the libraries' (SOCKETS=stock), and Socket.IO on Node.js, which knows
nobody and stores nothing. Goals: 40 kB a line, back within 3 s, 99 % of the acknowledgements under 100 ms.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bench_live
from crowd import Crowd, Member

from tests.servers import Site, free_port

SIZE, RATE, SECONDS = 10, 250.0, 8.0


def worker(master: int) -> int:
    """The process that holds the lines."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(children[0]) if children else master


def memory(pid: int) -> int:
    """Its proportional share of memory, in kB."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))


def threads(pid: int) -> int:
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Threads:"))


def come_in(crowd: Crowd) -> float:
    """Everybody opens a line and enters, sixteen at a time; returns the seconds that took."""
    begun = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda member: crowd._open(member, crowd.urls[0]), crowd.members))
    return time.monotonic() - begun


def measure(name: str, url: str, pid: int, people: list[Member], again: object) -> None:
    crowd = Crowd([url], people)
    first = Crowd([url], people[:20])
    come_in(first)  # what is loaded at the first line is not the lines'
    time.sleep(1)
    before = memory(worker(pid))
    rest = Crowd([url], people[20:])
    seconds = come_in(rest)
    time.sleep(2)
    after, count = memory(worker(pid)), threads(worker(pid))
    for member in people:
        member.sock.setblocking(False)  # type: ignore[union-attr]
        crowd.selector.register(member.sock, 1, member)  # type: ignore[arg-type]
    seen = crowd.talk(SECONDS, rate=RATE)
    crowd.close()
    back = again(crowd) if callable(again) else float("nan")
    print(
        f"| {name} | {(after - before) / len(rest.members):.0f} | {count} | {seconds:.1f} | {back:.1f} "
        f"| {seen.at(0.5):.1f} | {seen.at(0.99):.1f} |"
    )


def ours(name: str, count: int, **env: str) -> None:
    with Site(LIMITS_SCALE="100000", JOBS="0", **env) as site:
        site.prepare().start(1)
        lines = site.flask("demo", "rooms", str(count // SIZE), str(SIZE)).splitlines()
        people = [Member(one["room"], one["cookie"], one["csrf"]) for one in map(json.loads, lines)]

        def again(crowd: Crowd) -> float:
            site.kill(site.ports[0])
            site.start_at(site.ports[0])
            return come_in(crowd)

        measure(name, site.url(), site.processes[site.ports[0]].pid, people, again)


def main() -> None:
    count = next((int(one) for one in sys.argv[1:] if one.isdigit()), 1000)
    bench_live.install()
    print("| server | kB a line | threads | all in, s | back, s | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|")
    ours("ours", count)
    ours("ours, stock sockets", min(count, 180), SOCKETS="stock")  # each holds a thread of gunicorn's two hundred
    with ExitStack() as stack:
        at = free_port()
        node = ["node", "node_server.js", str(at)]
        made = stack.enter_context(bench_live.peer(node, at, NODE_PATH=str(bench_live.PEERS / "node_modules")))
        people = [Member(str(number // SIZE + 1)) for number in range(count)]
        measure("Node", made.urls[0], made.pid, people, None)


if __name__ == "__main__":
    main()
