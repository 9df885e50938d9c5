"""Mutated pictures: each is drawn anew or refused, whatever it does inside."""

import pytest

from tests.safety.pictures import MOST_MEMORY, feed, mutants


@pytest.mark.parametrize("count", [120, pytest.param(2_000, marks=pytest.mark.full)])
def test_mutants_are_drawn_anew_or_refused(count: int) -> None:
    fed = feed(mutants(count, seed=4))
    assert sum(fed.said.values()) == count
    assert count // 10 < fed.clean < count * 9 // 10  # some of both, or the mutants try nothing
    assert fed.memory < MOST_MEMORY
    assert fed.said["died"] < count // 100
