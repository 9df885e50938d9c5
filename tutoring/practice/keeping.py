"""What a device needs in order to rehearse without a network: the scenario in one language, pages, files, words."""

from typing import Any

from tutoring.practice.scenario import Scenario

APART = {"schema_", "authors", "unverified", "walks", "order"}  # of no use on a device


def told(scenario: Scenario, language: str) -> dict[str, Any]:
    """The scenario as static/practice/simulator.js plays it."""
    found: dict[str, Any] = _said(
        scenario.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=APART), language
    )
    return found


def _said(part: Any, language: str) -> Any:
    """The same with each text in this language alone."""
    if isinstance(part, list):
        return [_said(one, language) for one in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"vi", "en"} and all(isinstance(one, str) for one in part.values()):
        return part[language]
    return {key: _said(one, language) for key, one in part.items()}
