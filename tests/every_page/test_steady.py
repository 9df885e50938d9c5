"""Pages that stand still while they load, and rooms to tap that do not lie over one another."""

from itertools import combinations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.every_page.page_catalogue import Place
from tests.every_page.walk import PHONE, ground
from tests.test_access_ids import QUIZ

# Lists the layout shifts after the first complete paint. Shifts that follow a user's input are left out.
# A busy machine paints while the page is still being parsed. Those early shifts are growth of the page.
# `DRAWN` of tests/browser.py resolves after 200 ms in any case, which may be before that paint.
WATCH = """
window.moved = [];
let whole = Infinity;
window.drawn = new Promise((resolve) => {
    document.addEventListener("readystatechange", () => {
        requestAnimationFrame(() => requestAnimationFrame((time) => {
            whole = time;
            resolve(true);
        }));
    }, { once: true });
});
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
        const what = one.sources.map((source) => source.node && `${source.node.nodeName}.${source.node.className}`);
        if (!one.hadRecentInput && one.startTime >= whole) window.moved.push([one.value, what.join(" ")]);
    }
}).observe({ type: "layout-shift", buffered: true });
"""
DESKTOP = {"width": 1280, "height": 800}


def open_with_late_fonts(page: Page, path: str) -> None:
    """Watches what moves on this page. Its fonts come when it has been shown without them, as on a slow line."""
    page.add_init_script(WATCH)
    fonts = list[Route]()
    page.route("**/*.woff2", lambda route: fonts.append(route))
    page.goto(path, wait_until="domcontentloaded")
    page.evaluate("window.drawn")
    page.screenshot()
    page.unroute("**/*.woff2")
    for route in fonts:
        route.continue_()
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")


@pytest.mark.parametrize("who", [None, "hang", "minh"])
def test_the_start_page_stands_still_on_a_desktop(place: Place, browser: Browser, who: str | None) -> None:
    with ground(place) as here:
        context = browser.new_context(base_url=here.address, viewport=DESKTOP, locale="vi-VN", service_workers="block")  # type: ignore[arg-type]
        here.comes_as(context, who)
        page = context.new_page()
        open_with_late_fonts(page, "/")
        page.screenshot()
        moved = page.evaluate("window.moved")
        context.close()
    assert sum(value for value, _what in moved) < 0.01, moved


@pytest.mark.parametrize("page_of", ["step", "room"])
def test_a_step_and_a_room_stand_still_on_a_phone(place: Place, browser: Browser, page_of: str) -> None:
    path = f"/lessons/{QUIZ}/2" if page_of == "step" else f"/rooms/{place.things.ids['room_id']}"
    with ground(place) as here:
        context = browser.new_context(base_url=here.address, viewport=PHONE, locale="vi-VN", service_workers="block")  # type: ignore[arg-type]
        here.comes_as(context, "minh")
        page = context.new_page()
        open_with_late_fonts(page, path)
        if page_of == "step":
            expect(page.get_by_text("Máy chưa có giọng đọc tiếng Việt.")).to_be_visible()
        page.screenshot()
        moved = page.evaluate("window.moved")
        context.close()
    assert sum(value for value, _what in moved) < 0.05, moved


HEADS = """
[...document.querySelectorAll(".msg .who")].map((head) =>
    [...head.querySelectorAll("a")].map((one) => one.getBoundingClientRect().toJSON()))
"""


def boxes(page: Page) -> list[list[dict[str, float]]]:
    """The room to tap of the links at the head of each message."""
    found: list[list[dict[str, float]]] = page.evaluate(HEADS)
    return [head for head in found if len(head) > 1]


def test_the_rooms_to_tap_of_a_message_do_not_overlap(place: Place, browser: Browser) -> None:
    with ground(place) as here:
        context = browser.new_context(base_url=here.address, viewport=PHONE, locale="vi-VN", service_workers="block")  # type: ignore[arg-type]
        here.comes_as(context, "minh")
        page = context.new_page()
        page.goto(f"/rooms/{place.things.ids['room_id']}", wait_until="load")
        heads = boxes(page)
        context.close()
    assert heads
    for head in heads:
        for one, other in combinations(head, 2):
            wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
            high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            assert wide <= 0.5 or high <= 0.5, (one, other)
