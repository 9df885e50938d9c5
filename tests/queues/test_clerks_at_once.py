"""Forty clerks of one ward press at the same moment, on whole running sites: each of their pages has its own number."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from deploy.cluster import Cluster
from tests.rooms.people import Person, http
from tests.servers import Site
from tests.signed_in import cookie_of, cookie_within, database_of
from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.queues.models import QueueDesk

CLERKS = 40
PATIENCE = 300.0  # seconds until something is wrong
TRIES = 20
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
NUMBER = re.compile(r'<p class="number">(\d+)</p>')
CURRENT = re.compile(r'name="current" value="(\d+)"')


@dataclass
class Edge:
    """A running site, and the address that browsers ask."""

    site: Site
    url: str


@contextlib.contextmanager
def one_process() -> Iterator[Edge]:
    with Site() as site:
        site.prepare().start(1)
        yield Edge(site, site.url())


@contextlib.contextmanager
def behind_nginx() -> Iterator[Edge]:
    with Cluster() as cluster:
        yield Edge(cluster.site, cluster.url)


@pytest.fixture(
    params=[
        pytest.param(one_process, id="sqlite"),
        pytest.param(behind_nginx, id="postgres", marks=pytest.mark.services),
    ]
)
def edge(request: pytest.FixtureRequest) -> Iterator[Edge]:
    """One process on SQLite; nginx, three workers and PostgreSQL."""
    with request.param() as made:
        yield made


def clerk_name(number: int) -> str:
    return f"clerk{number}"


@command
def open_desks(unit_id: int, count: int) -> list[int]:
    """A desk for each of so many new officers of the ward, open."""
    people = [
        User(username=clerk_name(n), full_name="Người Trực", called_name="Trực", kind="adult", password_hash="x")
        for n in range(count)
    ]
    db.session.add_all(people)
    db.session.flush()
    now = clock.now()
    db.session.add_all(Membership(user_id=one.id, unit_id=unit_id, role="officer", confirmed_at=now) for one in people)
    desks = [
        QueueDesk(unit_id=unit_id, label=f"Quầy {n}", clerk_id=one.id, opened_at=now)
        for n, one in enumerate(people, 11)
    ]
    db.session.add_all(desks)
    db.session.flush()
    return [desk.id for desk in desks]


def signed_in(edge: Edge, cookie: str, page: str) -> Person:
    """A clerk whose browser has loaded this page."""
    status, text, headers = http(edge.url + page, cookie)
    token = CSRF.search(text)
    assert status == 200 and token is not None, (status, text[:300])
    fresh = [one.split(";")[0] for one in headers.get_all("Set-Cookie", []) if one.startswith("session=")]
    return Person("", fresh[-1] if fresh else cookie, token[1])


def all_at_once(pressed: list[tuple[Person, str, int]]) -> str:
    """Each of these forms is sent by a thread of its own; returns how it went.

    A page that says "busy, nothing was stored" is sent again, as it asks: a machine with other work is slow, not wrong.
    """
    together = threading.Barrier(len(pressed))

    def press(one: tuple[Person, str, int]) -> int:
        person, url, current = one
        together.wait(PATIENCE)
        form, again = {"csrf_token": person.csrf, "current": str(current)}, 0
        while True:
            status, page, headers = http(url, person.cookie, form)
            if status != 503 or again == TRIES:
                assert status == 302, page
                return again
            again += 1
            time.sleep(float(headers["Retry-After"]))

    begun = time.monotonic()
    with ThreadPoolExecutor(len(pressed)) as pool:
        again = list(pool.map(press, pressed))
    busy = f", {sum(map(bool, again))} pressed again" if any(again) else ""
    return f"{len(pressed)} at once, the last answer after {time.monotonic() - begun:.2f} s{busy}"


@pytest.mark.full
def test_forty_clerks_who_press_at_once_call_forty_people(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    ward = int(edge.site.rows("SELECT id FROM unit WHERE code = 'demo-phuong'")[0][0])
    work = f"/units/{ward}/queue"
    mai = signed_in(edge, "session=" + str(cookie_of(edge.site, "mai")["value"]), work)
    assert http(f"{edge.url}{work}/on", mai.cookie, {"csrf_token": mai.csrf})[0] == 302
    with database_of(edge.site) as app:
        desks = open_desks(ward, CLERKS)
        cookies = [f"session={cookie_within(app, clerk_name(n))['value']}" for n in range(CLERKS)]
    service = str(edge.site.rows("SELECT min(id) FROM queue_service WHERE unit_id = :ward", ward=ward)[0][0])
    for _ in range(2 * CLERKS + 1):
        form = {"csrf_token": mai.csrf, "service": service, "whom": "self", "minutes": "0"}
        status, page, _headers = http(f"{edge.url}{work}/numbers", mai.cookie, form)
        assert status == 302, page

    clerks = [signed_in(edge, cookie, work) for cookie in cookies]
    calls = [f"{edge.url}/queue-desks/{desk}/call" for desk in desks]
    first = all_at_once([(one, url, 0) for one, url in zip(clerks, calls, strict=True)])
    pages = [http(edge.url + work, one.cookie)[1] for one in clerks]
    shown = [int(found[1]) for found in map(NUMBER.search, pages) if found]
    assert sorted(shown) == list(range(1, CLERKS + 1))
    called = edge.site.rows("SELECT desk_id, number FROM queue_ticket WHERE state = 'called'")
    assert {desk for desk, _number in called} == set(desks)
    assert dict(called) == dict(zip(desks, shown, strict=True))

    # Each presses "done, call the next" twice in a hurry: the second of two equal forms calls no one.
    current = [int(found[1]) for found in map(CURRENT.search, pages) if found]
    twice = [(one, url, now) for one, url, now in zip(clerks, calls, current, strict=True) for _ in range(2)]
    second = all_at_once(twice)
    called = edge.site.rows("SELECT desk_id, number FROM queue_ticket WHERE state = 'called'")
    assert {desk for desk, _number in called} == set(desks)
    assert sorted(number for _desk, number in called) == list(range(CLERKS + 1, 2 * CLERKS + 1))
    states = edge.site.rows("SELECT state, count(*) FROM queue_ticket GROUP BY state")
    assert dict(states) == {"done": CLERKS, "called": CLERKS, "waiting": 1}
    with capsys.disabled():
        print(f"\n{CLERKS} numbers: {first}; each twice, {CLERKS} more: {second}")
