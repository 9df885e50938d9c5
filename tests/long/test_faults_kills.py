"""Twenty kills of a worker through three thousand messages."""

import pytest

from tests.faults import kills


@pytest.mark.long
@pytest.mark.parametrize("processes", [2, 3])
def test_killed_workers_lose_nothing_on_postgres(processes: int) -> None:
    kills.through_kills_on_postgres(processes, kills=20, messages=3000)


@pytest.mark.long
def test_a_killed_worker_loses_nothing_on_sqlite() -> None:
    kills.through_kills_on_sqlite(kills=20, messages=3000)
