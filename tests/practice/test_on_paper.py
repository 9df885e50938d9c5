"""Persona cards and class sheets as a browser prints them."""

import re

import pytest
from playwright.sync_api import Page

from tests.practice.shipped_scenarios import NAMES
from tests.servers import Site
from tests.servers import site as site

NAME = "ban-sao-khai-sinh"


def sheets(page: Page, address: str) -> int:
    """How many sheets of A4 a page takes."""
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => null)")
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


@pytest.mark.parametrize("names", [[NAME], pytest.param(NAMES, marks=pytest.mark.full)], ids=["one", "all"])
def test_eight_cards_take_one_sheet_and_a_class_gets_two_at_most(site: Site, page: Page, names: list[str]) -> None:
    for name in names:
        assert sheets(page, f"{site.url()}/practice/{name}/cards") == 1, name
        assert sheets(page, f"{site.url()}/practice/{name}/handout") <= 2, name
        assert sheets(page, f"{site.url()}/practice/{name}/handout?for=trainer") <= 2, name
    assert sheets(page, f"{site.url()}/practice/{NAME}/cards?n=40") == 5
