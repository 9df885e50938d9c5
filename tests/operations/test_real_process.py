"""A real server process with people in a room: its figures, its numbers, and what it knows of Redis."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backing_services import private_redis_server
from tests.operations.metrics_parser import TOKEN, Scraped, read
from tests.rooms.people import Line, http, rooms_of
from tests.servers import Site
from tests.waiting import until
from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.web import transport
from tutoring.web.socket_io import realtime


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(METRICS_TOKEN=TOKEN) as made:
        yield made.prepare().start(1)


def scraped(site: Site) -> Scraped:
    request = urllib.request.Request(f"{site.url()}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return read(answer.read().decode())


def test_lines_verbs_and_deliveries_are_counted(site: Site) -> None:
    ((one, two),) = rooms_of(site, 1, 2)
    before = scraped(site)
    assert before.value("cunghoc_sockets_open") == 0
    lines = [Line(person, site.url()).open() for person in (one, two)]
    for line in lines:
        line.enter()
    for n in range(5):
        assert lines[n % 2].write(f"Tin {n}")["ok"]
    assert lines[0].write("")["ok"] is False
    until(lambda: all(len(line.posted()) == 5 for line in lines), "all messages arrive")
    # An answer is counted after it was sent.
    until(lambda: scraped(site).value("cunghoc_verb_seconds_count", verb="post") == 6, "all posts are counted")
    told = scraped(site)
    assert told.value("cunghoc_sockets_open") == 2
    assert told.value("cunghoc_verb_seconds_count", verb="connect") == 2
    assert told.value("cunghoc_verb_seconds_count", verb="enter") == 2
    assert told.value("cunghoc_verb_seconds_sum", verb="post") > 0
    assert sum(value for labels, value in told.samples["cunghoc_verb_refusals_total"] if labels["verb"] == "post") == 1
    assert told.value("cunghoc_deliveries_total") - before.value("cunghoc_deliveries_total") >= 10
    assert told.value("cunghoc_site_rooms_open", kind="pair") >= 1
    for line in lines:
        line.close()
    until(lambda: scraped(site).value("cunghoc_sockets_open") == 0)


def test_answers_bear_the_numbers_that_stand_in_the_log(site: Site) -> None:
    asked = f"{site.url()}/language"
    status, _body, headers = http(asked, "", {"a": "1"}, **{"Content-Type": "application/json"})
    assert status == 400
    number = headers["X-Request-ID"]
    http(f"{site.url()}/sign-in", "", {"handle": "nobody", "password": "not the right one"})
    lines = [json.loads(row) for row in site.logs().splitlines() if row.startswith("{")]
    refused = [one for one in lines if one["what"] == "refused"]
    assert refused and all(one["request"] and one["on"] == "accounts.sign_in" for one in refused)
    assert number not in {one["request"] for one in refused}
    assert all("T" in one["at"] for one in lines)  # when, and nothing in its place


def test_a_process_that_does_not_hear_redis_says_so(tmp_path: Path) -> None:
    with private_redis_server() as server:
        env = {"INSTANCE": str(tmp_path), "JOBS": "0", "METRICS_TOKEN": TOKEN, "REDIS_URL": server.url}
        app = create_app(Settings.from_environment(env))
        client = app.test_client()

        def heard() -> float:
            answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
            return read(answer.text).value("cunghoc_redis_heard")

        manager = realtime.sockets_of(app).server.manager
        assert isinstance(manager, transport.RedisBus)
        manager.initialize()  # as the first socket does
        until(lambda: heard() == 1)
        server.kill()
        until(lambda: heard() == 0)
        server.start()
        until(lambda: heard() == 1)
