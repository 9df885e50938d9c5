"""The folder of people's files as a backup walks it, and as a restore fills it beside the one in use."""

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
    """The folders of kept files; drafts and what a restore set aside are none."""
    return _in_order(root, _FOLDER)


def walk(root: Path) -> Iterator[tuple[str, int, BinaryIO]]:
    """Every file that is whole: name, size, open. One that is removed meanwhile is passed over when it is gone already,
    and read to its end when it is open; files never change, so what is open is whole."""
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
    """How many bytes they are, about."""
    return sum(size for _name, size, _file in walk(root))


def place(root: Path, name: str) -> Path:
    """Where a file of this name goes under a folder; the name is checked by whoever read it."""
    assert _NAME.fullmatch(name)
    return root / name[:2] / name[2:4] / name


def any_file(root: Path) -> bool:
    return next(walk(root), None) is not None


def move_folders(source: Path, target: Path) -> None:
    """Folder by folder within one disk: the root itself may be where a disk is mounted."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in folders(source):
        os.rename(source / name, target / name)
