"""Lines of people that are silent without a word."""

import pytest

from tests.faults import slow


@pytest.mark.full
def test_people_whose_lines_are_half_open_come_back() -> None:
    slow.silent_people(messages=30)
