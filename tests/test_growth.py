"""What `tests/growth.py` tells of a work: whether it grows with its square, and how many calls it makes."""

from tests.growth import calls, growth


def pairs(size: int) -> int:
    return sum(1 for _ in range(size) for _ in range(size))


def test_work_that_grows_with_its_square_is_told_from_work_that_does_not() -> None:
    assert growth(pairs, 100, 800, within=16) > 16
    assert growth(lambda size: sum(range(size)), 10_000, 80_000, within=16) < 16


def test_calls_are_counted() -> None:
    once = calls(lambda: abs(1))
    assert calls(lambda: (abs(1), abs(2), abs(3))) == once + 2
