"""Real-browser tests: which Chromium, how it is started, and the phone that pages are first made for."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A microphone and camera that need no person and no hardware.
MEDIA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}


def chromium() -> str | None:
    """The Chromium to drive; None leaves the choice to Playwright, which then uses its own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium's sandbox cannot be set up by root, which is who runs the tests in a container.
    args = [*QUIET, *MEDIA, *(["--no-sandbox"] if root else [])]
    return {**browser_type_launch_args, "executable_path": chromium(), "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": PHONE,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
    }


def wait_until(page: Page, script: str, arg: Any = None, seconds: float = 30) -> None:
    """Until the script says yes on the page, whichever page that is by then.

    Playwright's own `wait_for_function` evaluates text inside the page whenever its first look says no, which the
    site's content security policy forbids.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(script, arg):
                return
        except Error as fault:
            if "context was destroyed" not in fault.message:  # a page that gives way to the next
                raise
        assert time.monotonic() < until, f"not within {seconds} s: {script}"
        page.wait_for_timeout(50)


def axe(page: Page, *rules: str) -> AxeResults:
    """What axe finds against these sets of rules on the page as it is now.

    What it finds in order is not asked for: to describe all of that takes longer than to look.
    """
    if page.evaluate("!window.axe"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    run = "(options) => axe.run(options).then(({ violations }) => ({ violations }))"
    return AxeResults(page.evaluate(run, options))


if __name__ == "__main__":
    with sync_playwright() as playwright:
        print(Path(playwright.chromium.executable_path))
