"""A whole site of three web workers behind nginx: who meets where, what the proxy keeps and keeps out, and how workers
are renewed one after the other while people write and read."""

import base64
import contextlib
import itertools
import os
import signal
import socket
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from socketio.exceptions import SocketIOError

from deploy.cluster import Cluster
from tests.deploy.steady import Reader, Writer
from tests.faults.load_scenario import children
from tests.rooms.people import Line, Person, http, rooms_of
from tests.waiting import until

# The quick run looks at what is configured (test_configuration.py), and a journey goes over a cluster.
pytestmark = [pytest.mark.services, pytest.mark.full]

ROOMS, MEMBERS = 3, 3
LINES = 30  # open pages behind one address; nine people write below
SOME = 5  # messages or pages of each after every step
PATIENCE = 120.0  # seconds until something is wrong


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # A worker of a busy machine is not killed on its way out.
    with Cluster(lines=LINES, GUNICORN_CMD_ARGS=f"--graceful-timeout {PATIENCE:.0f}") as made:
        yield made


def asks_for_a_line(url: str, **headers: str) -> tuple[socket.socket, int, dict[str, str]]:
    """A WebSocket that nobody has signed for: its connection, the status and the headers of the answer."""
    host, path = url.removeprefix("http://").split("/", 1)
    line = socket.create_connection(host.split(":"), timeout=PATIENCE)  # type: ignore[arg-type]
    told = {
        "Host": host, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), "Origin": f"http://{host}", **headers,
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    line.sendall(f"GET /{path} HTTP/1.1\r\n{head}\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = line.recv(4096)
        if not more:
            break
        answer += more
    first, *rest = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return line, int(first.split()[1]), {key.lower(): value for key, value in (one.split(": ", 1) for one in rest)}


def worker_of(line: Line) -> str:
    """Which worker nginx gave this line to."""
    return str(line.client.eio.ws.getheaders()["x-served-by"])


def test_people_of_a_room_meet_on_one_worker_and_rooms_spread_over_all(cluster: Cluster) -> None:
    met: dict[str, set[str]] = {}
    for number, member in itertools.product(range(1, 31), range(2)):
        line, status, headers = asks_for_a_line(
            f"{cluster.url}/socket.io/?near=room-{number}&EIO=4&transport=websocket&t={member}"
        )
        line.close()
        assert status == 101
        met.setdefault(f"room-{number}", set()).add(headers["x-served-by"])
    assert all(len(workers) == 1 for workers in met.values()), met
    assert len(set.union(*met.values())) == len(cluster.site.ports)


def test_a_room_works_where_its_people_meet_and_where_they_do_not(cluster: Cluster) -> None:
    [met, apart] = rooms_of(cluster.site, 2, 3)
    through = [Line(one, f"{cluster.url}/?near=room-{one.room}").open() for one in met]
    direct = [Line(one, cluster.site.url(number)).open() for number, one in enumerate(apart)]
    try:
        assert len({worker_of(line) for line in through}) == 1
        for lines in (through, direct):
            for line in lines:
                assert line.enter()["ok"]
            for number, line in enumerate(lines, 1):
                assert line.write(f"tin {number}")["seq"] == number
            until(lambda lines=lines: all(len(one.posted()) == 3 for one in lines))  # type: ignore[misc]
            assert all([one["text"] for one in line.posted()] == ["tin 1", "tin 2", "tin 3"] for line in lines)
    finally:
        for line in (*through, *direct):
            line.close()


def test_a_web_worker_without_due_work_cuts_lines_that_become_nobodys(cluster: Cluster) -> None:
    line, status, _headers = asks_for_a_line(f"{cluster.url}/socket.io/?near=room-1&EIO=4&transport=websocket")
    assert status == 101
    line.settimeout(PATIENCE)  # seconds until the test gives it up
    with contextlib.suppress(ConnectionError):
        while line.recv(4096):
            pass
    line.close()


def test_more_lines_than_an_address_may_hold_are_refused_and_pages_are_not(cluster: Cluster) -> None:
    asked = f"{cluster.url}/socket.io/?EIO=4&transport=websocket&near=user-"
    held = [asks_for_a_line(f"{asked}{number}") for number in range(LINES + 3)]
    try:
        statuses = [status for _line, status, _headers in held]
        assert statuses[0] == 101 and statuses[-3:] == [429] * 3 and set(statuses) == {101, 429}
        assert http(f"{cluster.url}/")[0] == 200
    finally:
        for line, _status, _headers in held:
            line.close()


def test_what_is_for_monitors_and_what_visitors_claim_stay_outside(cluster: Cluster) -> None:
    assert [http(cluster.url + path)[0] for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-For": "203.0.113.9"}
    _status, page, headers = http(f"{cluster.url}/sign-in", "", None, **claims)
    assert "elsewhere.example" not in page and "Strict-Transport-Security" not in headers
    assert http(f"{cluster.url}/", "", None, Host="elsewhere.example")[0] == 400


def test_files_are_kept_as_small_as_they_were_made_and_only_under_their_own_version(cluster: Cluster) -> None:
    page = http(f"{cluster.url}/sign-in")[1]
    path = page.partition('src="/static/')[2].partition('"')[0]
    assert "?v=" in path
    url = f"{cluster.url}/static/{path}"
    said = [fetched(url, packing) for packing in ("br", "gzip, deflate, br", "gzip", "gzip", "identity", "br;q=0")]
    assert [one["X-Kept"] for one in said] == ["MISS", "HIT", "MISS", "HIT", "MISS", "HIT"]
    assert [one.get("Content-Encoding") for one in said] == ["br", "br", "gzip", "gzip", None, None]
    assert all("immutable" in one["Cache-Control"] for one in said)
    other = fetched(url.replace("?v=", "?v=f"), "br")
    assert "immutable" not in other["Cache-Control"]
    assert fetched(url.replace("?v=", "?v=f"), "br")["X-Kept"] == "MISS"


def fetched(url: str, packing: str) -> dict[str, str]:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": packing})) as answer:
        return dict(answer.headers)


def test_prepared_statements_go_through_the_pooler(cluster: Cluster) -> None:
    """More connections than the pool has, each with more statements than the driver keeps prepared."""
    if not cluster.pooled:
        pytest.skip("PgBouncer is not installed")
    url, begin = cluster.site.env["DATABASE_URL"], threading.Barrier(30)
    assert "/cunghoc?" in url

    def ask(number: int) -> int:
        with psycopg.connect(url, prepare_threshold=2) as database:
            begin.wait(PATIENCE)
            right = 0
            for turn in range(450):
                add = (turn + number) % 150
                row = database.execute(f"select %s::int + {add}", (number,)).fetchone()  # type: ignore[arg-type]
                database.commit()
                right += row == (number + add,)
            return right

    with ThreadPoolExecutor(30) as pool:
        assert list(pool.map(ask, range(30))) == [450] * 30


def test_due_work_is_done_by_its_own_process_which_ends_when_asked(cluster: Cluster) -> None:
    url = cluster.site.env["DATABASE_URL"]

    def put(key: str) -> None:
        with psycopg.connect(url, prepare_threshold=None) as database:
            database.execute(
                "insert into due_work (kind, key, run_at, payload, attempts, last_error)"
                " values ('circles.forget_old', %s, now(), '{}', 0, '')",
                (key,),
            )

    def is_done(key: str) -> bool:
        with psycopg.connect(url, prepare_threshold=None) as database:
            row = database.execute("select done_at from due_work where key = %s", (key,)).fetchone()
            return row is not None and row[0] is not None

    put("first")
    until(lambda: is_done("first"), "the first work is done")
    assert cluster.work is not None
    os.kill(cluster.work.pid, signal.SIGTERM)
    assert cluster.work.wait(PATIENCE) == 0
    put("second")  # web workers do none: tests/test_config.py
    said: list[str] = []
    cluster.say = said.append
    cluster.look()
    assert said == ["the worker for due work has ended: it is begun again"]
    until(lambda: is_done("second"), "the second work is done")


def test_a_web_worker_that_dies_is_said_and_begun_again(cluster: Cluster) -> None:
    said: list[str] = []
    cluster.say = said.append
    port = cluster.site.ports[0]
    cluster.site.kill(port)
    assert [http(f"{cluster.url}/")[0] for _ in range(6)] == [200] * 6
    cluster.look()
    assert said == [f"the web worker of port {port} has ended: it is begun again"]
    cluster.site._answers(port)


def test_a_rolling_restart_under_steady_posting_fails_no_page_and_loses_no_message(cluster: Cluster) -> None:
    rooms = rooms_of(cluster.site, ROOMS, MEMBERS)
    writers = [Writer(person, cluster.url) for people in rooms for person in people]
    readers = [Reader(people[0], cluster.url) for people in rooms]
    threads = [threading.Thread(target=one.run, daemon=True) for one in (*writers, *readers)]
    for thread in threads:
        thread.start()
    beside = (*writers, *readers)

    def go_on(what: str) -> None:
        """Everybody has written or read some more."""
        before = [one.count for one in beside]
        until(lambda: all(one.count >= was + SOME for one, was in zip(beside, before, strict=True)), what, PATIENCE)

    first, second, third = cluster.site.ports
    go_on("before")
    for port in (first, second):
        ended = cluster.site.processes[port]
        cluster.restart(port, within=PATIENCE)
        assert ended.poll() == 0, "it ends by itself"
        go_on(f"after the restart of {port}")
    begun = cluster.site.processes[third].pid
    before = set(children(begun))
    cluster.reload(third)
    until(lambda: (now := set(children(begun))) and not now & before, "the old worker of a reload is gone", PATIENCE)
    go_on("after the reload")
    for one in beside:
        one.over.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()

    stored = [message for people in rooms for message in everything(people[0], cluster.url)]
    acknowledged = [one for some in (*writers, *readers) for one in some.acknowledged]
    pages = sum(reader.count for reader in readers)
    print(
        f"\n{pages} pages, {sum(len(one.faults) for one in readers)} failed; {len(acknowledged)} messages acknowledged,"
        f" {len(stored)} stored"
    )
    assert [fault for reader in readers for fault in reader.faults] == []
    assert sorted((m["client_id"], m["seq"], m["text"]) for m in stored) == sorted(acknowledged)
    assert max(one.lines for one in writers) > 1  # the restarts were felt
    assert "SIGKILL" not in cluster.site.logs(), "a worker leaves by itself: nobody waits for it in vain"


def everything(person: Person, url: str) -> list[dict[str, object]]:
    """All messages of this person's room, whose numbers have no gap."""
    reader = Line(person, f"{url}/?near=room-{person.room}").open()
    stored: list[dict[str, object]] = []
    while True:
        answer = reader.say("catch_up", after=len(stored))
        stored += answer["messages"]
        if not answer["more"]:
            break
    with contextlib.suppress(SocketIOError):
        reader.close()
    assert [message["seq"] for message in stored] == list(range(1, len(stored) + 1))
    return stored
