"""The scenarios that this process offers: read from files when first asked for, then kept.

Rehearsals found by words of their titles and of what they are about; the bank is in memory, nothing is asked.
"""

import logging
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from tutoring.kernel import logs
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import contains_words, search_text
from tutoring.practice.content import load
from tutoring.practice.content.loader import Read
from tutoring.practice.engine.scenario import Scenario

log = logging.getLogger(__name__)
_folder = Path()


def configure(folder: Path) -> None:
    """Offer the scenarios of this folder, which is laid out like content/."""
    global _folder
    _folder = folder


def scenarios() -> dict[str, Scenario]:
    """Every scenario without a fault, by id, in the order in which they are best learned."""
    return {name: scenario for name, (scenario, _) in _read(_folder).items()}


def find_scenario(name: str) -> Scenario | None:
    """A scenario, or None."""
    found = _read(_folder).get(name)
    return found[0] if found else None


def scenario(name: str) -> Scenario:
    """A scenario; raises Missing."""
    found = find_scenario(name)
    if found is None:
        raise NotFound
    return found


def digest(name: str) -> str:
    """What tells one text of a scenario from another; empty when there is no such scenario."""
    found = _read(_folder).get(name)
    return found[1] if found else ""


def readings() -> tuple[Read, ...]:
    """Every file, with what is wrong in it and what is still to be looked up."""
    return _files(_folder)


def of_lesson(slug: str) -> list[Scenario]:
    """The scenarios that rehearse a lesson."""
    return [one for one in scenarios().values() if one.lesson == slug]


@cache
def _files(folder: Path) -> tuple[Read, ...]:
    return load(folder)


@cache
def _read(folder: Path) -> dict[str, tuple[Scenario, str]]:
    read = _files(folder)
    for fault in (fault for one in read for fault in one.faults):
        log.error("scenario: %s", logs.LogSafe(str(fault)))
    whole = [(one.scenario, one.digest) for one in read if one.scenario]
    return {one[0].id: one for one in sorted(whole, key=lambda pair: (pair[0].order, pair[0].id))}


MOST = 5


def find(looked_for: Sequence[str], language: str) -> list[Scenario]:
    """Rehearsals in which all these words stand; those with them in the title first."""
    if not looked_for:
        return []
    ranked = []
    for one in scenarios().values():
        about = one.summary.in_(language), one.based_on.procedure.vi
        title, whole = _rows(one.title.in_(language), one.title.vi, *about)
        if contains_words(whole, looked_for):
            ranked.append((not contains_words(title, looked_for), one.order, one.id, one))
    return [row[-1] for row in sorted(ranked, key=lambda row: row[:3])][:MOST]


@lru_cache(maxsize=1000)
def _rows(title: str, original: str, *more: str) -> tuple[str, str]:
    return search_text(f"{title} {original}"), search_text(" ".join((title, original, *more)))
