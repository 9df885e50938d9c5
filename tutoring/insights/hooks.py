"""Hook for sections of a unit's month: heading, sentences, optional table.

Sections appear on the page and in the report. app.py registers them, so that features below this one need not import
it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from tutoring.community.models import Unit


class Part(NamedTuple):
    """One section, in the reader's language.

    It holds no names, and nothing about fewer than ten residents.
    """

    title: str
    sentences: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


SectionData = tuple[str, Sequence[str], Sequence[str], Sequence[Sequence[str]]]
# The unit (None: the whole site), the month, the reader's roles there.
SectionProvider = Callable[[Unit | None, date, frozenset[str]], SectionData | None]

_parts: list[SectionProvider] = []


def add(facts: SectionProvider) -> None:
    """Registers a section for every unit's month; it may return None."""
    if facts not in _parts:
        _parts.append(facts)


def of(unit: Unit | None, month: date, held: frozenset[str]) -> list[Part]:
    """Returns the sections of this unit, or of the whole site, in order of registration."""
    return [Part(*told) for facts in _parts if (told := facts(unit, month, held)) is not None]
