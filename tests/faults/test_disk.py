"""The disk is full for a moment."""

import pytest

from tests.faults import disk


@pytest.mark.full
def test_a_full_disk_under_sqlite() -> None:
    disk.full_under_sqlite(messages=30)
