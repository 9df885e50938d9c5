"""Workers are killed in the middle of what they do."""

from collections.abc import Sequence

from tests.faults.load_scenario import Evening, on_postgres, on_sqlite
from tests.faults.oracle import Figure, Verdict


def through_kills_on_postgres(processes: int, kills: int, messages: int) -> Verdict:
    with on_postgres(processes) as evening:
        return _kills(evening, f"SIGKILL of a worker, {kills} ×, {processes} workers on PostgreSQL", kills, messages)


def through_kills_on_sqlite(kills: int, messages: int) -> Verdict:
    with on_sqlite() as evening:
        return _kills(evening, f"SIGKILL of the worker, {kills} ×, SQLite", kills, messages)


def _kills(evening: Evening, what: str, kills: int, messages: int) -> Verdict:
    evening.come(rooms=3, members=4)
    evening.write()
    for number in range(kills):
        evening.more(messages // (kills + 1))
        evening.kill_worker(number % len(evening.site.ports))
    evening.more(max(messages - evening.count, messages // (kills + 1)))
    return held(evening, what)


def held(evening: Evening, what: str, more: str = "", figures: Sequence[Figure] = ()) -> Verdict:
    """End the evening, print its line, and fail when something is wrong. How long anything took is a figure, for
    `benchmarks/bench_faults.py` to hold against its goal."""
    found, crowded = evening.end(), evening.crowd.factor
    if crowded > 1.5:
        more = "; ".join(filter(None, [more, f"{crowded:.1f} programs for each processor"]))
    print("\n" + found.line(what, more), flush=True)
    assert found.wrong() == []
    found.figures += figures
    return found
