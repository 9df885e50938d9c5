"""What takes seconds to compute and comes out the same in every process of the tests: it is computed once and kept.

It lies where Python keeps what it compiles, under the digest of all it can depend on: the program, the content and the
place where they lie. Whatever of these changes, it is computed anew.
"""

import contextlib
import fcntl
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).parent / "__pycache__"


@cache
def digest() -> str:
    """One word for everything that a result can depend on."""
    files = [*ROOT.glob("requirements*.txt"), *(ROOT / "tutoring").rglob("*.py"), *(ROOT / "content").rglob("*")]
    return _digest(f"{ROOT} {sys.version}", files)


def _digest(begun: str, files: Iterable[Path]) -> str:
    told = blake2b(begun.encode(), digest_size=16)
    for file in sorted(files):
        if file.is_file():
            told.update(f"\0{file}\0".encode())
            told.update(file.read_bytes())
    return told.hexdigest()


def kept(name: str, compute: Callable[[], T], more: Iterable[Path] = ()) -> T:
    """What `compute` returns, from an earlier process if there was one. Nothing but data may come of it.

    `more`: further files on which it depends.
    """
    if sys.dont_write_bytecode:
        return compute()
    file = FOLDER / f"{name}-{_digest(digest(), more)}.pickle"
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # else each process of a run would compute it
        return _found(file, name, compute)


def _found(file: Path, name: str, compute: Callable[[], T]) -> T:
    with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
        return pickle.loads(file.read_bytes())  # type: ignore[no-any-return]
    made = compute()
    for older in FOLDER.glob(f"{name}-*.pickle"):
        older.unlink(missing_ok=True)
    # Written beside and then moved: another process never reads half of it.
    half = file.with_suffix(f".{os.getpid()}")
    half.write_bytes(pickle.dumps(made))
    half.replace(file)
    return made
