"""Lines of people that are silent without a word."""

from tests.faults import slow


def test_people_whose_lines_are_half_open_come_back() -> None:
    slow.silent_people(30, messages=30)
