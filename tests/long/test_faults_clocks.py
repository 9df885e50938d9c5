"""The clock of the machine is set."""

import pytest

from tests.faults import clocks

pytestmark = pytest.mark.long


def test_the_clock_jumps() -> None:
    clocks.jumping_clock(rest=35)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_nobody_is_shut_out_when_the_clock_goes_back(kind: str) -> None:
    clocks.limits_when_the_clock_goes_back(kind)
