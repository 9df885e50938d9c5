"""Rehearsals found by words of their titles and of what they are about; the bank is in memory, nothing is asked."""

from collections.abc import Sequence
from functools import lru_cache

from tutoring.kernel.text import holds_words, row_of_words
from tutoring.practice import bank
from tutoring.practice.scenario import Scenario

MOST = 5


def find(looked_for: Sequence[str], language: str) -> list[Scenario]:
    """Rehearsals in which all these words stand; those with them in the title first."""
    if not looked_for:
        return []
    ranked = []
    for one in bank.scenarios().values():
        about = one.summary.in_(language), one.based_on.procedure.vi
        title, whole = _rows(one.title.in_(language), one.title.vi, *about)
        if holds_words(whole, looked_for):
            ranked.append((not holds_words(title, looked_for), one.order, one.id, one))
    return [row[-1] for row in sorted(ranked, key=lambda row: row[:3])][:MOST]


@lru_cache(maxsize=1000)
def _rows(title: str, original: str, *more: str) -> tuple[str, str]:
    return row_of_words(f"{title} {original}"), row_of_words(" ".join((title, original, *more)))
