"""Each kind of page for somebody who comes for the first time, and again, on a poor network and a slow phone.

A real browser, a processor four times as slow, and a line of 50 kB a second with a round trip of 2 s. Budgets: at most
65 kB in all on the first visit, fonts and headers too; something to read after 3 s; no task of more than 200 ms;
nothing that moves by more than 0.05 (cumulative layout shift). What is kept on the device is there again after 0.5 s.

`bench_pages.py NAME` measures those places alone whose name holds NAME.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.budgeted_pages import LESSON, Place, running
from benchmarks.slow_network import Line, slow_line
from tests.browser import PHONE, QUIET, chromium
from tests.servers import free_port

ROUND_TRIP, RATE = 2.0, 50_000
BYTES, FIRST, AGAIN, TASK, SHIFT = 65_000, 3.0, 0.5, 200, 0.05
WATCH = """() => {
  const seen = (globalThis.seen = { paint: 0, task: 0, shift: 0 });
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("paint", (one) => { if (one.name === "first-contentful-paint") seen.paint = one.startTime; });
  watch("longtask", (one) => { seen.task = Math.max(seen.task, one.duration); });
  watch("layout-shift", (one) => { if (!one.hadRecentInput) seen.shift += one.value; });
}"""


@dataclass
class Seen:
    """What one visit came to."""

    kilobytes: float
    paint: float  # seconds until there is something to read
    task: float  # milliseconds of the longest task
    shift: float


@contextmanager
def phone(browser: Browser, place: Place, address: str) -> Iterator[tuple[BrowserContext, Page]]:
    """A browser that has never been here, but for the cookie."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="vi-VN", base_url=address)  # type: ignore[arg-type]
    if place.cookie:
        context.add_cookies([{"name": "session", "value": place.value, "url": address}])
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield context, page
    context.close()


def look(page: Page, path: str, line: Line, referer: str | None = None) -> Seen:
    line.forget()
    page.goto(path, wait_until="load", timeout=90_000, referer=referer)
    settled(page, line)
    seen: Any = page.evaluate("seen")
    return Seen(line.carried / 1000, seen["paint"] / 1000, seen["task"], seen["shift"])


def settled(page: Page, line: Line) -> None:
    """Wait until nothing has come for two round trips: an open room's line never rests for good."""
    before = -1
    while line.carried != before:
        before = line.carried
        page.wait_for_timeout(2 * ROUND_TRIP * 1000)


def again(browser: Browser, address: str, line: Line) -> float:
    """Seconds until a lesson that is kept on the device is there again."""
    place = Place("", LESSON)
    with phone(browser, place, address) as (context, page):
        page.goto(place.path, wait_until="load", timeout=90_000)
        page.get_by_role("button", name="Tải bài về").click()
        page.get_by_text("Đã có trên máy").first.wait_for(timeout=120_000)
        page.close()
        fresh = context.new_page()
        fresh.add_init_script(f"({WATCH})()")
        context.new_cdp_session(fresh).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        return look(fresh, f"{LESSON}/2", line).paint


def main(only: str = "") -> int:
    good, port = True, free_port()
    print(f"{'':20} {'kB':>6} {'of that fonts':>14} {'first paint':>12} {'longest task':>13} {'shift':>6}")
    with running(port) as (site, places), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--no-sandbox"])
        with slow_line(port, site.ports[0], ROUND_TRIP, RATE) as line:
            address = f"http://127.0.0.1:{port}"
            for place in places:
                if only not in place.name:
                    continue
                with phone(browser, place, address) as (_context, page):
                    seen = look(page, place.path, line, address + place.came_from if place.came_from else None)
                over = [
                    name
                    for name, value, most in (
                        ("bytes", seen.kilobytes * 1000, BYTES),
                        ("first paint", seen.paint, FIRST),
                        ("task", seen.task, TASK),
                        ("shift", seen.shift, SHIFT),
                    )
                    if value > most
                ]
                good &= not over
                print(
                    f"{place.name:20} {seen.kilobytes:6.1f} {line.of_kind('.woff2') / 1000:14.1f} {seen.paint:10.2f} s"
                    f" {seen.task:10.0f} ms {seen.shift:6.3f} {'OVER: ' + ', '.join(over) if over else ''}",
                    flush=True,
                )
                if "bytes" in over or only:
                    for path, size in sorted(line.bodies.items(), key=lambda one: -one[1]):
                        print(f"  {size:6,} {path}")
            if only in "kept lesson":
                seconds = again(browser, address, line)
                good &= seconds <= AGAIN
                print(f"{'kept lesson, again':20} {'':21} {seconds:10.2f} s {'OVER' if seconds > AGAIN else ''}")
        browser.close()
    print("budgets:", "kept" if good else "EXCEEDED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
