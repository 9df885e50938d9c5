"""Fifty thousand random lists of events on the practice engine."""

import random
import time

import pytest

from tests.practice.fuzzing import check
from tutoring.config import ROOT
from tutoring.practice.content import load

LISTS = 50_000


@pytest.mark.long
def test_fifty_thousand_random_lists_never_break_the_engine() -> None:
    scenarios = [one.scenario for one in load(ROOT / "content") if one.scenario]
    started, taken, longest = time.monotonic(), 0, 0
    for n in range(LISTS):
        count = check(scenarios[n % len(scenarios)], random.Random(n), 60)
        taken, longest = taken + count, max(longest, count)
    spent = time.monotonic() - started
    print(f"\n{LISTS:,} lists on {len(scenarios)} scenarios, {taken:,} events taken, longest {longest}, {spent:.0f} s")
    assert taken > LISTS
