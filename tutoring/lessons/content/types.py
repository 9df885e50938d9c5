"""What a loaded folder of lessons consists of. Everything is frozen; mappings are by language code."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

SOURCE = "vi"


@dataclass(frozen=True, order=True)
class Fault:
    """Something an editor should mend. `code` names the rule, `say` tells in Vietnamese what to do."""

    file: str
    line: int
    code: str
    say: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.say}"


@dataclass(frozen=True)
class Medium:
    """A picture or recording. `alt` and `long` are by language; alt is empty for a decorative one."""

    id: str
    file: Path
    url: str
    alt: Mapping[str, str]
    long: Mapping[str, str]
    licence: str
    bytes: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class StepText:
    """A step in one language. `fallback` says that this is Vietnamese in place of the language asked for.

    `blocks` are ready for JSON, in the order of the page: {"type": "checkpoint", "mistakes", "stuck" or "sim", …}.
    `plain` is what a search may look through.
    """

    lang: str
    title: str
    html: str
    blocks: tuple[dict[str, Any], ...]
    plain: str
    fallback: bool = False


@dataclass(frozen=True)
class Sound:
    """A recording of a step."""

    url: str
    bytes: int


@dataclass(frozen=True)
class Step:
    """One step of a lesson; `position` counts from 1. A stale translation or recording is left out.

    `part` says whose step it is in a family: "con" the child's, "ba-me" the parent's, "" both's.
    """

    id: str
    position: int
    texts: Mapping[str, StepText]
    source_hash: str
    stale: frozenset[str] = frozenset()
    part: str = ""
    sounds: Mapping[str, Sound] = field(default_factory=dict)

    def text(self, lang: str) -> StepText:
        """The step in this language, or in Vietnamese marked as a fallback."""
        found = self.texts.get(lang)
        return found if found is not None else replace(self.texts[SOURCE], fallback=lang != SOURCE)


@dataclass(frozen=True)
class LessonText:
    """Title and summary of a lesson in one language."""

    title: str
    summary: str


@dataclass(frozen=True)
class Review:
    """Who else read the lesson (nobody yet when `by` is empty) and when it must be read again."""

    by: str
    on: dt.date | None
    every_days: int
    due: dt.date | None


@dataclass(frozen=True)
class Lesson:
    """A lesson without faults."""

    id: str
    version: int
    path: str
    order: int
    level: int
    minutes: int
    audience: tuple[str, ...]
    devices: tuple[str, ...]
    requires: tuple[str, ...]
    teaches: tuple[str, ...]
    aliases: tuple[str, ...]
    authors: tuple[str, ...]
    licence: str
    as_of: dt.date | None
    sources: tuple[dict[str, Any], ...]
    unverified: tuple[dict[str, Any], ...]
    review: Review
    texts: Mapping[str, LessonText]
    steps: tuple[Step, ...]
    media: tuple[Medium, ...]
    content_hash: str
    teach_back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quiz: tuple[dict[str, Any], ...] = ()  # its pool: {"id", "step", "kind", "prompt", "options"}


@dataclass(frozen=True)
class Place:
    """What of a lesson matters to the others: where it stands, and what comes before it."""

    id: str
    path: str
    order: int
    requires: tuple[str, ...]


@dataclass(frozen=True)
class LearningPath:
    """An ordered row of lessons; `texts` by language."""

    id: str
    order: int
    texts: Mapping[str, LessonText]


@dataclass(frozen=True)
class Skill:
    """What people learn and help with. `kns` is the digit of its KNS code; `names` by language."""

    id: str
    position: int
    kns: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class Bank:
    """Everything in the folder. Of `broken` lessons, which have faults, the last good version should stay."""

    paths: tuple[LearningPath, ...]
    lessons: tuple[Lesson, ...]
    skills: tuple[Skill, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, dict[str, Any]]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    broken: frozenset[str] = field(default_factory=frozenset)
