"""What a call costs of somebody's data: kB for a minute of voice, and of a screen beside it, as it is usually and while
data is saved.

Two grown-ups of a room speak in a real browser, with its made-up microphone (a tone every second, silence between),
and one shows the page of the room itself on a laptop's screen: it stands still; or its words are others four times
a second, as while somebody scrolls without a rest. Counted is what `getStats` says was sent: contents, headers and
padding of RTP, with 38 bytes for IP, UDP and the signature of each packet. Feedback and what keeps the way open are
a few percent beside that. A TURN server carries each byte in and out again.

    python3 dev.py bench calls [SECONDS]
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from tests.browser import LAPTOP, QUIET, chromium
from tests.journeys.caller import Caller, calling_browser, in_call, two
from tests.servers import Site

AROUND = 20 + 8 + 10  # bytes of IP, UDP and the signature around each packet
LAPTOP_LIKE = {"viewport": LAPTOP, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
MOVES = """() => {
  const words = "hồ sơ giấy khai sinh bấm vào nút màu xanh rồi chờ một lát chị nhé".split(" ");
  const some = () => Array.from({ length: 90 }, () => words[Math.floor(Math.random() * words.length)]).join(" ");
  window.moving = setInterval(() => (document.querySelector("#log").textContent = some()), 250);
}"""


def kilobytes(one: Caller, kind: str, seconds: float) -> float:
    """What one side sends in a minute, in kB."""
    before, begun = one.stats(kind), time.monotonic()
    one.page.wait_for_timeout(seconds * 1000)
    after, took = one.stats(kind), time.monotonic() - begun
    size = sum((after[name] - before[name]) * around for name, around in (("sent", 1), ("packets", AROUND)))
    return size / 1000 / took * 60


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    arguments = {"executable_path": chromium(), "args": [*QUIET, "--no-sandbox"]}
    with Site() as site, sync_playwright() as playwright, calling_browser(playwright.chromium, arguments) as browser:
        site.prepare().start(1)
        with two(site, browser, LAPTOP_LIKE) as (asker, other):
            in_call(asker, other)
            asker.shares_this_page(other)
            for words, press in (("usually", False), ("while data is saved", True)):
                if press:
                    asker.page.locator("#call .call-more").get_by_label("Tiết kiệm dữ liệu").check()
                asker.page.wait_for_timeout(8000)  # the first pictures are large ones
                voice = [kilobytes(one, "audio", seconds) for one in (asker, other)]
                still = kilobytes(asker, "video", seconds)
                asker.page.evaluate(MOVES)
                moving = kilobytes(asker, "video", seconds)
                asker.page.evaluate("clearInterval(moving)")
                print(f"{words}: voice {voice[0]:.0f} kB a minute one way, {voice[1]:.0f} the other,", end=" ")
                print(
                    f"a screen that stands still {still:.0f}, one that is scrolled without a rest {moving:.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
