"""Every page in a real browser on a phone, seen by somebody it is for: fingers, keys, readers of screens, dark grounds
and colours that the device sets."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe, bring_axe
from tests.every_page.page_catalogue import NO_PAGES, ONLY, OTHER_STATES, Place, Seen
from tests.every_page.walk import LOOKS, PHONE, Faults, Ground, all_of, faults_of, ground, said
from tutoring.policy import access_tables

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
KINDS = ("smallTargets", "heads", "moving", "focus", "cut", "wider", "overlaps")


def looked_at(page: Page, _seen: Seen, note: Callable[[str, list[str]], None]) -> None:
    for kind, faults in all_of(page, *KINDS).items():
        note(kind, faults)
    # It takes a tenth of axe's time, for targets of 24 pixels: `smallTargets` wants 44.
    found = axe(page, *RULES, but=("target-size",)).response["violations"]
    note("axe", [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"][:2]])


@pytest.fixture(scope="module")
def here(place: Place) -> Iterator[Ground]:
    with ground(place) as made:
        yield made


@pytest.fixture(scope="module")
def faults(here: Ground, browser: Browser) -> Faults:
    return faults_of(here, browser, looked_at, bring_axe)


@pytest.mark.skipif(ONLY != ("",), reason="only some pages were asked for")
def test_every_address_is_looked_at_or_is_known_to_be_no_page(place: Place) -> None:
    every = {rule.endpoint for rule in place.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {seen.endpoint for seen in place.pages} == every - NO_PAGES - OTHER_STATES
    assert set(place.unseen) <= OTHER_STATES
    assert every >= NO_PAGES | OTHER_STATES and set(access_tables.ROUTES) >= OTHER_STATES
    assert len(place.pages) > 200


@pytest.mark.parametrize("kind", ["answers", "scripts", "axe", *KINDS])
def test_no_page_has_a_fault(faults: Any, kind: str) -> None:
    assert not faults[kind], said(faults[kind])


def test_where_the_device_sets_the_colours_states_are_still_told_apart(here: Ground, browser: Browser) -> None:
    context = browser.new_context(
        base_url=here.address,
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
        ("quang", "/units/4/duty?who=4&day=0"),
    ):  # fmt: skip
        here.comes_as(context, who)
        page.goto(path)
        found += [f"{path}: {one}" for one in page.evaluate("look.states()")]
    context.close()
    assert not found, said(found)
