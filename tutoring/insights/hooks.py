"""What other features say in a unit's month: a heading, sentences and perhaps a table, on the page and in the report.

They are filled in from app.py, so that features below this one need not know of it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from tutoring.community.models import Unit


class Part(NamedTuple):
    """One part; all texts in the reader's language, no names, and nothing of fewer than ten residents."""

    title: str
    sentences: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


Told = tuple[str, Sequence[str], Sequence[str], Sequence[Sequence[str]]]
# The unit (None: the whole site), the month, what the reader holds there.
SectionProvider = Callable[[Unit | None, date, frozenset[str]], Told | None]

_parts: list[SectionProvider] = []


def add(facts: SectionProvider) -> None:
    """Let this be told of every unit's month, unless it gives None."""
    if facts not in _parts:
        _parts.append(facts)


def of(unit: Unit | None, month: date, held: frozenset[str]) -> list[Part]:
    """What there is to tell of this unit, or of the whole site, in the order in which it was added."""
    return [Part(*told) for facts in _parts if (told := facts(unit, month, held)) is not None]
