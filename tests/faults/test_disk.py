"""The disk is full for a moment."""

from tests.faults import disk


def test_a_full_disk_under_sqlite() -> None:
    disk.full_under_sqlite(3, messages=30)
