"""Rates while Redis is gone or hangs: counted by each process for itself, and nobody waits for it."""

import signal
import time
from collections.abc import Callable, Iterator

import pytest
import redis as library
from flask import Flask
from flask.testing import FlaskClient

from tests.backing_services import PrivateRedis, private_redis_server
from tests.swapped import alone, swapped
from tests.waiting import until
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import RateLimited
from tutoring.kernel.rate_limits import RateLimits

pytestmark = pytest.mark.services
MOST = 5  # of "sign_in_account"


@pytest.fixture
def redis() -> Iterator[PrivateRedis]:
    with private_redis_server() as server:
        yield server


@pytest.fixture
def limits(redis: PrivateRedis) -> Iterator[RateLimits]:
    found = RateLimits(redis.url, 1, "test-without")
    with alone(found):
        yield found


def hits(key: str) -> int:
    """How often somebody gets through."""
    for number in range(100):
        try:
            rate_limits.hit("sign_in_account", key)
        except RateLimited:
            return number
    return 100


@pytest.fixture
def asked(limits: RateLimits, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Redis is asked to count. One question waits for as long as the client is patient, so their number is what
    people wait."""
    questions: list[str] = []
    of = rate_limits._Counting.of

    def ask(counting: rate_limits._Counting, name: str) -> object:
        if counting is limits.common:
            questions.append(name)
        return of(counting, name)

    monkeypatch.setattr(rate_limits._Counting, "of", ask)
    return questions


def test_a_redis_that_is_gone_lets_nobody_through_without_counting(
    redis: PrivateRedis, limits: RateLimits, asked: list[str]
) -> None:
    assert hits("lan") == MOST
    redis.kill()
    asked.clear()
    assert hits("lan") == MOST  # from the beginning, but counted
    assert len(asked) == 1
    redis.start()
    until(limits.answers.is_set, "Redis is asked again")
    assert hits("lan") == MOST  # a new Redis knows nothing of the old one
    assert hits("lan") == 0


def test_pages_go_on_while_redis_is_gone(app: Flask, as_: Callable[[str], FlaskClient], redis: PrivateRedis) -> None:
    minh, limits = as_("minh"), RateLimits(redis.url, 1, "test-without")
    redis.kill()
    with swapped(app, rate_limits=limits):
        assert minh.get("/account").status_code == 200
    assert not limits.answers.is_set()


def test_a_redis_that_hangs_holds_one_act_for_half_a_second_and_then_none(
    redis: PrivateRedis, limits: RateLimits, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    assert redis.process is not None
    rate_limits.hit("sign_in_account", "minh")
    redis.process.send_signal(signal.SIGSTOP)
    asked.clear()
    waits: list[float] = []
    read = library.connection.Connection.read_response

    def reads(connection: library.connection.AbstractConnection, *how: object, **more: object) -> object:
        waits.append(connection.socket_timeout)
        return read(connection, *how, **more)

    with monkeypatch.context() as watched:
        watched.setattr(library.connection.AbstractConnection, "read_response", reads)
        rate_limits.hit("sign_in_account", "minh")
    assert len(asked) == 1 and sum(waits) <= 0.5, waits  # seconds that it would have had to answer
    with monkeypatch.context() as while_it_hangs:
        while_it_hangs.setattr(limits.common, "of", lambda name: pytest.fail("Redis is asked, and waited for"))
        assert hits("minh") == MOST - 1
    redis.process.send_signal(signal.SIGCONT)
    until(limits.answers.is_set, "Redis is asked again")
    with pytest.raises(RateLimited):
        for _ in range(MOST):
            rate_limits.hit("sign_in_account", "minh")  # what was counted before counts still


@pytest.mark.parametrize("shared", [False, True])
def test_many_are_counted_at_once_as_one_by_one(redis: PrivateRedis, shared: bool) -> None:
    url = redis.url if shared else None
    for name in ("post", "post_new"):
        keys = ["an", "minh", "an", *["an"] * 4, "khoa", *["minh"] * 9]
        with alone(RateLimits(url, 1, f"test-each-{name}")):
            at_once = [refusal is None for refusal in rate_limits.hit_each(name, keys)]
        one_by_one = []
        with alone(RateLimits(url, 1, f"test-one-{name}")):
            for key in keys:
                try:
                    rate_limits.hit(name, key)
                    one_by_one.append(True)
                except RateLimited:
                    one_by_one.append(False)
        assert at_once == one_by_one and not all(at_once)
    with alone(RateLimits(url, 1, "test-each")):
        assert rate_limits.hit_each("post", []) == []
        redis.kill()
        assert rate_limits.hit_each("post", ["an"]) == [None]


@pytest.mark.parametrize("shared", [False, True])
def test_nobody_is_shut_out_for_the_time_by_which_the_clock_is_set_back(
    redis: PrivateRedis, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alone(RateLimits(redis.url if shared else None, 1, "test-back")):
        assert hits("lan") == MOST and hits("lan") == 0
        here = time.time
        monkeypatch.setattr(time, "time", lambda: here() - 3)  # only kept right
        assert hits("lan") == 0
        monkeypatch.setattr(time, "time", lambda: here() - 3600)
        assert hits("lan") == MOST and hits("lan") == 0
        monkeypatch.setattr(time, "time", here)
        assert hits("lan") == MOST  # its row of wrong passphrases is an hour old
