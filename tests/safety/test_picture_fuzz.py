"""Two thousand mutated pictures: each is drawn anew or refused, whatever it does inside."""

from tests.safety.pictures import MOST_MEMORY, feed, mutants


def test_two_thousand_mutants_are_drawn_anew_or_refused() -> None:
    fed = feed(mutants(2_000, seed=4))
    assert sum(fed.said.values()) == 2_000
    assert 200 < fed.clean < 1_800  # some of both, or the mutants try nothing
    assert fed.memory < MOST_MEMORY
    assert fed.said["died"] < 20
