"""Two hundred thousand mutated socket events, new ones every day, in two processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import fuzzing
from tutoring.kernel import clock


@pytest.mark.long
def test_two_hundred_thousand_events_write_nothing_reach_nobody_and_break_nothing() -> None:
    seed = clock.today().toordinal()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: fuzzing.run("sockets", 25_000, one), range(seed * 8, seed * 8 + 8)))
    assert sum(one["events"] for one in found) == 200_000
