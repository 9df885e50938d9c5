"""A database that answers late, and lines that have died without a word: of people, to the database, to Redis."""

import json
import re
import threading
import time
from dataclasses import dataclass, field

from tests.faults.kills import held
from tests.faults.load_scenario import PATIENCE, Evening, meanwhile, on_postgres, on_sqlite
from tests.faults.oracle import Figure, Verdict, plain
from tests.rooms.people import http
from tests.waiting import until

LATE = 2.0  # seconds before each answer of the database
LONGEST = 10.0  # until a page has come, or a refusal that can be read


@dataclass
class Visits:
    """Somebody who asks for pages of one process, one after the other, and how long each took."""

    evening: Evening
    process: int
    paths: list[str]
    took: list[tuple[str, int, float]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> "Visits":
        self._threads = [meanwhile(lambda path=path: self._ask(path)) for path in self.paths]  # type: ignore[misc]
        return self

    def _ask(self, path: str) -> None:
        person = self.evening.pages[self.process].person
        while not self._ended.is_set():
            begun = time.monotonic()
            try:
                how = {"Accept": "application/json"} if "/messages" in path else {}
                status, body, _headers = http(self.evening.site.url(self.process) + path, person.cookie, **how)
            except OSError as error:
                status, body = 0, str(error)
            self.took.append((path, status, time.monotonic() - begun))
            if status not in (200, 302) and not path.endswith("z") and not _says(body):
                self.unread.append(f"{path}: {status} {body[:100]}")
            self._ended.wait(0.2)

    def each_had(self, count: int) -> bool:
        """Whether each page has been answered that often."""
        asked = [path for path, _status, _took in self.took]
        return all(asked.count(path) >= count for path in self.paths)

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def longest(self, end: str = "") -> float:
        return max((took for path, _status, took in self.took if path.endswith(end)), default=0.0)

    def answered(self) -> str:
        counts: dict[int, int] = {}
        for _path, status, _took in self.took:
            counts[status] = counts.get(status, 0) + 1
        return ", ".join(f"{count} × {status}" for status, count in sorted(counts.items()))


def _says(page: str) -> bool:
    """Whether a refusal, as a page or as JSON, tells in plain words what happened."""
    if page.startswith("{"):
        return plain(json.loads(page)["say"])
    words = [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<p[^>]*>.*?</p>", page, re.DOTALL)]
    return any(plain(one) for one in words)


def slow_database(seconds: float, messages: int = 200) -> Verdict:
    """For one of two workers each answer of the database takes two seconds."""
    with on_postgres(far=True) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        room = evening.pages[0].person.room
        paths = ["/", "/rooms", f"/rooms/{room}", f"/rooms/{room}/messages?after=0", "/account", "/healthz"]
        slow, other = Visits(evening, 0, paths), Visits(evening, 1, paths)
        with evening.broken():
            evening.to_database[0].delay_back = LATE
            slow.begin(), other.begin()
            evening.lasts(seconds)
            slow.end(), other.end()
            evening.to_database[0].delay_back = 0.0
        evening.more(messages)
        told = (
            f"slow worker {slow.answered()} within {slow.longest():.1f} s, /healthz {slow.longest('z'):.1f} s;"
            f" other worker {other.answered()} within {other.longest():.1f} s"
        )
        figures = [
            Figure("pages of the slow worker", slow.longest(), LONGEST),
            Figure("pages of the other worker", other.longest(), 2.0),
        ]
        found = held(evening, f"database {LATE:.0f} s late for one worker for {seconds:.0f} s", told, figures)
        assert slow.unread == [] and other.unread == [], slow.unread + other.unread
        assert {status for _path, status, _took in other.took} == {200}
        return found


def silent_people(messages: int = 200) -> Verdict:
    """Everybody's lines go silent in both directions, without a goodbye; new ones would work."""
    with on_sqlite(through_proxy=True) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        begun = time.monotonic()
        for line in evening.lines:
            line.swallow()
        noticed = lambda page: next((at for at in page.gave_up if at > begun), 0.0)  # noqa: E731
        until(lambda: all(map(noticed, evening.pages)), "everybody notices that the line is dead", PATIENCE)
        for page in evening.pages:
            page.windows.append((begun, noticed(page)))
        evening.more(messages)
        slowest = max(map(noticed, evening.pages)) - begun
        told = f"noticed after ≤ {slowest:.1f} s by who writes"
        return held(evening, "half-open lines of people", told, [Figure("noticed", slowest, LONGEST)])


def silent_database(seconds: float, messages: int = 200) -> Verdict:
    """What one worker has open to the database goes silent; new connections work."""
    return _silent(seconds, messages, "half-open lines to PostgreSQL", database=True)


def silent_redis(seconds: float, messages: int = 200) -> Verdict:
    """What one worker has open to Redis goes silent; new connections work."""
    return _silent(seconds, messages, "half-open lines to Redis", database=False)


def _silent(seconds: float, messages: int, what: str, database: bool) -> Verdict:
    with on_postgres(far=True) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        room = evening.pages[0].person.room
        visits = Visits(evening, 0, ["/rooms", f"/rooms/{room}", "/healthz"])
        with evening.broken():
            (evening.to_database if database else evening.to_redis)[0].swallow()
            visits.begin()
            evening.lasts(seconds)
        visits.end()
        evening.more(messages)
        told = f"pages {visits.answered()} within {visits.longest():.1f} s, /healthz {visits.longest('z'):.1f} s"
        found = held(evening, what, told, [Figure("pages", visits.longest(), LONGEST)])
        assert visits.unread == [], visits.unread
        return found
