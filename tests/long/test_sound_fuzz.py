"""Twenty thousand mutated sounds, new ones every day."""

import pytest

from tests.safety.test_sound_fuzz import MOST_MEMORY, fed
from tutoring.kernel import clock


@pytest.mark.long
def test_twenty_thousand_mutants_are_encoded_anew_or_refused() -> None:
    seed = clock.today().toordinal()
    found = fed(20_000, seed)
    said = ", ".join(f"{count} {word}" for word, count in sorted(found.said.items()))
    print(f"\n20000 mutants of seed {seed}: {said}; at most {found.memory // 1024} MB, {found.slowest:.1f} s for one")
    assert sum(found.said.values()) == 20_000
    assert found.memory < MOST_MEMORY
