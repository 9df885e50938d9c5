"""Everything at once: while one thing is not yet whole the next one breaks."""

import random
import threading
import time

import redis

from tests.faults.kills import held
from tests.faults.load_scenario import Evening, meanwhile, on_postgres
from tests.faults.oracle import Verdict


def burst(seconds: float, messages: int = 300) -> Verdict:
    """Workers are killed and paused, PostgreSQL crashes, Redis is killed, emptied and paused, lines of people, to the
    database and to Redis are cut and swallowed, in an order of chance, side by side."""
    random.seed(12)
    with on_postgres(3, through_proxy=True, far=True) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        with evening.broken():
            begun = evening.count
            happened = _break_everything(evening, seconds)
            during = evening.count - begun
        evening.more(messages)
        return held(
            evening, f"all of it together for {seconds:.0f} s", f"{happened} faults, {during} acknowledged meanwhile"
        )


def _break_everything(evening: Evening, seconds: float) -> int:
    over, happened = time.monotonic() + seconds, [0]
    lock = threading.Lock()

    def on_and_on(*faults: object) -> None:
        while time.monotonic() < over:
            Evening.lasts(random.uniform(0.5, 2.0))
            random.choice(faults)()  # type: ignore[operator]
            with lock:
                happened[0] += 1

    plans = [_workers(evening), _postgres(evening), _redis(evening), _lines(evening)]
    for thread in [meanwhile(lambda plan=plan: on_and_on(*plan)) for plan in plans]:  # type: ignore[misc]
        thread.join(seconds + 60)
        assert not thread.is_alive()
    return happened[0]


def _any(evening: Evening) -> int:
    return random.randrange(len(evening.site.ports))


def _workers(evening: Evening) -> list[object]:
    return [
        lambda: evening.kill_worker(_any(evening)),
        lambda: evening.pause(evening.workers(_any(evening)), 2),
    ]


def _postgres(evening: Evening) -> list[object]:
    def crash() -> None:
        assert evening.postgres is not None
        evening.postgres.stop("immediate")
        evening.postgres.start()

    return [crash, lambda: evening.pause(evening.of_postgres(), 1)]


def _redis(evening: Evening) -> list[object]:
    def die() -> None:
        assert evening.redis is not None
        evening.redis.kill()
        evening.lasts(0.5)
        evening.redis.start()

    def flush() -> None:
        assert evening.redis is not None
        redis.Redis.from_url(evening.redis.url).flushall()

    return [die, flush, lambda: evening.pause(evening.of_redis(), 1)]


def _lines(evening: Evening) -> list[object]:
    def late() -> None:
        line = evening.to_database[_any(evening)]
        line.delay_back = 0.5
        evening.lasts(2)
        line.delay_back = 0.0

    return [
        lambda: evening.lines[_any(evening)].cut(0.5),
        lambda: evening.to_database[_any(evening)].cut(0.5),
        lambda: evening.to_redis[_any(evening)].swallow(),
        late,
    ]
