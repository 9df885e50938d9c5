"""How much longer more of the same work takes: what a bound on hostile texts comes to, whatever else the machine does.

Only processor time of this thread is compared, and only with that of the same work on less: the fastest of some rounds
of each, in turn, since whoever shares a core is fast now and then.
"""

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
FEWEST, ROUNDS = 3, 20


def growth(work: Callable[[T], object], less: T, more: T, within: float) -> float:
    """How many times as long `work` takes for `more` as for `less`; measured again until it is within this bound.

    The first time anything is slow, which must not excuse `more`: less is measured a few times before it.
    """
    quickest, longest = min(_seconds(work, less) for _ in range(FEWEST)), float("inf")
    for _ in range(ROUNDS):
        longest = min(longest, _seconds(work, more))
        if longest < within * quickest:
            break
        quickest = min(quickest, _seconds(work, less))
    return longest / quickest


def _seconds(work: Callable[[T], object], given: T) -> float:
    begun = time.thread_time()
    work(given)
    return time.thread_time() - begun


def calls(work: Callable[[], object]) -> int:
    """How many calls of functions a work makes: the same on every machine."""
    counted, before = 0, sys.getprofile()

    def count(_frame: Any, event: str, _what: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted
