"""What looks at every page would find faults if there were any."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import axe, is_news

HERE = Path(__file__).parent
GOOD = "<!doctype html><html lang='vi'><title>x</title><main><h1>A</h1><p>Chữ và <a href='/'>nối</a> nhau.</p></main>"
KINDS = ("smallTargets", "wider", "overlaps", "cut", "focus", "heads", "moving")


@pytest.mark.parametrize("faulty", [True, False])
def test_what_is_looked_for_is_found_and_nothing_else(page: Page, faulty: bool) -> None:
    page.set_content((HERE / "bad.html").read_text("utf-8") if faulty else GOOD)
    page.evaluate((HERE / "looks.js").read_text("utf-8"))
    assert {kind for kind in KINDS if page.evaluate(f"look.{kind}()")} == (set(KINDS) if faulty else set())


PALE = "<p style='color: #bbb; background: #fff'>Chữ nhạt</p>"
NAMED = GOOD.replace("<html", "<html data-test='structure'")


def test_contrast_is_looked_at_wherever_words_stand_otherwise(page: Page) -> None:
    """Also on a page of which all else was looked at before."""

    def found(more: str = "") -> list[str]:
        page.set_content(GOOD.replace("</main>", f"{more}</main>"))
        return [one["id"] for one in axe(page, "wcag2aa").response["violations"]]

    assert found() == found() == [] and found(PALE) == ["color-contrast"]
    assert found(f"<div style='background: #777'>{PALE.replace('; background: #fff', '')}</div>") == ["color-contrast"]
    assert found("<button aria-pressed='true' style='color: #bbb; background: #fff'>Nút</button>") == ["color-contrast"]


def test_a_page_is_news_when_more_than_its_words_is_another(page: Page) -> None:
    def news(html: str) -> bool:
        page.set_content(html)
        return is_news(page)

    assert news(NAMED)
    assert not news(NAMED) and not news(NAMED.replace("Chữ và", "Lời 12 và"))
    for change in (
        ("<h1>", "<h1 role='note'>"),
        ("<p>", "<p class='quiet'>"),
        ("Chữ và <a", "<a"),
        ("<p>", "<p hidden>"),
    ):
        assert news(NAMED.replace(*change)), change
    page.set_viewport_size({"width": 1280, "height": 800})
    assert is_news(page)
