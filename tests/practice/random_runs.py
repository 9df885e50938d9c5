"""What somebody might do in a rehearsal, rightly and wrongly; and an empty page that has nothing but the scripts."""

import random
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tutoring.config import ROOT
from tutoring.practice.engine import solver
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State

SPACES = "  \t\n\x0b\x1c\x1f\x85\xa0\u1680\u2003\u2028\u202f\u3000\ufeff\u200b\u180e"
REAL = (
    "0912345678", "+84 912 345 678", "079 123 456 789", "012345678", "123.456", "000001", "000000000000",
    "84-9123456789", "०१२३४५६७८", "１２３４５６７８９", "0912 345 67", "٠٩١٢٣٤٥٦٧٨",
)  # fmt: skip
ODD = (
    "", " ", "x", "İı", "ΑΣ", "😀" * 101, "a" * 200, "a" * 201, "😀" * 201, "\ud800", "K", "ﬁ", "e\u0301\u0323",
    "\x00", "\u0110", "yes ", "YES", "2020-02-30", "9999-99-99", "1/1/2020", "31.12.2099", "01-02-0001", "1/2-2020",
    "2020-03-08\n", "constructor",
)  # fmt: skip
MAP = '<script type="importmap">{"imports": {"practice/": "/practice/"}}</script>'


@pytest.fixture
def browser_page(new_context: Callable[..., BrowserContext]) -> Page:
    """An empty page of a site that has nothing but the scripts."""
    page = new_context(base_url="http://cung-hoc.test").new_page()

    def serve(route: Route) -> None:
        path = ROOT / "static" / route.request.url.removeprefix("http://cung-hoc.test/")
        if path.suffix == ".js" and not path.exists():
            route.fulfill(status=404)  # else the browser would wait for it for ever
        elif path.suffix == ".js":
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body=f"<!doctype html>{MAP}", content_type="text/html")

    page.route("**/*", serve)
    page.goto("/")
    return page


# --- what somebody might do -------------------------------------------------------------------------------


def spoiled(chance: random.Random, text: str) -> str:
    """The right value, written as people write; or something else."""
    match chance.randrange(12):
        case 0:
            return unicodedata.normalize("NFD", text)
        case 1:
            return text.upper()
        case 2:
            return chance.choice(SPACES) + text.replace(" ", chance.choice(SPACES) * 2) + chance.choice(SPACES)
        case 3:
            spread = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
            return "".join(one for one in spread if not unicodedata.combining(one))
        case 4:
            return ".".join(text)
        case 5 if text.replace("-", "").isdigit():
            return chance.choice("/.-").join([text[-2:].lstrip("0"), text[5:7], text[:4]])
        case 6 if text.replace("-", "").isdigit():
            return "/".join(reversed(text.split("-"))) if chance.random() < 0.5 else text.replace("-", "/")
        case 7:
            at = chance.randrange(len(text) + 1)
            return text[:at] + chance.choice("aạđĐ0 \u0301\u031b😀") + text[at:]
        case 8:
            return chance.choice(REAL)
        case 9:
            return chance.choice(ODD)
        case 10:
            return "".join(chr(chance.choice((chance.randrange(0x250), chance.randrange(0x3000)))) for _ in range(9))
        case _:
            return f"{chance.randrange(1, 32)}/{chance.randrange(1, 13)}/{chance.randrange(1990, 2060)}"


def value(chance: random.Random, scenario: Scenario, name: str) -> str:
    field = next(one for screen in scenario.screens.values() for one in screen.fields if one.id == name)
    if field.options and chance.random() < 0.9:
        return chance.choice(field.options).id
    right = solver.right_value(scenario, field)
    return right if chance.random() < 0.5 else spoiled(chance, right)


def something(chance: random.Random, scenario: Scenario, state: State) -> Event:
    """Mostly what can be done on this screen; sometimes what cannot be."""
    screen = scenario.screens[state.screen]
    likely: list[Event] = solver._steps(scenario, state)
    match chance.randrange(10):
        case 0 | 1 | 2 | 3 if likely:
            return chance.choice(likely)
        case 4 | 5 if screen.fields:
            name = chance.choice(screen.fields).id
            return {"set": name, "value": value(chance, scenario, name)}
        case 6 | 7 if screen.actions:
            return {"do": chance.choice(screen.actions).id}
        case 8 if screen.trap:
            return {"choose": chance.choice(screen.trap.options).id}
        case 9:
            return {"back": True}
        case _:
            everywhere = [one.id for screen in scenario.screens.values() for one in (*screen.fields, *screen.actions)]
            name = chance.choice((*everywhere, "constructor", ""))
            odd: list[Event] = [
                {"missed": name}, {"set": name, "value": "x"}, {"do": name}, {"choose": name}, {"back": 1}, {},
                {"back": True, "do": name}, {"set": name}, {"set": name, "value": 1}, {"do": None}, {"missed": 7},
                {"set": name, "value": "x", "more": ""}, {"set": None, "value": "x"},
            ]  # fmt: skip
            return chance.choice(odd[:1] * 8 + odd)
