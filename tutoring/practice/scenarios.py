"""The scenarios that an application offers; a process reads each content folder once.

The search for scenarios runs in memory, without a query.
"""

import logging
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from tutoring.kernel import logs
from tutoring.kernel.content_folder import content_folder
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import contains_words, search_text
from tutoring.practice.content import load
from tutoring.practice.content.loader import ScenarioFile
from tutoring.practice.engine.scenario import Scenario

log = logging.getLogger(__name__)


def scenarios() -> dict[str, Scenario]:
    """Returns every scenario without a fault, by id, in the recommended order."""
    return {name: scenario for name, (scenario, _) in _read(content_folder()).items()}


def find_scenario(name: str) -> Scenario | None:
    """Returns a scenario, or None."""
    found = _read(content_folder()).get(name)
    return found[0] if found else None


def scenario(name: str) -> Scenario:
    """Returns a scenario; raises NotFound."""
    found = find_scenario(name)
    if found is None:
        raise NotFound
    return found


def digest(name: str) -> str:
    """Returns the digest of a scenario's text; empty for an unknown scenario."""
    found = _read(content_folder()).get(name)
    return found[1] if found else ""


def readings() -> tuple[ScenarioFile, ...]:
    """Returns every file with its faults and warnings."""
    return _files(content_folder())


def of_lesson(slug: str) -> list[Scenario]:
    """Returns the scenarios of a lesson."""
    return [one for one in scenarios().values() if one.lesson == slug]


@cache
def _files(folder: Path) -> tuple[ScenarioFile, ...]:
    return load(folder)


@cache
def _read(folder: Path) -> dict[str, tuple[Scenario, str]]:
    read = _files(folder)
    for fault in (fault for one in read for fault in one.faults):
        log.error("scenario: %s", logs.LogSafe(str(fault)))
    whole = [(one.scenario, one.digest) for one in read if one.scenario]
    return {one[0].id: one for one in sorted(whole, key=lambda pair: (pair[0].order, pair[0].id))}


MAX_SEARCH_HITS = 5


def find(looked_for: Sequence[str], language: str) -> list[Scenario]:
    """Returns scenarios that hold all these words; matches in the title come first."""
    if not looked_for:
        return []
    ranked = []
    for one in scenarios().values():
        about = one.summary.in_(language), one.based_on.procedure.vi
        title, whole = _rows(one.title.in_(language), one.title.vi, *about)
        if contains_words(whole, looked_for):
            ranked.append((not contains_words(title, looked_for), one.order, one.id, one))
    return [row[-1] for row in sorted(ranked, key=lambda row: row[:3])][:MAX_SEARCH_HITS]


@lru_cache(maxsize=1000)
def _rows(title: str, original: str, *more: str) -> tuple[str, str]:
    return search_text(f"{title} {original}"), search_text(" ".join((title, original, *more)))
