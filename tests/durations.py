"""How long every test took the last time: it orders the files, says what is left, and what is dear.

The figures lie in pytest's cache of this working copy. Without them a guess by the number of tests does nearly as
well: of 32 files dealt to three processes the last ended 3 % later than it could, 25 % in the order of names.

`TEST_ORDER=7 python3 dev.py test` mixes the files by that number.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

KEY = "cung-hoc/durations"
BROWSER = {"page", "context", "browser", "new_context"}
WAITING = {"site", *BROWSER}  # fixtures of what waits half of its time: browsers, whole sites
GUESS, GUESS_WAITING = 0.3, 10.0  # seconds of a test that has not run here yet, and of one that waits
# Long files of few tests: in a fresh clone the number of tests would place them at the end, with one process.
LONG_FILES = {
    "tests/every_page/test_accessibility.py": 150.0,  # first of all: others follow it in the same process
    "tests/test_access_ids.py": 45.0,
    "tests/backups/test_creation.py": 37.0,
    "tests/lessons/proposals/test_proposals.py": 31.0,
    "tests/operations/test_doctor.py": 23.0,
    "tests/insights/monthly_statistics/test_counter.py": 15.0,
    "tests/pairing/test_observation.py": 15.0,
}
# In the full run these take that long, however short their part of the quick run was.
LONG_IN_ALL = {
    "tests/every_page/test_ends.py": 500.0,
    "tests/every_page/test_narrow_and_large.py": 200.0,
}
# Files whose expensive fixture is made once in a process: they go to the same one. It is the place with every page, and
# the site that is backed up.
TOGETHER = {
    "tests/every_page/": "tests/every_page/",
    "tests/test_access_ids.py": "tests/every_page/",
    "tests/backups/": "tests/backups/",
}


def stored(config: pytest.Config) -> dict[str, float]:
    """Seconds of each test that ran in this working copy, by its id."""
    cache = getattr(config, "cache", None)
    known = cache.get(KEY, {}) if cache else {}
    return known if isinstance(known, dict) else {}


def store(config: pytest.Config, took: Mapping[str, float]) -> None:
    """Keep these with what is known of other tests, as far as their files are still there."""
    if getattr(config, "cache", None) is None or not took:
        return
    known = {**stored(config), **{test: round(seconds, 2) for test, seconds in took.items()}}
    here = {file for file in map(file_of, known) if (config.rootpath / file).exists()}
    config.cache.set(KEY, {test: seconds for test, seconds in sorted(known.items()) if file_of(test) in here})


def file_of(test: str) -> str:
    return test.split("::")[0]


def by_file(known: Mapping[str, float]) -> dict[str, float]:
    """Seconds of each file."""
    found = Counter[str]()
    for test, seconds in known.items():
        found[file_of(test)] += seconds
    return dict(found)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Every process of tests gets the same figures: xdist wants the same order from all of them."""
    node.workerinput["durations"] = by_file(stored(node.config))  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """What deals tests to processes. In the full run the sweeps of these files would keep one process to the end."""
    together = config.getoption("dist", "no") == "loadfile" and not config.getoption("--all", default=False)
    return FilesTogether(config, log) if together else None


class FilesTogether(LoadFileScheduling):
    """One file goes to one process, and those of `TOGETHER` to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(test: str) -> str:
    """The file of a test, or that with which it shares a process."""
    file = file_of(test)
    return next((scope for start, scope in TOGETHER.items() if file.startswith(start)), file)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Files in the order of `spread`, unless files were named."""
    yield
    if config.args_source == pytest.Config.ArgsSource.TESTPATHS:
        given = getattr(config, "workerinput", {}).get("durations")
        seed = os.environ.get("TEST_ORDER")
        seconds = by_file(stored(config)) if given is None else given
        if config.getoption("--all", default=False):
            seconds = {**seconds, **{file: max(long, seconds.get(file, 0.0)) for file, long in LONG_IN_ALL.items()}}
        items[:] = mix(items, seed) if seed else spread(items, seconds)


def mix(items: list[pytest.Item], seed: str) -> list[pytest.Item]:
    """File after file in an order that depends on the seed alone; within a file the tests stay in theirs."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    mixed = list(files.values())
    random.Random(seed).shuffle(mixed)
    return [item for tests in mixed for item in tests]


def spread(items: list[pytest.Item], seconds: Mapping[str, float]) -> list[pytest.Item]:
    """File after file, the longest first, so that no process is left at the end with a long one alone. Those with
    whole sites and browsers are dealt out among the first three quarters of the others: they wait half of their
    time, in which the other processes have more to do if not all of them wait."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)

    def waits(found: list[pytest.Item]) -> bool:
        return any(WAITING.intersection(getattr(item, "fixturenames", ())) for item in found)

    def length(found: list[pytest.Item]) -> float:
        file = file_of(found[0].nodeid)
        guess = len(found) * (GUESS_WAITING if waits(found) else GUESS)
        return seconds.get(file, LONG_FILES.get(file, guess))

    waiting = [found for found in files.values() if waits(found)]
    others = [found for found in files.values() if not waits(found)]
    shares = []
    for files_of_a_kind, end in ((waiting, 0.75), (others, 1.0)):
        done, whole = 0.0, sum(map(length, files_of_a_kind)) or 1.0
        for found in sorted(files_of_a_kind, key=length, reverse=True):
            shares.append((end * done / whole, found))
            done += length(found)
    return [item for _share, found in sorted(shares, key=lambda one: one[0]) for item in found]
