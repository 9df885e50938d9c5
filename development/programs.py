"""Programs of the system that tests and `dev.py cluster` need: a browser, PostgreSQL, Redis, nginx.

Where this user may install Debian packages, what is missing is installed; elsewhere it is named.
"""

import os
import shutil
from collections.abc import Iterable

import dev
from tests import installed_services

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS = "chromium-headless-shell"
DEBIAN_PACKAGES = {"PostgreSQL": "postgresql", "Redis": "redis-server"}
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/opt/homebrew/bin"  # where servers are, besides PATH


def for_tests(everything: bool) -> None:
    """With everything=False, what cannot be had is told but does not stop tests that may not need it."""
    for step in (browser, services, proxy):
        try:
            step()
        except dev.Stop as stop:
            if everything:
                raise
            dev.say(str(stop))


def browser() -> None:
    """A Chromium that tests/browser.py finds, and where we may install it the one without windows, which costs less."""
    if os.environ.get("CHROMIUM"):
        return
    found = list(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    if dev.may_apt():
        if not (found and shutil.which(HEADLESS)):
            dev.once("debian-browser", "", "looking for a browser", lambda: debian_browser(bool(found)))
        return
    if found:
        return

    def fetch() -> list[str]:
        hint = "Install Chromium or Google Chrome, or set CHROMIUM to the path of one, then try again."
        dev.quietly("fetching Chromium", dev.PYTHON, "-m", "playwright", "install", "chromium", hint=hint)
        return [dev.quietly("looking for Chromium", dev.PYTHON, "-m", "tests.browser").strip()]

    dev.once("browser", dev.digest([dev.ROOT / dev.TESTS]), "fetching Chromium", fetch)


def debian_browser(found: bool) -> Iterable[str]:
    """Chromium of Debian; not every system with apt-get has the one without windows."""
    try:
        dev.apt(*([] if found else ["chromium"]), HEADLESS)
    except dev.Stop:
        if not found:
            dev.apt("chromium")
    return filter(None, map(shutil.which, CHROMIUM_NAMES))


def services() -> None:
    """PostgreSQL and Redis: running, or installed so that the tests start their own, or installed now."""
    missing = installed_services.missing()
    if missing and dev.may_apt():
        dev.apt(*(DEBIAN_PACKAGES[name] for name in missing))
        missing = installed_services.missing()
    if missing:
        packages = " ".join(DEBIAN_PACKAGES[name] for name in missing)
        raise dev.Stop(
            f"The tests need {' and '.join(missing)}, neither running on 127.0.0.1 nor installed: install it (on Debian"
            f" and Ubuntu: sudo apt-get install {packages}) or set TEST_DATABASE_URL and TEST_REDIS_URL."
        )


def has_server(program: str) -> bool:
    return bool(shutil.which(program) or shutil.which(program, path=SYSTEM_PATH))


def proxy() -> None:
    """nginx for the cluster and the tests of deploy/; and PgBouncer, without which both do, where we may install."""
    absent = [program for program in ("nginx", "pgbouncer") if not has_server(program)]
    if absent and dev.may_apt():
        dev.apt(*absent)
    if not has_server("nginx"):
        raise dev.Stop(
            "nginx is not installed: install it (on Debian and Ubuntu: sudo apt-get install nginx pgbouncer; on macOS:"
            " brew install nginx), then the same command again."
        )
