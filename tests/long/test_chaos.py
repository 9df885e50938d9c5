"""More than three thousand messages while workers are killed, the network is cut in the middle of sending, PostgreSQL
crashes and Redis dies, one after the other: what was acknowledged is there, once and in order, and every page has all.

People come through slow proxies that can be cut; their pages and the oracle are those of tests/faults.
"""

import time
from collections.abc import Callable

import pytest

from tests.faults.kills import held
from tests.faults.load_scenario import Evening, on_postgres, on_sqlite

TOTAL = 3240


def faults(evening: Evening) -> list[Callable[[], None]]:
    """What breaks, in turn."""
    postgres, redis = evening.postgres, evening.redis

    def cut(number: int) -> None:
        with evening.broken():
            evening.lines[number % len(evening.lines)].cut(1.0)

    def crashed() -> None:
        assert postgres is not None
        with evening.broken():
            postgres.stop("immediate")
            time.sleep(1)
            postgres.start()

    def died() -> None:
        assert redis is not None
        with evening.broken():
            redis.kill()
            time.sleep(1.5)
            redis.start()

    count = len(evening.site.ports)
    plan = [lambda: evening.kill_worker(0), lambda: cut(0), lambda: cut(1), lambda: evening.kill_worker(1 % count)]
    return (plan + ([crashed, died] if postgres is not None else [])) * 2


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def test_three_thousand_messages_come_to_everybody_once_and_in_order_whatever_breaks(kind: str) -> None:
    with on_sqlite(through_proxy=True) if kind == "sqlite" else on_postgres(through_proxy=True) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        plan = faults(evening)
        for fault in plan:
            evening.more(TOTAL // (len(plan) + 1))
            fault()
        evening.more(max(0, TOTAL - evening.count))
        found = held(evening, f"{len(plan)} faults in turn, {kind}")
        assert found.tries > found.acknowledged  # the faults were felt
