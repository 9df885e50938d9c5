"""A day in the life of a few: whatever happens to workers, what was promised goes out, and nothing else.

The long one, with two hundred people on both databases and faults that the oracle has to find, is
tests/long/test_simulation.py.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.forked_processes import done
from tests.servers import Site


def lived(site: Site, people: int, hours: int, kills: int, seed: int, minutes: int, fault: str = "") -> dict[str, Any]:
    """What the oracle says of a life on this prepared site."""
    words = [str(one) for one in (people, hours, kills, seed, minutes, fault) if one != ""]
    env = {**site.env, "ORIGINS": "http://127.0.0.1:8000"}
    status, out, err = done("tests.simulation.run", *words, env=env, timeout=3000)
    assert status == 0, err[-3000:]
    return dict(json.loads(out.splitlines()[-1]))


def site_in_memory() -> Site:
    """On SQLite, its folder in memory where there is such a place: a process that is killed loses no file by that."""
    usual, memory = tempfile.tempdir, Path("/dev/shm")
    tempfile.tempdir = str(memory) if memory.is_dir() else usual
    try:
        return Site()
    finally:
        tempfile.tempdir = usual


@pytest.mark.full  # a simulation; test_deliveries.py and tests/kernel hold what becomes of work and of its workers
def test_four_hours_and_the_day_after_of_a_few_people_with_workers_killed_go_as_promised() -> None:
    with site_in_memory() as site:
        found = lived(site.prepare(), 24, 4, 3, 7, 20)
    figures = found["figures"]
    assert found["faults"] == []
    assert sum(figures["kills"].values()) == 3 and figures["kills"]["between sending and marking"] == 2
    assert figures["promised for sure"] > 50 and figures["arrived by mail"] > 10 and figures["arrived by push"] > 20
