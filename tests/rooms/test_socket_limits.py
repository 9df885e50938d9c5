"""What a socket line may carry, against a real server: origins, sizes, broken packets, too many of anything."""

import base64
import contextlib
import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import socketio
import websocket
from socketio.exceptions import ConnectionError as Refused

from tests.rooms.people import Line, Person, rooms_of
from tests.servers import Site
from tests.waiting import until
from tutoring.web.socket_io import packet_validation, realtime


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        yield made.prepare().start(1)


@pytest.fixture(scope="module")
def rooms(site: Site) -> Iterator[list[Person]]:
    return iter(rooms_of(site, 30, 2))


@pytest.fixture
def people(rooms: Iterator[list[Person]]) -> list[Person]:
    return next(rooms)


def unsigned(site: Site, cookie: str = "") -> websocket.WebSocket:
    """A bare WebSocket that is nobody's yet."""
    address = site.url().replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(address, timeout=60, origin=site.url(), cookie=cookie)
    assert line.recv()[0] == "0"
    return line


def raw(site: Site, person: Person) -> websocket.WebSocket:
    """A bare WebSocket that has become somebody's."""
    line = unsigned(site, person.cookie)
    line.send("40" + json.dumps({"csrf": person.csrf}))
    assert line.recv()[:2] == "40"
    return line


def ends(line: websocket.WebSocket, seconds: float = 60) -> bool:
    """Whether the server closes this line."""
    line.settimeout(seconds)
    try:
        while line.connected:
            if line.recv() == "":
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True
    except websocket.WebSocketTimeoutException:
        return False
    return True


def answers(site: Site, person: Person) -> bool:
    line = Line(person, site.url()).open()
    try:
        return bool(line.enter()["ok"])
    finally:
        line.close()


# ---- who may open one ------------------------------------------------------------------------------------------

ORIGINS = (
    None,
    "null",
    "http://evil.example",
    "https://127.0.0.1",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1:1",
)


@pytest.mark.parametrize(
    ("transport", "origins"),
    [("websocket", ORIGINS), ("polling", ORIGINS[2:3]), pytest.param("polling", ORIGINS, marks=pytest.mark.full)],
    ids=["websocket", "polling, one", "polling"],
)
def test_only_pages_of_the_site_open_a_socket(
    site: Site, people: list[Person], transport: str, origins: tuple[str | None, ...]
) -> None:
    auth = {"csrf": people[0].csrf}
    for origin in origins:
        headers = {"Cookie": people[0].cookie} | ({"Origin": origin} if origin and transport == "polling" else {})
        options = {"suppress_origin": True} if origin is None else {"origin": origin}
        client = socketio.Client(reconnection=False, request_timeout=60, websocket_extra_options=options)
        with pytest.raises(Refused):
            client.connect(site.url(), headers=headers, auth=auth, transports=[transport], wait_timeout=60)
        assert not client.connected, origin


def test_the_site_itself_opens_one(site: Site, people: list[Person]) -> None:
    assert answers(site, people[0])


def test_who_only_talks_uses_the_device_as_well(site: Site, people: list[Person]) -> None:
    """Its use is noted once a minute with what is said, though no page is asked for."""
    line = Line(people[0], site.url()).open()
    assert line.enter()["ok"]
    with contextlib.closing(sqlite3.connect(site.folder / "cunghoc.db", timeout=60, isolation_level=None)) as rows:
        used = "SELECT count(*) FROM sign_in WHERE seen_at > '2021-01-01'"
        rows.execute("UPDATE sign_in SET seen_at = '2020-01-01 00:00:00.000000'")
        assert rows.execute(used).fetchone() == (0,)
        assert line.write("chào")["ok"]
        until(lambda: rows.execute(used).fetchone() == (1,))
    line.close()


# ---- how many --------------------------------------------------------------------------------------------------


def test_the_oldest_of_more_than_four_lines_of_a_sign_in_is_spared(site: Site, people: list[Person]) -> None:
    lines = [Line(people[0], site.url()).open() for _ in range(6)]
    until(lambda: [line.client.connected for line in lines] == [False, False, True, True, True, True])
    assert [event for event, _data in lines[0].heard] == ["spare"]
    other = Line(people[1], site.url()).open()
    assert all(line.enter()["ok"] for line in (*lines[2:], other))
    other.write("chào")
    until(lambda: all(line.posted() for line in lines[2:]))
    assert not any(line.posted() for line in lines[:2])
    for line in (*lines, other):
        line.close()


def test_who_tries_three_verbs_that_we_do_not_have_is_cut(site: Site, people: list[Person]) -> None:
    line = Line(people[0], site.url()).open()
    for n in range(realtime.MOST_UNKNOWN - 1):
        assert line.client.call(f"verb-{n}", {})["error"] == "invalid"
    assert line.enter()["ok"]
    line.client.emit("hover", {"room": people[0].room})
    until(lambda: not line.client.connected)
    assert answers(site, people[0])


