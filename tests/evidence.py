"""What a failed test leaves in test-results/, in a folder of its own.

failure.txt holds what pytest says of it, what was printed (seeds of random tests), and Hypothesis's seed. Of every page
that was open in a browser there are the HTML, a picture and what its console said, of every site its servers' log.
"""

import contextlib
import functools
import itertools
import re
import shutil
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage

from tests.servers import Site

RESULTS = Path(__file__).resolve().parent.parent / "test-results"
PICTURE = 10_000  # milliseconds: a page that hangs must not hold up the run

_heard: weakref.WeakKeyDictionary[BrowserContext, list[str]] = weakref.WeakKeyDictionary()  # name, then the console
_names = itertools.count(1)
_sites: weakref.WeakSet[Site] = weakref.WeakSet()
_closed: dict[str, bytes] = {}  # of what a failing test closed on its way out


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "output"):  # each process of tests empties the folder that pytest-playwright has
        config.option.output = str(RESULTS / "playwright")
    watch()


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        shutil.rmtree(RESULTS, ignore_errors=True)


def pytest_runtest_setup() -> None:
    _closed.clear()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    if report.failed:
        save(folder_of(item.nodeid), f"{words(item, report)}\n".encode())
    return report


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left = sorted(path.parent.name for path in RESULTS.glob("*/failure.txt"))
    if left:
        terminalreporter.section(f"{RESULTS.name}/ keeps what failed tests had open")
        for name in left:
            terminalreporter.line(f"{RESULTS.name}/{name}")


def folder_of(test: str) -> Path:
    return RESULTS / re.sub(r"[^A-Za-z0-9_.-]+", "-", test.removeprefix("tests/"))[:180].strip("-")


def words(item: pytest.Item, report: pytest.TestReport) -> str:
    """What pytest would show, and how the same random values come again."""
    parts = [f"{item.nodeid}, {report.when}", report.longreprtext]
    parts += [f"--- {title}\n{text}" for title, text in report.sections]
    seed = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_generated_seed", None)
    if seed is not None:
        parts.append(f"The same values come again with: python3 dev.py test '{item.nodeid}' --hypothesis-seed={seed}")
    return "\n\n".join(parts)


def save(folder: Path, said: bytes) -> None:
    """Write everything down. Setup, call and teardown of a test may fail one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "failure.txt", "ab") as file:
        file.write(said)
    found = dict(_closed)
    for kept in (*map(of_context, list(_heard)), *map(of_site, list(_sites))):
        found |= kept
    for name, content in found.items():
        (folder / name).write_bytes(content)


# --- What is open ---------------------------------------------------------------------------------


def of_context(context: BrowserContext) -> dict[str, bytes]:
    """HTML, picture and console of each page."""
    found = dict[str, bytes]()
    name, *said = _heard.get(context, ["person"])
    with contextlib.suppress(Exception):  # closed meanwhile, by whom or with what soever
        for number, page in enumerate(context.pages, 1):
            found[f"{name}-page-{number}.png"] = page.screenshot(timeout=PICTURE)
            found[f"{name}-page-{number}.html"] = f"<!-- {page.url} -->\n{page.content()}".encode()
    if found and said:
        found[f"{name}-console.txt"] = "\n".join(said).encode()
    return found


def of_site(site: Site) -> dict[str, bytes]:
    log = site.logs()
    return {f"{site.folder.name}.log": log.encode()} if log else {}


def is_failing() -> bool:
    """Whether an exception is on its way through the code that calls."""
    return isinstance(sys.exc_info()[1], (Exception, pytest.fail.Exception))


@functools.cache
def watch() -> None:
    """Notice from now on which contexts and sites are made, and keep what a failing test closes on its way out."""

    def heed(context: BrowserContext) -> None:
        lines = _heard[context] = [f"person-{next(_names)}"]
        context.on("console", lambda message: lines.append(line_of(message)))
        context.on("weberror", lambda error: lines.append(f"error: {error.error}"))

    def close_context(context: BrowserContext) -> None:
        if is_failing():
            _closed.update(of_context(context))
        _heard.pop(context, None)

    def close_site(site: Site) -> None:
        if is_failing():
            _closed.update(of_site(site))
        _sites.discard(site)

    after(Browser, "new_context", heed)
    after(BrowserType, "launch_persistent_context", heed)
    before(BrowserContext, "close", close_context)
    before(Site, "reserve", _sites.add)
    before(Site, "close", close_site)


def line_of(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text} ({message.location.get('url', '')})"


def before(kind: type, name: str, act: Callable[[Any], object]) -> None:
    """From now on `act` hears of every object of whom this is asked, just before."""
    method = getattr(kind, name)

    @functools.wraps(method)
    def wrapped(self: Any, *args: Any, **more: Any) -> Any:
        act(self)
        return method(self, *args, **more)

    setattr(kind, name, wrapped)


def after(kind: type, name: str, act: Callable[[Any], object]) -> None:
    """From now on `act` hears of everything that this gives back."""
    method = getattr(kind, name)

    @functools.wraps(method)
    def wrapped(self: Any, *args: Any, **more: Any) -> Any:
        made = method(self, *args, **more)
        act(made)
        return made

    setattr(kind, name, wrapped)
