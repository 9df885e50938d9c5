"""Twenty thousand mutated pictures, new ones every day."""

import pytest

from tests.safety.pictures import MOST_MEMORY, feed, mutants
from tutoring.kernel import clock


@pytest.mark.long
def test_twenty_thousand_mutants_are_drawn_anew_or_refused() -> None:
    seed = clock.today().toordinal()
    fed = feed(mutants(20_000, seed, huge=0.02))
    said = ", ".join(f"{count} {word}" for word, count in sorted(fed.said.items()))
    print(f"\n20000 mutants of seed {seed}: {said}; at most {fed.memory // 1024} MB, {fed.slowest:.1f} s for one")
    assert sum(fed.said.values()) == 20_000
    assert fed.memory < MOST_MEMORY
