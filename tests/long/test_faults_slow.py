"""A slow database, and lines that have died without a word."""

import pytest

from tests.faults import slow

pytestmark = pytest.mark.long


def test_a_slow_database() -> None:
    slow.slow_database(30)


def test_half_open_lines_of_people() -> None:
    slow.silent_people()


def test_half_open_lines_to_postgres() -> None:
    slow.silent_database(15)


def test_half_open_lines_to_redis() -> None:
    slow.silent_redis(20)
