"""Real-browser tests: which Chromium, how it is started, and the phone that pages are first made for."""

import hashlib
import os
import shutil
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page, expect, sync_playwright

from tests.waiting import until

T = TypeVar("T")
PATIENCE = 120  # seconds for what a page is waited for: on a busy machine everything comes late
expect.set_options(timeout=PATIENCE * 1000)
_new_context = Browser.new_context


def _new_patient_context(self: Browser, **how: Any) -> BrowserContext:
    made = _new_context(self, **how)
    made.set_default_timeout(PATIENCE * 1000)
    return made


Browser.new_context = _new_patient_context  # type: ignore[method-assign]  # Playwright's own thirty seconds are too few

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHELL = "chromium-headless-shell"
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # else the shell gives letters whole pixels: pages are narrower than on any phone
)
# A microphone and camera that need no person and no hardware.
MEDIA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}


def chromium() -> str | None:
    """The whole Chromium; None leaves the choice to Playwright, which then uses its own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def headless_shell() -> str | None:
    """Chromium without windows and all that belongs to them, which takes a quarter less of the processor; the whole one
    where there is none. CHROMIUM_HEADLESS_SHELL names another; CHROMIUM alone is taken for everything.
    """
    shell = os.environ.get("CHROMIUM_HEADLESS_SHELL")
    if not shell and not os.environ.get("CHROMIUM"):
        shell = shutil.which(SHELL)
    return shell or chromium()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium's sandbox cannot be set up by root, which is who runs the tests in a container.
    args = [*QUIET, *MEDIA, *(["--no-sandbox"] if root else [])]
    return {**browser_type_launch_args, "executable_path": headless_shell(), "args": args}


@pytest.fixture(scope="session")
def whole_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How the whole Chromium is started, for what its shell cannot do:

    - test_push.py: the shell refuses every site its notices, whatever is permitted;
    - test_call.py: the shell opens no microphone, not even the one that needs no hardware.
    """
    own = chromium()  # of Playwright's two, the channel says which
    return {**browser_type_launch_args, **({"executable_path": own} if own else {"channel": "chromium"})}


@pytest.fixture(scope="module")
def whole_browser(browser_type: BrowserType, whole_launch_args: dict[str, Any]) -> Iterator[Browser]:
    made = browser_type.launch(**whole_launch_args)
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": PHONE,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
    }


def wait_until(page: Page, script: str, arg: Any = None, seconds: float = PATIENCE) -> None:
    """Until the script says yes on the page, whichever page that is by then.

    Playwright's own `wait_for_function` evaluates text inside the page whenever its first look says no, which the
    site's content security policy forbids.
    """

    def holds() -> bool:
        try:
            return bool(page.evaluate(script, arg))
        except Error as fault:
            if "context was destroyed" not in fault.message:  # a page that gives way to the next
                raise
            return False

    until(holds, script, seconds)


def until_heard(page: Page, condition: Callable[[], T], what: str = "") -> T:
    """Until something holds of which events of the page tell: they are heard only while something is asked of it."""

    def holds() -> T:
        page.evaluate("0")
        return condition()

    return until(holds, what)


# Two frames later, or soon: a page in the background draws no frames at all.
DRAWN = "new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 200); })"

_have_axe: weakref.WeakSet[Page] = weakref.WeakSet()


@cache
def _axe_script() -> str:
    return Axe().axe_script


def bring_axe(page: Page) -> None:
    """From now on every document of this page begins with axe: sent to each anew it takes five times as long."""
    if page not in _have_axe:
        _have_axe.add(page)
        page.add_init_script(_axe_script())


HERE = Path(__file__).parent
AXE = (HERE / "axe.js").read_text("utf-8")
_grounds: set[int] = set()  # how words stand on their ground, wherever that was looked at in this process


def axe(page: Page, *rules: str, but: tuple[str, ...] = ()) -> AxeResults:
    """What axe finds against these sets of rules, but for some of them, on the page as it is now.

    What it finds in order is not asked for: to describe all of that takes longer than to look. Contrast takes it half
    of its time, and is looked at once for words of the same colour and size on the same ground.
    """
    bring_axe(page)
    if page.evaluate("!window.axe"):
        page.evaluate(_axe_script())
    violations, grounds = page.evaluate(AXE, [rules, sorted(_grounds), but])
    _grounds.update(grounds)
    return AxeResults({"violations": violations})


_looked_at: set[str] = set()
STRUCTURE = (HERE / "structure.js").read_text("utf-8")


def is_news(page: Page) -> bool:
    """Whether no page like this one was looked at yet in this process: of the same tags, roles, classes and names in
    the same state at the same size. Texts and numbers make no other page: what axe looks for is not in them."""
    seen = hashlib.sha256(page.evaluate(STRUCTURE).encode()).hexdigest()
    news = seen not in _looked_at
    _looked_at.add(seen)
    return news


if __name__ == "__main__":
    with sync_playwright() as playwright:
        print(Path(playwright.chromium.executable_path))
