"""The start page of staff shows the most urgent of what waits; the rest stands on pages of its own."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of
from tests.home.test_pending_work import rows
from tutoring.home.pending_work import collected
from tutoring.home.pending_work.collected import FOLDED, SHOWN
from tutoring.home.pending_work.work_item import Source, WorkItem
from tutoring.kernel.paging import ROWS

NUM = ROWS + SHOWN + 3
As = Callable[[str], FlaskClient]


@pytest.fixture
def much(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """So many tasks wait for every member of staff; their addresses, the most urgent first."""
    hrefs = [f"/tasks/{n:03}" for n in range(NUM)]
    [source] = [one for one in collected.SOURCES if "task" in one.kinds]
    full = Source(source.kinds, source.waits, lambda _viewer: [WorkItem("task", "Việc", href) for href in hrefs])
    monkeypatch.setattr(collected, "SOURCES", (full,))
    monkeypatch.setattr(collected._WAITS, "rows", lambda _viewer: [(True,)])
    return hrefs


@pytest.mark.parametrize("name", ["hang", "muoi", "mai", "quang", "admin1"])
def test_the_start_page_shows_a_number_of_rows_the_count_of_all_and_the_way_to_the_rest(
    app: Flask, world: World, much: list[str], name: str
) -> None:
    client = client_of(app, world[name])
    page = client.get("/").text
    assert [href for _kind, href in rows(client)] == much[: SHOWN + FOLDED]
    assert f"{NUM} việc<" in page and f"{NUM - SHOWN} việc nữa" in page
    assert f'href="/waiting-work">Xem tất cả {NUM} việc' in page


def test_the_pages_of_all_hold_each_row_once_in_the_order_of_the_start_page(
    app: Flask, world: World, much: list[str]
) -> None:
    client = client_of(app, world["hang"])
    pages = [client.get(f"/waiting-work?page={number}").text for number in (1, 2)]
    found = [re.findall(r'<li data-kind="task">.*?href="([^"]+)"', page, flags=re.DOTALL) for page in pages]
    assert (found[0], found[1]) == (much[:ROWS], much[ROWS:])
    assert f"{NUM} việc" in pages[0] and "Trang sau" in pages[0] and "Trang sau" not in pages[1]
    for odd in ("0", "-1", "99", "x", ""):
        assert client.get(f"/waiting-work?page={odd}").status_code == 200


def test_few_rows_need_no_other_page(as_: As) -> None:
    assert "/waiting-work" not in as_("hang").get("/").text
    assert as_("hang").get("/waiting-work").status_code == 200


@pytest.mark.parametrize("name", ["minh", "lan", "khoa", None])
def test_who_is_no_staff_has_no_such_page(app: Flask, world: World, name: str | None) -> None:
    client = client_of(app, world[name]) if name else app.test_client()
    assert client.get("/waiting-work").status_code == (404 if name else 302)
