"""Loads scenarios from files; errors are returned as faults with file and line."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.strict_yaml import YamlFault
from tutoring.lessons.content.types import Fault
from tutoring.lessons.content.validation_messages import problems
from tutoring.practice.content import lint, text_lint
from tutoring.practice.engine.scenario import Scenario


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario file: its scenario unless it has a fault, a digest of its text, and its faults."""

    path: Path
    scenario: Scenario | None
    digest: str
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def load(
    folder: Path, lessons: Collection[str] | None = None, skills: Collection[str] | None = None
) -> tuple[ScenarioFile, ...]:
    """Loads every scenario of a folder laid out like content/.

    Without `lessons` and `skills` references to them are not checked.
    """
    return tuple(load_file(path, lessons, skills) for path in sorted((folder / "scenarios").glob("*.yml")))


def load_file(
    path: Path, lessons: Collection[str] | None = None, skills: Collection[str] | None = None
) -> ScenarioFile:
    """Loads one file; never raises for its content."""
    notes = Diagnostics(f"{path.parent.parent.name}/scenarios/{path.name}")
    text = notes.text(path)
    scenario = None if text is None else _parse(text, path.stem, notes, lessons, skills)
    digest = sha256((text or "").encode()).hexdigest()[:16]
    return ScenarioFile(path, None if notes.faults else scenario, digest, tuple(sorted(set(notes.faults))),
                tuple(sorted(set(notes.warnings))))  # fmt: skip


def _parse(
    text: str, name: str, notes: Diagnostics, lessons: Collection[str] | None, skills: Collection[str] | None
) -> Scenario | None:
    try:
        parsed = strict_yaml.parse(text)
    except YamlFault as error:
        notes.fault(error.line, "yaml", error.say)
        return None
    try:
        scenario = Scenario.model_validate(parsed.data)
    except ValidationError as error:
        for line, code, say in problems(error, parsed):
            notes.fault(line, code, say)
        return None
    if scenario.id != name:
        notes.fault(parsed.line(("id",)), "id", f"id “{scenario.id}” phải trùng tên tệp “{name}”")
    for path, code, say in lint.faults(scenario, lessons, skills):
        notes.fault(parsed.line(path), code, say)
    for path, code, say, bad in text_lint.complaints(scenario):
        (notes.fault if bad else notes.warn)(parsed.line(path), code, say)
    if not notes.faults:  # the next checks play the scenario and need it without faults
        for path, code, say in lint.played(scenario):
            notes.fault(parsed.line(path), code, say)
        for path, code, say in lint.unchecked(scenario):
            notes.warn(parsed.line(path), code, say)
    return scenario
