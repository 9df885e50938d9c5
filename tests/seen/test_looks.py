"""What looks at every page would find faults if there were any."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

HERE = Path(__file__).parent
GOOD = "<!doctype html><html lang='vi'><title>x</title><main><h1>A</h1><p>Chữ và <a href='/'>nối</a> nhau.</p></main>"
KINDS = ("smallTargets", "wider", "overlaps", "cut", "focus", "heads", "moving")


@pytest.mark.parametrize("faulty", [True, False])
def test_what_is_looked_for_is_found_and_nothing_else(page: Page, faulty: bool) -> None:
    page.set_content((HERE / "bad.html").read_text("utf-8") if faulty else GOOD)
    page.evaluate((HERE / "looks.js").read_text("utf-8"))
    assert {kind for kind in KINDS if page.evaluate(f"look.{kind}()")} == (set(KINDS) if faulty else set())
