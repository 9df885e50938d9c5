"""The main job on a site of several servers: PostgreSQL, Redis, PgBouncer, nginx, three web workers and one for due
work; and the three people in the room are never on the same worker."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from deploy.cluster import Cluster
from tests.browser import until_heard
from tests.journeys.person import Person
from tests.journeys.test_instant_help import the_main_job

pytestmark = pytest.mark.services


@pytest.fixture
def pages_are_known() -> Iterator[None]:
    """The same pages are looked at by the journey on one server."""
    Person.pages_are_news = False
    yield
    Person.pages_are_news = True


def wishes(person: Person) -> list[str]:
    """With whom the pages of this person want to be on one worker, the newest last."""
    told: list[str] = []
    person.page.on("websocket", lambda line: told.extend(parse_qs(urlsplit(line.url).query)["near"]))
    return told


def where_lines_go(person: Person) -> list[str]:
    """The workers that have this person's lines, the newest last, as nginx names them."""
    workers: list[str] = []
    seen = person.context.new_cdp_session(person.page)
    seen.send("Network.enable")

    def note(told: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in told["response"]["headers"].items()}
        workers.append(headers["x-served-by"])

    seen.on("Network.webSocketHandshakeResponseReceived", note)
    return workers


def test_the_main_job_on_a_cluster_with_everybody_on_another_worker(
    pages_are_known: None, browser: Browser, phone: dict[str, Any]
) -> None:
    with Cluster(affinity=False) as cluster:
        print(f"\nup after {cluster.seconds:.1f} s, PgBouncer: {cluster.pooled}")
        cluster.site.answers_at(cluster.port)
        cards = cluster.cards()
        minh, khoa, hang = (Person(browser, cluster.url, cards[name], **phone) for name in ("minh", "khoa", "hang"))
        near = {person: wishes(person) for person in (minh, khoa, hang)}
        lines = {person: where_lines_go(person) for person in (minh, khoa, hang)}

        def is_longer(now: list[str], before: list[str]) -> bool:
            return len(now) > len(before)

        def nobody_sits_with_another() -> None:
            """Without affinity nginx gives each new line to the next worker; who opens the page anew moves on."""
            for _ in range(12):
                now = [lines[person][-1] for person in (minh, khoa, hang)]
                if len(set(now)) == 3:
                    return
                twice = hang if now[2] in now[:2] else khoa
                before = list(lines[twice])
                twice.page.reload()
                until_heard(twice.page, partial(is_longer, lines[twice], before), "a new line")
            raise AssertionError(f"they always meet: {lines}")

        def everybody_is_there() -> None:
            room = minh.page.url.rpartition("/")[2]

            def there() -> bool:  # and all are answered
                together = [near[person][-1] for person in (minh, khoa, hang)] == [f"room-{room}"] * 3
                return together and [*map(len, near.values())] == [*map(len, lines.values())]

            until_heard(hang.page, there, f"{near} are all at room {room}, as often as {lines}")
            assert all(any(one.startswith("user-") for one in near[person]) for person in (minh, khoa, hang)), near
            nobody_sits_with_another()

        the_main_job(minh, khoa, hang, everybody_is_there)
        for person in (minh, khoa, hang):
            person.leaves()
        assert len({worker for some in lines.values() for worker in some}) == 3
