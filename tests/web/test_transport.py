"""Lines of our own: what of the libraries they stand on, and what happens on a wire that does not behave."""

import base64
import json
import os
import random
import re
import socket
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio
from wsproto.frame_protocol import FrameProtocol

from tests.backing_services import fresh_database, private_redis_server
from tests.rooms.people import Line, Person, rooms_of
from tests.servers import Site
from tests.waiting import until
from tutoring.web.transport import engineio_adapter
from tutoring.web.transport.connection import LARGEST_BACKLOG
from tutoring.web.transport.websocket_frames import accept, frame

HEADERS = {
    "HTTP_HOST": "hoc.example.vn",
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "keep-alive, Upgrade",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "PATH_INFO": "/socket.io/",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        made.env["LIMITS_SCALE"] = "100000"
        yield made.prepare().start(1)


@pytest.fixture(scope="module")
def rooms(site: Site) -> Iterator[list[Person]]:
    return iter(rooms_of(site, 30, 2))


@pytest.fixture
def people(rooms: Iterator[list[Person]]) -> list[Person]:
    return next(rooms)


class Wire:
    """A WebSocket by hand: every byte is ours."""

    def __init__(self, site: Site, person: Person | None = None, process: int = 0) -> None:
        self.url, self.rest, self.ended = site.url(process), b"", False
        where = urlsplit(self.url)
        self.sock = socket.create_connection((where.hostname or "", where.port or 80), timeout=60)
        self.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: {self.url}\r\n"
            f"Cookie: {person.cookie if person else ''}\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.sock.recv(4096)
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert b"sec-websocket-extensions" not in head.lower()
        assert self.text()[0] == "0"
        if person is not None:
            self.say("40" + json.dumps({"csrf": person.csrf}))
            assert self.text()[:2] == "40"

    def say(self, text: str, pieces: int = 1) -> None:
        """Send a text, in one frame or in several."""
        data = text.encode()
        step = -(-len(data) // pieces) or 1
        parts = [data[at : at + step] for at in range(0, len(data), step)] or [b""]
        for number, part in enumerate(parts):
            self.frame(0x1 if number == 0 else 0x0, part, fin=number == len(parts) - 1)

    def frame(self, opcode: int, data: bytes, fin: bool = True, masked: bool = True, bits: int = 0) -> None:
        size, mask = len(data), os.urandom(4) if masked else b""
        first, flag = opcode | bits | (0x80 if fin else 0), 0x80 if masked else 0
        if size < 126:
            head = struct.pack("!BB", first, flag | size)
        elif size < 65536:
            head = struct.pack("!BBH", first, flag | 126, size)
        else:
            head = struct.pack("!BBQ", first, flag | 127, size)
        body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)) if masked else data
        self.sock.sendall(head + mask + body)

    def next(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload; (-1, b"") when the line is over."""
        while True:
            if len(self.rest) >= 2:
                size, at = self.rest[1] & 127, 2
                if size == 126 and len(self.rest) >= 4:
                    size, at = int.from_bytes(self.rest[2:4], "big"), 4
                elif size == 127 and len(self.rest) >= 10:
                    size, at = int.from_bytes(self.rest[2:10], "big"), 10
                if (size not in (126, 127) or at > 2) and len(self.rest) >= at + size:
                    opcode, payload = self.rest[0] & 15, self.rest[at : at + size]
                    self.rest = self.rest[at + size :]
                    return opcode, payload
            try:
                more = self.sock.recv(65536)
            except TimeoutError:
                return -1, b""
            except OSError:
                more = b""
            if not more:
                self.ended = True
                return -1, b""
            self.rest += more

    def text(self) -> str:
        opcode, payload = self.next()
        assert opcode == 1, (opcode, payload)
        return payload.decode()

    def code(self) -> int | None:
        """The code with which the other side ends the line; None where it only hangs up."""
        while True:
            opcode, payload = self.next()
            if opcode == 8:
                return int.from_bytes(payload[:2], "big")
            if opcode == -1:
                return None


def asks(wire: Wire, verb: str, **data: object) -> dict[str, Any]:
    """A verb and its answer, whatever is pushed before it."""
    wire.say("4277" + json.dumps([verb, data]))
    while not (said := wire.text()).startswith("4377"):
        pass
    answer: dict[str, Any] = json.loads(said[4:])[0]
    return answer


def answers(wire: Wire, person: Person) -> bool:
    """Whether this line does its work."""
    return bool(asks(wire, "catch_up", room=person.room, after=0)["ok"])


# ---- what it stands on -----------------------------------------------------------------------------------


def test_what_is_touched_of_the_libraries_is_still_there() -> None:
    for owner, names in engineio_adapter.PINNED.items():
        for name in names:
            assert hasattr(owner, name), (owner, name)
    server = socketio.Server(async_mode="threading", client_manager=socketio.Manager())
    for name in ("_async", "sockets", "start_service_task", "ping_interval", "ping_timeout", "max_http_buffer_size"):
        assert hasattr(server.eio, name), name
    made = engineio_adapter.Socket(server.eio, "one")
    for name in ("queue", "last_ping", "connected", "upgrading", "upgraded", "closing", "closed"):
        assert hasattr(made, name), name
    assert server.eio._async["websocket"] is not None
    assert {"rooms", "pending_connect", "pending_disconnect", "callbacks"} <= vars(server.manager).keys()


def test_a_frame_is_what_wsproto_writes_and_is_made_once() -> None:
    for text in ("", "chào cô", "a" * 125, "a" * 126, "ạ" * 40_000):
        packet = engineio_adapter.Packet(engineio_adapter.MESSAGE, text)
        expected = FrameProtocol(client=False, extensions=[]).send_data(packet.encode(), fin=True)
        assert frame(packet) == bytes(expected)
        assert frame(packet) is frame(packet)


def test_the_handshake_accepts_a_request_for_a_websocket_and_no_other() -> None:
    answer, _line = accept(dict(HEADERS))
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer  # RFC 6455, 1.3
    for name, value in (
        ("HTTP_SEC_WEBSOCKET_KEY", None), ("HTTP_SEC_WEBSOCKET_VERSION", "12"), ("HTTP_UPGRADE", "h2c"),
        ("HTTP_CONNECTION", "close"), ("HTTP_HOST", None), ("HTTP_COOKIE", "a=\r\nb: c"), ("HTTP_X", "chào ạ"),
    ):  # fmt: skip
        broken = {key: said for key, said in {**HEADERS, name: value}.items() if said is not None}
        with pytest.raises(ValueError, match="no WebSocket request"):
            accept(broken)


# ---- on the wire -----------------------------------------------------------------------------------------


def test_a_line_holds_no_thread(site: Site, rooms: Iterator[list[Person]]) -> None:
    def threads() -> int:
        worker = max(int(pid) for pid in _under(site.processes[site.ports[0]].pid))
        found = re.search(r"Threads:\s*(\d+)", Path(f"/proc/{worker}/status").read_text())
        assert found is not None
        return int(found.group(1))

    pairs = [next(rooms) for _ in range(4)]
    first = [Wire(site, person) for pair in pairs[:1] for person in pair]
    assert all(answers(wire, person) for wire, person in zip(first, pairs[0], strict=True))
    before = threads()
    more = [Wire(site, person) for pair in pairs for person in pair for _ in range(2)]
    assert len(more) == 16
    # Hands and what answered the requests come and go.
    until(lambda: threads() <= before + 8, "threads go that answered")
    for wire in (*first, *more):
        wire.sock.close()


def _under(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_message_in_pieces_with_a_ping_between_them_is_one(site: Site, people: list[Person]) -> None:
    wire = Wire(site, people[0])
    words = "4212" + json.dumps(["catch_up", {"room": people[0].room, "after": 0}])
    data = words.encode()
    wire.frame(1, data[:9], fin=False)
    wire.frame(9, b"are you there")
    wire.frame(0, data[9:20], fin=False)
    wire.frame(0, b"", fin=False)
    wire.frame(0, data[20:])
    assert wire.next() == (10, b"are you there")
    assert wire.text().startswith("4312")
    wire.say(words.replace("4212", "4213"), pieces=40)
    assert wire.text().startswith("4313")


def test_a_goodbye_is_answered(site: Site, people: list[Person]) -> None:
    wire = Wire(site, people[0])
    wire.frame(8, struct.pack("!H", 1000))
    assert wire.code() == 1000
    assert wire.next() == (-1, b"")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (lambda wire: wire.frame(1, b"42", masked=False), 1002),
        (lambda wire: wire.frame(1, b"42", bits=0x40), 1002),
        (lambda wire: wire.frame(3, b"42"), 1002),
        (lambda wire: wire.frame(0, b"42"), 1002),
        (lambda wire: wire.frame(9, b"x" * 126), 1002),
        (lambda wire: wire.frame(9, b"x", fin=False), 1002),
        (lambda wire: wire.frame(8, b"x"), 1002),
        (lambda wire: wire.frame(1, b"\xff\xfe"), 1007),
        (lambda wire: wire.say("4" * (64 * 1024 + 1)), 1009),
        (lambda wire: wire.say("4" * (80 * 1024), pieces=20), 1009),
    ],
    ids=["unmasked", "bits", "opcode", "continued", "long ping", "half ping", "close", "bytes", "large", "pieces"],
)
def test_a_frame_that_is_none_ends_the_line_with_its_code(
    site: Site, people: list[Person], what: object, code: int
) -> None:
    other, wire = Wire(site, people[1]), Wire(site, people[0])
    try:
        what(wire)  # type: ignore[operator]
    except OSError:
        pass  # it had heard enough
    assert wire.code() in (code, None) if code == 1009 else wire.code() == code
    assert answers(other, people[1])


def test_random_bytes_end_their_line_and_nothing_else(site: Site, people: list[Person]) -> None:
    rng, other = random.Random(11), Wire(site, people[1])
    ended = 0
    for _ in range(60):
        wire = Wire(site)
        try:
            for _ in range(rng.randint(1, 4)):
                junk = rng.randbytes(rng.choice((1, 2, 7, 100, 3000)))
                if rng.random() < 0.5:
                    wire.frame(rng.randrange(16), junk, fin=rng.random() < 0.7, bits=rng.choice((0, 0, 0x40, 0x10)))
                else:
                    wire.sock.sendall(junk)
            wire.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it had heard enough
        while (opcode := wire.next()[0]) not in (-1, 8):
            pass
        ended += opcode == 8 or wire.ended
        wire.sock.close()
    assert ended == 60
    assert answers(other, people[1])
    assert "Traceback" not in site.logs() and "stumbled" not in site.logs() and "failed" not in site.logs()


def test_who_takes_nothing_is_cut_and_nobody_waits_for_them(site: Site, people: list[Person]) -> None:
    deaf, writer = Wire(site, people[0]), Line(people[1], site.url()).open()
    deaf.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # the kernel takes little in its place
    assert asks(deaf, "enter", room=people[0].room, after=0)["ok"]
    writer.enter()

    def is_cut() -> bool:
        try:
            deaf.say("4277" + json.dumps(["catch_up", {"room": people[0].room, "after": 0}]))
        except OSError:
            return True
        return False

    text, sent, told = "ạ" * 900, 0, 0
    while not is_cut():
        told += sent * 2000  # what it is told again of all that was written
        answer = writer.write(text)  # whoever waited for a line that takes nothing would have no answer
        assert answer["ok"], answer
        sent += 1
        assert told < 32 * LARGEST_BACKLOG, "who takes nothing is never cut"
    again = Wire(site, people[0])  # and comes back for what it missed
    answer = asks(again, "enter", room=people[0].room, after=sent - 5)
    assert [one["seq"] for one in answer["messages"]][-1] == answer["seq"]
    writer.close()


def test_polling_and_posts_are_refused_without_reading_them(site: Site, people: list[Person]) -> None:
    """A POST to a line of one's own is refused too, before its body has come."""
    where = urlsplit(site.url())
    for ask in ("GET /socket.io/?EIO=4&transport=polling", "POST /socket.io/?EIO=4&transport=polling&sid=x",
                "POST /socket.io/?EIO=4&transport=websocket&sid=x"):  # fmt: skip
        with socket.create_connection((where.hostname or "", where.port or 80), timeout=10) as sock:
            long = "Content-Length: 60000\r\n" if ask.startswith("POST") else ""
            sock.sendall(f"{ask} HTTP/1.1\r\nHost: {where.netloc}\r\nOrigin: {site.url()}\r\n{long}\r\n".encode())
            assert sock.recv(4096).startswith(b"HTTP/1.1 400 "), ask


def test_a_request_for_a_websocket_without_its_key_is_refused(site: Site) -> None:
    where = urlsplit(site.url())
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=60) as sock:
        sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nOrigin: {site.url()}\r\n\r\n".encode()
        )
        assert sock.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_the_libraries_own_transport_does_the_same() -> None:
    with Site(SOCKETS="stock") as made:
        made.prepare().start(1)
        (one, other), *_rest = rooms_of(made, 1, 2)
        lines = [Line(person, made.url()).open() for person in (one, other)]
        for line in lines:
            line.enter()
        once = str(uuid.uuid4())
        first, again = lines[0].write("chào bạn", once), lines[0].write("chào bạn", once)
        assert first["ok"] and again["seq"] == first["seq"]
        masked = lines[1].write("Số của mình là 0912 345 678")
        assert masked["status"] == "masked"
        until(lambda: [one["seq"] for one in lines[1].posted()] == [first["seq"], masked["seq"]])
        for line in lines:
            line.close()


@pytest.mark.full
@pytest.mark.services
def test_after_redis_was_gone_pages_are_told_the_newest_number(
    postgres_url: str, prepared_postgres: tuple[str, Path]
) -> None:
    name, folder = prepared_postgres
    with (
        private_redis_server() as redis,
        fresh_database(postgres_url, like=name) as database,
        Site(database, redis.url) as made,
    ):
        made.begin_like(folder).start(2)
        (one, other), *_rest = rooms_of(made, 1, 2)
        near, far = Line(one, made.url(0)).open(), Line(other, made.url(1)).open()
        near.enter()
        far.enter()
        assert near.write("một")["ok"]
        until(lambda: len(far.posted()) == 1)
        redis.kill()
        newest = near.write("hai")["seq"]  # limits are counted in Redis too, and do without it
        redis.start()
        until(lambda: newest in [data["seq"] for event, data in far.heard if event == "head"], "the newest is told")
        assert near.write("ba")["ok"]
        until(lambda: "ba" in [data["text"] for data in far.posted()], "the next one is pushed")
        near.close()
        far.close()
