"""A tenth of the mutated socket events of tests/long/test_socket_fuzz.py, always the same ones."""

from concurrent.futures import ThreadPoolExecutor

from tests import fuzzing


def test_mutated_events_write_nothing_reach_nobody_and_break_nothing() -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda seed: fuzzing.run("sockets", 10_000, seed), (4, 5)))
    said = [dict(one["answers"]) for one in found]
    assert sum(one["events"] for one in found) == 20_000
    assert all(one["missing"] > 1000 and one["invalid"] > 500 and one["ok"] > 500 for one in said)