def test_a_look_at_the_lines_hangs_up_on_those_that_were_nobodys_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, closed = packet_validation.UnauthenticatedSockets(), []
    monkeypatch.setattr(packet_validation, "_strangers", waiting)
    waiting.add("nobody's", None)
    waiting.again("cut")
    lines = {
        name: SimpleNamespace(close=lambda wait, name=name: closed.append((name, wait)))
        for name in ("nobody's", "cut", "known")
    }
    server = SimpleNamespace(eio=SimpleNamespace(sockets=lines))
    packet_validation.close_unauthenticated(server)
    assert closed == []
    monkeypatch.setattr(packet_validation, "PATIENCE", -1.0)
    packet_validation.close_unauthenticated(server)
    assert closed == [("nobody's", False), ("cut", False)] and list(lines) == ["known"]


@pytest.mark.full  # eleven seconds of waiting for what the test before it has in hand
def test_a_line_that_is_nobodys_or_is_so_again_is_hung_up_on(site: Site, people: list[Person]) -> None:
    nobodys, line = unsigned(site), raw(site, people[0])
    for _ in range(realtime.MOST_UNKNOWN):
        line.send('42["hover",{}]')
    line.send("425" + json.dumps(["enter", {"room": people[0].room, "after": 0}]))
    for one in (nobodys, line):
        assert ends(one, 120)


# ---- what it may carry -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [65_537, 1_100_000])
def test_a_frame_over_64_kib_cuts_its_line_and_nothing_else(site: Site, people: list[Person], size: int) -> None:
    honest = Line(people[1], site.url()).open()
    honest.enter()
    line = raw(site, people[0])
    line.send('42["post",' + json.dumps({"room": people[0].room, "text": "x" * size}) + "]")
    assert ends(line)
    assert honest.write("vẫn nghe")["ok"]
    honest.close()


BROKEN = [
    "", "7", "x", "4", "40", "40/other,", "43", "44", "4x", "42", "42{}", '42"post"', "42[]", "42[7]", '42[{"a":1}]',
    "42[null]", '42["connect",{}]', '42["disconnect"]', '42["disconnect","transport close"]', '42["*",{}]',
    '451-["post",{"_placeholder":true,"num":0}]', "461-7[]", "43" + "9" * 200, "42" + "[" * 50_000,
    '42["post",' + '{"a":' * 5000, '42["post",' + "9" * 5000 + "]", '42["post",NaN]', '42["post",Infinity]',
    "b4notbase64", "b" + base64.b64encode(b"42[]").decode(), b"42[]",
]  # fmt: skip


def test_a_broken_packet_ends_its_line_without_a_traceback(site: Site, rooms: Iterator[list[Person]]) -> None:
    before, people = len(site.logs()), next(rooms)
    for n, packet in enumerate(BROKEN):
        line = raw(site, people[n % 2])
        line.send(packet, websocket.ABNF.OPCODE_BINARY if isinstance(packet, bytes) else websocket.ABNF.OPCODE_TEXT)
        assert ends(line), packet[:60]
    assert answers(site, people[0])
    said = site.logs()[before:]
    assert "Traceback" not in said and '"error"' not in said.replace('"level": "info"', "")
    assert "socket_malformed" in said


def test_who_plays_the_server_does_not_slip_from_the_list_of_open_sockets(site: Site, people: list[Person]) -> None:
    line = raw(site, people[0])
    line.send('420["enter",' + json.dumps({"room": people[0].room, "after": 0}) + "]")
    line.send('42["disconnect"]')
    assert ends(line)
    other = Line(people[1], site.url()).open()
    other.enter()
    until(lambda: [one["id"] for one in other.changes("presence")[-1]["present"]] == [people[1].user])
    other.close()


# ---- floods ----------------------------------------------------------------------------------------------------


@pytest.mark.full  # how quick they are served: python3 dev.py bench half_open
def test_an_honest_person_is_served_through_half_open_lines_and_huge_frames(site: Site, people: list[Person]) -> None:
    (port,) = site.ports
    half = []
    for n in range(400):
        door = socket.create_connection(("127.0.0.1", port), timeout=60)
        if n % 2:
            door.sendall(b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        half.append(door)
    honest = [Line(person, site.url()).open() for person in people]
    for line in honest:
        line.enter()
    huge = raw(site, people[0])
    huge.send(os.urandom(1_100_000).hex())
    for n in range(20):
        assert honest[0].write(f"tin {n}")["ok"]
        until(lambda n=n: len(honest[1].posted()) > n)  # type: ignore[misc]
    assert ends(huge)
    for door in half:
        door.close()
    for line in honest:
        line.close()
