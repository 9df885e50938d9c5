"""Cases of tests: some of them in the quick run, and one rule held by many files as a test for each folder."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tutoring.config import ROOT


def some(*quick: Any, rest: Iterable[Any]) -> list[Any]:
    """Values for `parametrize`: those that run each time, and the rest with `dev.py test --all` only."""
    return [
        *quick,
        *(pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.full) for one in rest),
    ]


def each_of(files: Iterable[Path]) -> Callable[[Callable[[Any], None]], Callable[[str], None]]:
    """The test that follows takes one file; it is asked of all of them, and each that fails is named with its why.

    A test for each of thousands of files would take longer than what it looks at.
    """
    folders: dict[str, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent.relative_to(ROOT).as_posix(), []).append(file)

    def made(rule: Callable[[Any], None]) -> Callable[[str], None]:
        @pytest.mark.parametrize("folder", folders)
        def test(folder: str) -> None:
            faults = []
            for file in folders[folder]:
                try:
                    rule(file)
                except (AssertionError, SyntaxError, UnicodeError) as fault:
                    faults.append(f"{file.name}: {fault}")
            assert not faults, "\n".join([f"{len(faults)} of the files in {folder}", *faults])

        test.__name__, test.__qualname__, test.__module__ = rule.__name__, rule.__qualname__, rule.__module__
        return test

    return made
