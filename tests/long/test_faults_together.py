"""Everything breaks at once."""

import pytest

from tests.faults import burst

pytestmark = pytest.mark.long


def test_everything_breaks_at_once() -> None:
    burst.burst(40)
