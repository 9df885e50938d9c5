"""More than three thousand messages while workers are killed, the network is cut in the middle of sending, PostgreSQL
crashes and Redis dies: what was acknowledged is there, once and in order, and every client has it all.

Clients do what the page does (static/rooms/show.js): an outbox whose ids stay, numbers without gaps, gaps asked for,
and after a quiet while a question whether something was missed. They come through a slow proxy that can be cut.
"""

import contextlib
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

import pytest
from socketio.exceptions import SocketIOError

from tests.network import Network
from tests.rooms.people import Line, Person, rooms_of, until
from tests.servers import Site
from tests.services import PrivatePostgres, PrivateRedis, private_postgres_server, private_redis_server

ROOMS, MEMBERS, EACH = 3, 4, 270
TOTAL = ROOMS * MEMBERS * EACH
QUIET = 2.0  # seconds after which a client asks; the page waits longer


@dataclass
class Client:
    """One person at a page."""

    person: Person
    urls: list[str]
    have: dict[int, dict[str, Any]] = field(default_factory=dict)
    last: int = 0
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    tries: int = 0
    over: bool = False
    _line: Line | None = None
    _heard: float = 0.0
    _behind: bool = False
    _lock: Any = field(default_factory=threading.Lock)

    def run(self) -> None:
        for n in range(EACH):
            one = str(uuid.uuid4()), f"tin {ascii_lowercase[n // 26]}{ascii_lowercase[n % 26]}"
            while not self._sent(*one):
                time.sleep(0.05 + random.random() / 20)
            self._look()
        while not self.over:
            self._look()
            time.sleep(0.1)
        if self._line is not None:
            with contextlib.suppress(SocketIOError):
                self._line.close()

    def _sent(self, client_id: str, text: str) -> bool:
        self.tries += 1
        with contextlib.suppress(SocketIOError, OSError):
            answer = self._open().client.call(
                "post", {"room": self.person.room, "client_id": client_id, "text": text}, timeout=4
            )
            if answer["ok"]:
                self.acknowledged.append((client_id, answer["seq"], text))
                self._behind |= answer["seq"] > self.last + MEMBERS
                return True
        return False

    def _open(self) -> Line:
        if self._line is None or not self._line.client.connected:
            made = Line(self.person, random.choice(self.urls))
            made.client.on("posted", self._receive)
            made.client.on("head", lambda head: self._note(head["seq"]))
            self._line = made.open()
            self._take(self._line.enter(self.last))
        return self._line

    def _look(self) -> None:
        """Ask for what is missing: after a gap, a new connection, or a quiet while."""
        with contextlib.suppress(SocketIOError, OSError, KeyError):
            line = self._open()
            while self._behind or time.monotonic() - self._heard > QUIET:
                self._behind = self._take(line.say("catch_up", after=self.last, rev=0))

    def _take(self, answer: dict[str, Any]) -> bool:
        for message in answer["messages"]:
            self._receive(message)
        self._heard = time.monotonic()
        return bool(answer["more"])

    def _note(self, newest: int) -> None:
        self._behind |= newest > self.last

    def _receive(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._heard = time.monotonic()
            if message["seq"] > self.last:
                self.have.setdefault(message["seq"], message)
            while self.last + 1 in self.have:
                self.last += 1
            self._behind |= max(self.have, default=0) > self.last


@dataclass
class Parts:
    """What runs, and what of it can break."""

    site: Site
    networks: list[Network]
    postgres: PrivatePostgres | None = None
    redis: PrivateRedis | None = None

    def faults(self) -> list[Callable[[], None]]:
        site = self.site

        def killed(process: int) -> None:
            port = site.ports[process % len(site.ports)]
            site.kill(port)
            site.start_at(port)

        def crashed() -> None:
            assert self.postgres is not None
            self.postgres.stop("immediate")
            time.sleep(1)
            self.postgres.start()

        def died() -> None:
            assert self.redis is not None
            self.redis.kill()
            time.sleep(1.5)
            self.redis.start()

        def cut(network: int) -> None:
            self.networks[network % len(self.networks)].cut(1.0)

        plan = [lambda: killed(0), lambda: cut(0), lambda: cut(1), lambda: killed(1)]
        if self.postgres is not None:
            plan += [crashed, died]
        return plan * 2


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def parts(request: pytest.FixtureRequest) -> Iterator[Parts]:
    """One process on SQLite, or two on PostgreSQL and Redis, with the durability of production."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            site, postgres, redis = stack.enter_context(Site()).prepare().start(1), None, None
        else:
            postgres, url = stack.enter_context(private_postgres_server())
            redis = stack.enter_context(private_redis_server())
            site = stack.enter_context(Site(url, redis.url)).prepare().start(2)
        networks = [Network(port) for port in site.ports]
        # The pages come from the proxies, so their addresses are origins of this site too.
        site.env["ORIGINS"] += "".join(f",{one.url}" for one in networks)
        for port in site.ports:
            site.kill(port)
            site.start_at(port)
        yield Parts(site, networks, postgres, redis)


@pytest.mark.long
def test_three_thousand_messages_come_to_everybody_once_and_in_order_whatever_breaks(parts: Parts) -> None:
    random.seed(7)
    rooms = rooms_of(parts.site, ROOMS, MEMBERS)
    urls = [one.url for one in parts.networks]
    clients = [Client(person, urls) for people in rooms for person in people]
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    faults = parts.faults()
    count = lambda: sum(len(client.acknowledged) for client in clients)  # noqa: E731
    for n, fault in enumerate(faults, 1):
        until(lambda n=n: count() >= TOTAL * n // (len(faults) + 1), seconds=300)  # type: ignore[misc]
        fault()
    until(lambda: count() == TOTAL, seconds=300)
    each_room = MEMBERS * EACH
    until(lambda: all(client.last >= each_room for client in clients), seconds=60)
    for client in clients:
        client.over = True
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    for people, at in zip(rooms, range(0, len(clients), MEMBERS), strict=True):
        here = clients[at : at + MEMBERS]
        stored: list[dict[str, Any]] = []
        while len(
            page := people[0].get(f"{parts.site.url()}/rooms/{people[0].room}/messages?after={len(stored)}")["messages"]
        ):
            stored += page
        assert [message["seq"] for message in stored] == list(range(1, each_room + 1))
        told = {one for client in here for one in client.acknowledged}
        assert {(m["client_id"], m["seq"], m["text"]) for m in stored} == told and len(told) == each_room
        for client in here:
            mine = [m["text"] for m in stored if m["author"] == client.person.user]
            assert mine == [text for _id, _seq, text in client.acknowledged]  # in the order in which they were written
            assert [client.have[seq] for seq in range(1, each_room + 1)] == stored  # what came equals what is there
    tries = sum(client.tries for client in clients)
    assert tries > TOTAL  # the faults were felt
    print(f"\n{TOTAL} acknowledged in {time.monotonic() - begun:.0f} s, {len(faults)} faults, {tries} tries: 0 lost,"
          f" 0 doubled, order exact, {len(clients)} clients complete")  # fmt: skip
