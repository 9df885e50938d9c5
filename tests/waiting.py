"""Waiting for a state: a test asks until it holds. The end is generous, since a busy machine is slow, not wrong."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")
PAUSE = 0.02


def until(condition: Callable[[], T], what: str = "", seconds: float = 60) -> T:
    """The first true answer of `condition`; the test fails with `what` when there is none within `seconds`."""
    end = time.monotonic() + seconds
    while True:
        last = time.monotonic() > end  # asked once more after the end: the pause before may have been a long one
        if answer := condition():
            return answer
        if last:
            pytest.fail(f"not within {seconds:g} s: {what or 'what was waited for'}")
        time.sleep(PAUSE)
