"""A step of a lesson for somebody who comes for the first time on a poor network, in a real browser on a slow phone.

Goals: at most 65 kB with fonts and 13 kB without, and something to read after less than 3 s at a round trip of 2 s.
Beside it stands the same page from this machine without the slow line, with the same slowed-down processor.
"""

import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.slow_network import slow_line
from tests.browser import PHONE, QUIET, chromium
from tests.servers import Site, free_port

PAGE = "/lessons/vao-lop-bang-duong-dan/2"
ROUNDS = 5
LINES = (("no slow line", 0.0, 10**9), ("4G, poor", 0.4, 200_000), ("3G", 0.8, 50_000), ("3G, 2 s", 2.0, 50_000))
WITH_FONTS, WITHOUT, FIRST_PAINT = 65_000, 13_000, 3.0
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) =>
    list.getEntriesByName("first-contentful-paint").forEach((entry) => done(entry.startTime)))
    .observe({type: "paint", buffered: true}))"""


def visit(browser: Browser, address: str) -> float:
    """Milliseconds until something can be read, in a browser that has never been here."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, wait_until="networkidle", timeout=60_000)
    painted: Any = page.evaluate(PAINTED)
    context.close()
    return float(painted)


def main() -> int:
    good = True
    with Site() as site, sync_playwright() as playwright:
        ports = [free_port() for _ in LINES]
        site.ports += ports
        site.prepare().start(1)
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--no-sandbox"])
        for (name, round_trip, rate), port in zip(LINES, ports, strict=True):
            with slow_line(port, site.ports[-1], round_trip, rate) as line:
                times, carried = [], []
                for _ in range(ROUNDS):
                    line.forget()
                    times.append(visit(browser, f"http://127.0.0.1:{port}{PAGE}") / 1000)
                    fonts = line.of_kind(".woff2")
                    carried.append((line.carried, line.carried - fonts))
                whole, without = (max(column) for column in zip(*carried, strict=True))
                first = statistics.median(times)
                print(
                    f"{name:13} round trip {round_trip:3.1f} s: first paint {first:4.2f} s (worst {max(times):4.2f});"
                    f" {whole / 1000:4.1f} kB in all, {without / 1000:4.1f} kB without fonts,"
                    f" {(sum(line.bodies.values()) - fonts) / 1000:4.1f} kB of that without headers"
                )
                good &= whole <= WITH_FONTS and (round_trip < 2 or first < FIRST_PAINT)
                good &= sum(line.bodies.values()) - fonts <= WITHOUT
        for path, size in sorted(line.bodies.items()):
            print(f"  {size:6,} {path}")
        browser.close()
    print("goals:", "met" if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
