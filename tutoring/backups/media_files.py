"""The folder of users' files: walked by a backup, filled beside the live one by a restore."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"[0-9a-f]{32}")
_FOLDER = re.compile(r"[0-9a-f]{2}")
DRAFT, ASIDE = ".restoring", ".before-restore"


def _in_order(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if pattern.fullmatch(name))
    except FileNotFoundError:
        return []


def folders(root: Path) -> list[str]:
    """Lists the folders of stored files, without drafts and what a restore set aside."""
    return _in_order(root, _FOLDER)


def walk(root: Path) -> Iterator[tuple[str, int, BinaryIO]]:
    """Yields every complete file: name, size, open file.

    A file deleted meanwhile is skipped if it is not open yet; an open one is read to its end. Files never change, so an
    open file is complete.
    """
    for first in folders(root):
        for second in _in_order(root / first, _FOLDER):
            for name in _in_order(root / first / second, _NAME):
                try:
                    file = (root / first / second / name).open("rb")
                except FileNotFoundError:
                    continue
                with closing(file):
                    yield name, os.fstat(file.fileno()).st_size, file


def total(root: Path) -> int:
    """Returns the approximate total size in bytes."""
    return sum(size for _name, size, _file in walk(root))


def place(root: Path, name: str) -> Path:
    """Returns the path of a file below a folder; the caller has checked the name."""
    assert _NAME.fullmatch(name)
    return root / name[:2] / name[2:4] / name


def any_file(root: Path) -> bool:
    return next(walk(root), None) is not None


def move_folders(source: Path, target: Path) -> None:
    """Moves folder by folder within one disk: the root itself may be a mount point."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in folders(source):
        os.rename(source / name, target / name)
