"""Kept files: whole under random names, and never outside their folder."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.swapped import alone
from tutoring.kernel import file_storage


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    with alone(file_storage.FileStorage(tmp_path / "media")):
        yield tmp_path / "media"


def test_a_kept_file_is_read_by_its_name_until_it_is_dropped(root: Path) -> None:
    name, other = file_storage.save(b"one"), file_storage.save(b"one")
    assert name != other and len(name) == 32
    assert file_storage.read(name) == b"one"
    file_storage.delete([name, name])
    assert file_storage.read(name) is None and file_storage.read(other) == b"one"


def test_a_kept_file_is_for_the_server_alone(root: Path) -> None:
    name = file_storage.save(b"one")
    place = file_storage.path_of(name)
    assert place.parent.parent.parent == root
    assert place.stat().st_mode & 0o077 == 0 and place.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 31, "a" * 33, "A" * 32, "a" * 31 + "\n", "a" * 32 + "/"]
)
def test_what_is_no_name_of_ours_leads_nowhere(root: Path, name: str) -> None:
    with pytest.raises(ValueError):
        file_storage.path_of(name)


def test_a_full_disk_leaves_nothing_half_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        file_storage.save(b"one")
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_old_files_are_named_and_old_drafts_are_removed(root: Path) -> None:
    old, fresh = file_storage.save(b"old"), file_storage.save(b"fresh")
    draft = file_storage.path_of(old).with_name("new-abc")
    draft.write_bytes(b"half")
    for path in (file_storage.path_of(old), draft):
        os.utime(path, (time.time() - 900, time.time() - 900))
    assert [name for names in file_storage.older_than(600) for name in names] == [old]
    assert not draft.exists() and file_storage.read(fresh) == b"fresh"
