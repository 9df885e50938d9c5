"""PostgreSQL and Redis die, are emptied and stand still in the middle of an evening."""

import pytest

from tests.faults import services

pytestmark = pytest.mark.long


def test_postgres_crashes_ten_times() -> None:
    services.through_crashes_of_postgres(times=10, messages=2000)


def test_redis_dies_and_is_emptied_five_times() -> None:
    services.through_crashes_of_redis(times=5, messages=2000)


def test_a_last_word_is_seen_although_redis_was_away() -> None:
    services.unseen_while_redis_is_away()


def test_a_worker_stands_still() -> None:
    services.paused_worker(10)


def test_redis_stands_still() -> None:
    services.paused_redis(10)


def test_postgres_stands_still() -> None:
    services.paused_postgres(10)


def test_rates_hold_while_redis_is_away() -> None:
    services.rates_without_redis()
