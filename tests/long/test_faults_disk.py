"""The disk is full for a while."""

import pytest

from tests.faults import disk

pytestmark = pytest.mark.long


def test_a_full_disk_under_sqlite() -> None:
    disk.full_under_sqlite(10)


def test_a_full_disk_under_postgres() -> None:
    disk.full_under_postgres(10)
