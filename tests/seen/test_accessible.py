"""Every page in a real browser, seen by somebody it is for: fingers, narrow screens, large letters, keys, readers of
screens, dark grounds and colours that the device sets."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page
from werkzeug.serving import make_server

from tests.browser import axe
from tests.make import client_of
from tests.seen.conftest import Place
from tests.seen.pages import NO_PAGES, ONLY, OTHER_STATES, Seen
from tests.services import PAGES
from tutoring.policy import tables

pytestmark = PAGES

NARROW, PHONE, WIDE = {"width": 320, "height": 640}, {"width": 360, "height": 740}, {"width": 1280, "height": 800}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
Faults = dict[str, list[str]]


@pytest.fixture(scope="module")
def address(place: Place) -> Iterator[str]:
    """Where the place answers; the port is part of no address that it was made for."""
    server = make_server("127.0.0.1", 0, place.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()


def comes_as(context: BrowserContext, place: Place, address: str, who: str | None) -> None:
    """The same browser, which keeps the files it has, in the hands of somebody else."""
    context.clear_cookies()
    if who is not None:
        client = client_of(place.app, place.things.people[who])
        cookie = client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address, "httpOnly": True}])


def looked_at(page: Page, line: CDPSession, faults: Faults, seen: Seen) -> None:
    def note(kind: str, found: list[str]) -> None:
        faults[kind] += [f"{seen}: {one}" for one in found]

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for kind in ("smallTargets", "heads", "moving", "focus", "cut"):
        note(kind, page.evaluate(f"look.{kind}()"))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    note("wider", page.evaluate("look.wider()"))
    note("overlaps", page.evaluate("look.overlaps()"))
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    line.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})  # as somebody sets it in their browser
    for kind in ("wider", "overlaps", "cut"):
        note(f"{kind} at 200 %", page.evaluate(f"look.{kind}()"))
    line.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found = axe(page, *RULES).response["violations"]
    note("axe", [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"][:2]])


@pytest.fixture(scope="module")
def faults(place: Place, address: str, browser: Browser) -> Faults:
    """What is wrong on any page, by kind."""
    found: Faults = defaultdict(list)
    context = browser.new_context(
        base_url=address, viewport=PHONE, locale="vi-VN", color_scheme="dark", reduced_motion="reduce",
        service_workers="block",
    )  # type: ignore[arg-type]  # fmt: skip
    context.add_init_script(LOOKS)
    page = context.new_page()
    line = context.new_cdp_session(page)
    page.on("pageerror", lambda error: found["scripts"].append(f"{page.url}: {error}"))
    for who in sorted({seen.who for seen in place.pages}, key=str):
        comes_as(context, place, address, who)
        for seen in place.pages:
            if seen.who == who:
                answer = page.goto(seen.path, wait_until="load")
                if answer is None or answer.status != 200:
                    found["answers"].append(f"{seen}: {answer and answer.status}")
                    continue
                looked_at(page, line, found, seen)
    context.close()
    return found


def said(found: list[str]) -> str:
    return "\n".join([f"{len(found)} faults", *found])


@pytest.mark.skipif(ONLY != ("",), reason="only some pages were asked for")
def test_every_address_is_looked_at_or_is_known_to_be_no_page(place: Place) -> None:
    every = {rule.endpoint for rule in place.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {seen.endpoint for seen in place.pages} == every - NO_PAGES - OTHER_STATES
    assert set(place.unseen) <= OTHER_STATES
    assert every >= NO_PAGES | OTHER_STATES and set(tables.ROUTES) >= OTHER_STATES
    assert len(place.pages) > 200


@pytest.mark.parametrize(
    "kind",
    ["answers", "scripts", "axe", "smallTargets", "heads", "moving", "focus", "cut", "wider", "overlaps",
     "wider at 200 %", "overlaps at 200 %", "cut at 200 %"],
)  # fmt: skip
def test_no_page_has_a_fault(faults: Any, kind: str) -> None:
    assert not faults[kind], said(faults[kind])


def test_where_the_device_sets_the_colours_states_are_still_told_apart(
    place: Place, address: str, browser: Browser
) -> None:
    context = browser.new_context(
        base_url=address,
        viewport=PHONE,
        forced_colors="active",
        service_workers="block",  # type: ignore[arg-type]
    )
    context.add_init_script(LOOKS)
    page = context.new_page()
    found = []
    for who, path in (
        (None, "/lessons/otp-khong-doc-cho-ai/2"), ("minh", "/"), ("minh", "/ask"), ("lan", "/hours"),
        ("mai", "/units/2/devices"), ("minh", "/rooms/1"), ("muoi", "/training"), ("quang", "/units/4"),
    ):  # fmt: skip
        comes_as(context, place, address, who)
        page.goto(path)
        found += [f"{path}: {one}" for one in page.evaluate("look.states()")]
    context.close()
    assert not found, said(found)
