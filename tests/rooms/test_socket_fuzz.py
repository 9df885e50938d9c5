"""A part of the mutated socket events of tests/long/test_socket_fuzz.py, always the same ones."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import fuzzing


@pytest.mark.parametrize(
    ("events", "seeds"), [(500, (4,)), pytest.param(10_000, (4, 5), marks=pytest.mark.full)], ids=["some", "many"]
)
def test_mutated_events_write_nothing_reach_nobody_and_break_nothing(events: int, seeds: tuple[int, ...]) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda seed: fuzzing.run("sockets", events, seed), seeds))
    assert sum(one["events"] for one in found) == events * len(seeds)
    for one in found:
        said = dict(one["answers"])
        assert said["missing"] > events / 10 and min(said["invalid"], said["ok"]) > events / 20, said
