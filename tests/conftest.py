"""What pytest does in each process: which tests run, what they are marked with, what is reported.

The process that only hands tests out needs no application: the fixtures are loaded where tests run.
"""

import gc
import logging
from collections.abc import Generator

import pytest

from tests import (
    code_coverage,
    collecting,
    moments,
    prepared,  # noqa: F401 - it says what else ends with the folder of a run
    reach,
    run_folder,
)
from tests.databases import cases_on_both, databases

pytest_plugins = ("tests.durations", "tests.reporting", "tests.evidence")

BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
SERVICE_FIXTURES = {"postgres_url", "empty_postgres_url", "redis_url", "both_apps"}
OPENED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OPENED] = run_folder.open_run()
    moments.choose()
    if config.getoption("--coverage"):
        config.pluginmanager.register(code_coverage.Plugin(config))
    config.pluginmanager.register(reach.Reach())
    collecting.compile_share(config)
    hands_out = config.getoption("dist", "no") != "no"
    if not hands_out:
        config.pluginmanager.import_plugin("tests.fixtures")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also the tests marked `full`, and all on both databases")
    parser.addoption("--coverage", action="store_true", help="which lines and branches ran, and in which tests")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Garbage is looked for again once all is collected, also in the process that only hands tests out."""
    try:
        return (yield)
    finally:
        collecting.over()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which databases a test of the application runs on, unless it says so itself; others are not even collected."""
    if "backend" in metafunc.fixturenames and not _says_where(metafunc.definition):
        names = databases(
            metafunc.definition.path, metafunc.definition.originalname, metafunc.config.getoption("--all")
        )
        metafunc.parametrize("backend", names, indirect=True, scope="session")


def _says_where(test: pytest.Item) -> bool:
    """A test that names its databases itself."""
    return any("backend" in mark.args[0] for mark in test.iter_markers("parametrize"))


def _is_case_of_one_database(test: pytest.Item) -> bool:
    """A case of the full run, on PostgreSQL, of a test whose cases are no matter of the database."""
    spec = getattr(test, "callspec", None)
    if spec is None or spec.params.get("backend") != "postgres" or _says_where(test):
        return False
    full = any(mark.name == "full" for mark in spec.marks)
    return full and not cases_on_both(test.path, getattr(test, "originalname", test.name))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by what they use, and leave out what a run does not need."""
    items[:] = [item for item in items if not _is_case_of_one_database(item)]
    for item in items:
        used, params = set(getattr(item, "fixturenames", ())), getattr(getattr(item, "callspec", None), "params", {})
        if used & BROWSER_FIXTURES:
            item.add_marker("browser")
        if used & SERVICE_FIXTURES or "postgres" in (params.get("backend"), params.get("site")):
            item.add_marker("services")
        here = databases(item.path, getattr(item, "originalname", item.name), everything=False)
        if any(one in params.values() and one not in here for one in ("sqlite", "postgres")):
            item.add_marker("full")
    if not config.getoption("--all"):
        left_out = [item for item in items if item.get_closest_marker("full")]
        items[:] = [item for item in items if not item.get_closest_marker("full")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """All that was collected stays to the end: it is not looked through again for what could be thrown away."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # as gunicorn.conf.py has it for the server


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """pytest looks for garbage twice at its end: here a second of a processor in each process, for nothing."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Threads that end with the process have nowhere left to write to."""
    logging.raiseExceptions = False
    if config.stash.get(OPENED, False):
        run_folder.close_run()
