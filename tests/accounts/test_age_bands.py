"""Age bands: by birth year alone, read on the side that protects more; the kind of an account only lowers them."""

from datetime import UTC, datetime

import pytest

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.policy.accounts import band


def born(year: int, kind: str) -> User:
    return User(full_name="Thử", called_name="Thử", username="thu", kind=kind, birth_year=year)


@pytest.mark.parametrize("day", [(1, 1), (12, 31)])
@pytest.mark.parametrize(
    ("kind", "turns", "expected"),
    [
        ("child", 6, "up_to_10"), ("child", 10, "up_to_10"), ("child", 11, "up_to_10"), ("child", 12, "11_15"),
        ("child", 15, "11_15"), ("child", 16, "11_15"), ("child", 17, "11_15"), ("child", 18, "11_15"),
        ("child", 19, "adult"),
        ("youth", 16, "11_15"), ("youth", 17, "16_17"), ("youth", 18, "16_17"), ("youth", 19, "adult"),
        ("adult", 13, "11_15"), ("adult", 11, "up_to_10"), ("adult", 18, "16_17"), ("adult", 19, "adult"),
        ("adult", 60, "adult"),
    ],
)  # fmt: skip
def test_a_birth_year_is_read_the_same_on_the_first_and_on_the_last_day_of_the_year(
    kind: str, turns: int, expected: str, day: tuple[int, int]
) -> None:
    """`turns` is the age reached in this year; until the birthday it is one less, and that is what counts."""
    with clock.travel(datetime(2026, *day, 4, tzinfo=UTC)):
        person = born(2026 - turns, kind)
        assert person.band == expected
        assert person.is_minor == (expected != "adult")


def test_at_midnight_in_vietnam_the_year_changes_and_not_at_midnight_in_greenwich() -> None:
    with clock.travel(datetime(2026, 12, 31, 16, 59, tzinfo=UTC)):
        assert born(2014, "child").band == "11_15" and born(2015, "child").band == "up_to_10"
    with clock.travel(datetime(2026, 12, 31, 17, 1, tzinfo=UTC)):
        assert born(2015, "child").band == "11_15"


@pytest.mark.parametrize(("kind", "expected"), [("adult", "adult"), ("youth", "16_17"), ("child", "up_to_10")])
def test_without_a_birth_year_the_kind_alone_decides_on_the_side_that_protects(kind: str, expected: str) -> None:
    assert band(None, kind) == expected
