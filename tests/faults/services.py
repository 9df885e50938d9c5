"""PostgreSQL and Redis are restarted, emptied and paused under the servers."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import redis

from tests.faults.kills import held
from tests.faults.load_scenario import Evening, on_postgres
from tests.faults.oracle import Verdict, plain


def through_crashes_of_postgres(times: int, messages: int, down: float = 1.0) -> Verdict:
    """The database crashes, as pg_ctl's "immediate" stop is, and is started again."""
    with on_postgres() as evening:
        assert evening.postgres is not None
        evening.come(rooms=3, members=4)
        evening.write()
        for _ in range(times):
            evening.more(messages // (times + 1))
            with evening.broken():
                evening.postgres.stop("immediate")
                evening.lasts(down)
                evening.postgres.start()
        evening.more(max(messages - evening.count, messages // (times + 1)))
        return held(evening, f"immediate restart of PostgreSQL, {times} ×")


def through_crashes_of_redis(times: int, messages: int, down: float = 1.5) -> Verdict:
    """Redis is emptied, dies and comes back empty; in between nobody notices."""
    with on_postgres() as evening:
        assert evening.redis is not None
        evening.come(rooms=3, members=4)
        evening.write()
        for _ in range(times):
            evening.more(messages // (2 * times + 1))
            with evening.broken():  # for no time at all
                redis.Redis.from_url(evening.redis.url).flushall()
            evening.more(messages // (2 * times + 1))
            with evening.broken():
                evening.redis.kill()
                evening.lasts(down)
                evening.redis.start()
        evening.more(max(messages - evening.count, messages // (2 * times + 1)))
        return held(evening, f"restart and flush of Redis, {times} ×")


def unseen_while_redis_is_away(down: float = 1.5) -> Verdict:
    """One message in each room while Redis is away, and then silence: no later message tells that one is missing."""
    with on_postgres() as evening:
        assert evening.redis is not None
        evening.come(rooms=3, members=4, pause=30)
        with evening.broken():
            evening.redis.kill()
            evening.write()
            evening.more(len(evening.pages))
            evening.write(False)
            evening.lasts(down)
            evening.redis.start()
        return held(evening, "Redis gone while a last word is said")


def while_paused(evening: Evening, what: str, pids: list[int], seconds: float, messages: int) -> Verdict:
    """Something stands still in the middle of its work, and goes on."""
    evening.write()
    evening.more(messages)
    evening.pause(pids, seconds)
    evening.more(messages)
    return held(evening, f"SIGSTOP of {what} for {seconds:.0f} s, then SIGCONT")


def paused_worker(seconds: float, messages: int = 300) -> Verdict:
    with on_postgres() as evening:
        evening.come(rooms=3, members=4)
        return while_paused(evening, "a worker", evening.workers(0), seconds, messages)


def paused_redis(seconds: float, messages: int = 300) -> Verdict:
    with on_postgres() as evening:
        evening.come(rooms=3, members=4)
        return while_paused(evening, "Redis", evening.of_redis(), seconds, messages)


def paused_postgres(seconds: float, messages: int = 300) -> Verdict:
    with on_postgres() as evening:
        evening.come(rooms=3, members=4)
        return while_paused(evening, "PostgreSQL", evening.of_postgres(), seconds, messages)


def rates_without_redis(tries: int = 20) -> None:
    """While Redis is away, writing is counted as ever by each process, and reports go through."""
    with on_postgres(1, LIMITS_SCALE="1") as evening:
        assert evening.redis is not None
        evening.come(rooms=1, members=2)
        evening.redis.kill()
        page = evening.pages[0]
        write = lambda _n: page.ask_http("post", client_id=str(uuid.uuid4()), text="xin chào")  # noqa: E731
        with ThreadPoolExecutor(tries) as hands:
            told = list(hands.map(write, range(tries)))
        passed = sum(answer["ok"] for answer in told)
        report = f"{evening.site.url()}/report/room/{page.person.room}"
        sent = [page.person.post(report, what="danger", words="thử") for _ in range(12)]
        refused = [answer for answer in told if not answer["ok"]]
        print(
            f"\nwithout Redis: {passed} of {tries} messages in one breath pass (8 in ten seconds may),"
            f" {sent.count(303)} of {len(sent)} cries for help",
            flush=True,
        )
        assert 0 < passed <= 9 and {answer["error"] for answer in refused} == {"too_many"}
        assert all(plain(answer["say"]) for answer in refused) and set(sent) == {303}
