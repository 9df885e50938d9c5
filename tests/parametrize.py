"""One rule held by many files, as a test for each folder: thousands of tests take longer than what they look at."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tutoring.config import ROOT


def each_of(files: Iterable[Path]) -> Callable[[Callable[[Any], None]], Callable[[str], None]]:
    """The test that follows takes one file; it is asked of all of them, and each that fails is named with its why."""
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
