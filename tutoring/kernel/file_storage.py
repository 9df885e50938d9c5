"""Uploaded files outside the database: random names in folders that no web server serves."""

import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tutoring.kernel import services

_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class FileStorage:
    """The root folder of an application's files; every server process of a site needs the same one."""

    root: Path


def path_of(name: str) -> Path:
    """Returns the path of a file; raises ValueError for a name that is not one of ours."""
    if not _NAME.fullmatch(name):
        raise ValueError("not a name of a kept file")
    return services.current(FileStorage).root / name[:2] / name[2:4] / name


def save(data: bytes) -> str:
    """Writes a file under a new name of 128 random bits and returns the name.

    The file is complete on disk before the name is known.
    """
    return keep_written(lambda file: file.write(data))


def keep_written(write: Callable[[BinaryIO], object]) -> str:
    """Like `save`, for data too large for memory: `write` writes it into the open file."""
    name = secrets.token_hex(16)
    place = path_of(name)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix="new-")  # created readable for the owner only
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return name


def read(name: str) -> bytes | None:
    """Returns the content of a file, or None when it no longer exists."""
    try:
        return path_of(name).read_bytes()
    except FileNotFoundError:
        return None


def delete(names: Iterable[str]) -> None:
    """Deletes files; missing files are ignored."""
    for name in names:
        path_of(name).unlink(missing_ok=True)


def older_than(seconds: float) -> Iterator[list[str]]:
    """Yields names of files older than this, folder by folder; deletes abandoned drafts."""
    before = time.time() - seconds
    for folder in sorted(services.current(FileStorage).root.glob("??/??")):
        names = []
        for file in folder.iterdir():
            if not _written_before(file, before):
                continue
            if _NAME.fullmatch(file.name):
                names.append(file.name)
            else:
                file.unlink(missing_ok=True)
        if names:
            yield names


def _written_before(file: Path, moment: float) -> bool:
    try:
        return file.stat().st_mtime < moment
    except FileNotFoundError:  # another process has just removed it
        return False
