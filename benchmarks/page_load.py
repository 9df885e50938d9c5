"""A mixed evening of page views: who asks for what, at a fixed rate or as fast as answers come. At most sixty-four
threads, each with a connection that stays open as a browser's does; every run is bounded in time."""

import http.client
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.servers import Site

THREADS, LATEST = 64, 3
LESSON = "/lessons/vao-lop-bang-duong-dan"
# What is looked at of an evening, in a hundred views; "room" is one's own, and its "parts" are what its page asks for
# again. The last are visitors, without a cookie.
SIGNED_IN = (
    ("room", "room", 22), ("room, parts", "room", 6), ("start", "/", 12), ("rooms", "/rooms", 8),
    ("lesson step", f"{LESSON}/2", 14), ("inbox", "/notices", 8), ("ask", "/ask", 6),
    ("search", "/search?q=l%E1%BB%9Bp", 5), ("lessons", "/lessons", 5), ("account", "/account", 2),
)  # fmt: skip
VISITORS = (("sign-in", "/sign-in", 4), ("lesson step, visitor", f"{LESSON}/2", 6), ("start, visitor", "/", 2))


PARTS = "people way-out watch calls order composer seen stuck signs"  # what static/rooms/show.js asks for again


@dataclass(frozen=True)
class View:
    """One page view: its kind, its address and the cookie of who looks."""

    kind: str
    path: str
    cookie: str


@dataclass
class Views:
    """What a run came to: milliseconds of each answer by kind, and answers that were none."""

    seconds: float = 0.0
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.took.values()))

    def at(self, share: float, kind: str = "") -> float:
        """The time below which this share of them lies, of one kind or of all."""
        found = sorted(one for name, some in self.took.items() if kind in ("", name) for one in some)
        return found[min(int(len(found) * share), len(found) - 1)] if found else float("nan")


def evening(site: Site, people: int, seed: int = 7) -> list[View]:
    """Some thousand views in a mixed order, of so many people who are in rooms of five."""
    rows = [json.loads(row) for row in site.flask("demo", "rooms", str(people // 5), "5").splitlines()]
    chance = random.Random(seed)
    kinds = [*SIGNED_IN, *VISITORS]
    views = []
    for name, path, _weight in chance.choices(kinds, [one[2] for one in kinds], k=4000):
        who = chance.choice(rows)
        cookie = who["cookie"] if (name, path, _weight) in SIGNED_IN else ""
        views.append(View(name, f"/rooms/{who['room']}" if path == "room" else path, cookie))
    return views


class Lookers:
    """Threads that ask for pages, each of one server process in turn."""

    def __init__(self, urls: Sequence[str], views: Sequence[View], threads: int = THREADS) -> None:
        self.urls, self.views, self.threads = urls, views, threads
        self.next, self.lock, self.seen = 0, threading.Lock(), Views()

    def run(self, seconds: float, rate: float | None = None) -> Views:
        """With a rate so many a second are due, whatever comes back, and each is timed from when it was due."""
        begun = time.monotonic()
        some = [threading.Thread(target=self._look, args=(n, begun, seconds, rate)) for n in range(self.threads)]
        for one in some:
            one.start()
        for one in some:
            one.join()
        self.seen.seconds = time.monotonic() - begun
        return self.seen

    def _look(self, number: int, begun: float, seconds: float, rate: float | None) -> None:
        where = urlsplit(self.urls[number % len(self.urls)])
        line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        while True:
            with self.lock:
                turn, self.next = self.next, self.next + 1
            due = begun + turn / rate if rate else time.monotonic()
            if due - begun >= seconds or time.monotonic() - begun >= LATEST * seconds:
                break  # a server that does not keep up is not waited for without end
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            self._one(line, self.views[turn % len(self.views)], due)
        line.close()

    def _one(self, line: http.client.HTTPConnection, view: View, due: float) -> None:
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html", **({"Cookie": view.cookie} if view.cookie else {})}
        if view.kind == "room, parts":
            headers["X-Parts"] = PARTS
        try:
            line.request("GET", view.path, headers=headers)
            answer = line.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            line.close()
            status = type(error).__name__  # type: ignore[assignment]
        took = (time.monotonic() - due) * 1000
        with self.lock:
            self.seen.took[view.kind].append(took)
            if status != 200:
                self.seen.wrong.append(f"{view.path} {status}")
