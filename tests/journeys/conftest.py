"""Whole sites for journeys: one process on SQLite, and two on PostgreSQL with Redis."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.person import Person
from tests.servers import Site, running

HERE = Path(__file__).parent

# Of the quick run: the main jobs in a real browser, at their core. A journey holds that parts fit together; each rule
# on its way is held by tests of the feature, and tests/deploy/test_multi_worker_site.py holds that several processes
# make one site. The main job is done by keys here, and by touch on both databases in the full run.
QUICK = {
    "test_instant_help_keyboard.py", "test_parent_joins.py", "test_practice.py", "test_offline.py", "test_start.py",
    "test_room_layout.py",
}  # fmt: skip


# On PostgreSQL too, where the site is two processes: journeys of people who hear one another at once, the way in, and a
# clock that goes on. What the others ask of PostgreSQL is asked by the tests of their features, on both databases.
ON_BOTH = {
    "test_class_evening.py", "test_class_room.py", "test_disclosure.py", "test_held_picture.py", "test_instant_help.py",
    "test_instant_help_keyboard.py", "test_lesson_together.py", "test_marks.py", "test_messages.py",
    "test_parent_joins.py", "test_slow_network.py", "test_teacher_acts.py", "test_update_before_connect.py",
    "test_voice_note.py", "test_walk_in_queue.py", "test_weekly.py", "test_withdrawal.py",
}  # fmt: skip
assert all((HERE / name).is_file() for name in QUICK | ON_BOTH)  # else a renamed file would leave these runs


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    Person.quick = not config.getoption("--all")
    items[:] = [item for item in items if not _is_elsewhere(item)]
    for item in items:
        if item.path.parent == HERE and item.path.name not in QUICK:
            item.add_marker("full")


def _is_elsewhere(item: pytest.Item) -> bool:
    """A journey on PostgreSQL of a file that runs on SQLite alone."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    return item.path.parent == HERE and item.path.name not in ON_BOTH and "postgres" in params.values()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A prepared, running site with the demonstration community."""
    Person.pages_are_news = request.param == "sqlite"
    with running(request.param, request) as made:
        yield made
    Person.pages_are_news = True


@pytest.fixture
def phone(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """How a browser on a small phone presents itself."""
    return {key: value for key, value in browser_context_args.items() if key != "base_url"}
