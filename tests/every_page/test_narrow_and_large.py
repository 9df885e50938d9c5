"""Every page in a real browser on the narrowest screen, and in letters of twice the size."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.every_page.page_catalogue import Place, Seen
from tests.every_page.walk import PHONE, Faults, all_of, faults_of, ground, said

# On a phone's screen the quick run looks for the same faults (test_accessibility.py).
pytestmark = pytest.mark.full

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def faults(place: Place, browser: Browser) -> Faults:
    lines: list[CDPSession] = []

    def looked_at(page: Page, _seen: Seen, note: Callable[[str, list[str]], None]) -> None:
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        for kind, faults in all_of(page, "wider", "overlaps").items():
            note(kind, faults)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        lines[0].send("Page.setFontSizes", {"fontSizes": {"standard": 32}})  # as somebody sets it in their browser
        for kind, faults in all_of(page, "wider", "overlaps", "cut").items():
            note(f"{kind} at 200 %", faults)
        lines[0].send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    with ground(place) as here:
        return faults_of(here, browser, looked_at, lambda page: lines.append(page.context.new_cdp_session(page)))


@pytest.mark.parametrize(
    "kind", ["answers", "scripts", "wider", "overlaps", "wider at 200 %", "overlaps at 200 %", "cut at 200 %"]
)
def test_no_page_has_a_fault(faults: Any, kind: str) -> None:
    assert not faults[kind], said(faults[kind])
