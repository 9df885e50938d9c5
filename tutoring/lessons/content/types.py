"""The types of a loaded folder of lessons. All are frozen; mappings are by language code."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

SOURCE = "vi"
SOURCE_FILE = "vi.md"  # of a lesson
QUIZ_FILE = "quiz.yml"  # of a lesson
FileKey = tuple[str, str]  # slug of a lesson, name of its file


@dataclass(frozen=True, order=True)
class Fault:
    """A fault that an editor should fix.

    `code` names the rule; `say` says in Vietnamese what to do.
    """

    file: str
    line: int
    code: str
    say: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.say}"

    def is_in(self, file: str) -> bool:
        """Returns whether it is in this file of a lesson, as vi.md."""
        return self.file.endswith(f"/{file}")


@dataclass(frozen=True)
class Medium:
    """A picture or recording. `alt` and `long` are by language; `alt` is empty for decoration."""

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
    """A step in one language. `fallback`: Vietnamese text in place of the requested language.

    `blocks` are ready for JSON, in the order of the page: {"type": "checkpoint", "mistakes", "stuck" or "sim", …}.
    `plain` is the text for the search.
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
    """One step of a lesson; `position` counts from 1.

    Stale translations and recordings are omitted. `part` is the family member the step is for: "con" the child,
    "ba-me" the parent, "" both. `origin` is the step that this one was split from, or "".
    """

    id: str
    position: int
    texts: Mapping[str, StepText]
    source_hash: str
    stale: frozenset[str] = frozenset()
    part: str = ""
    sounds: Mapping[str, Sound] = field(default_factory=dict)
    origin: str = ""

    def text(self, lang: str) -> StepText:
        """Returns the step in this language, or in Vietnamese marked as a fallback."""
        found = self.texts.get(lang)
        return found if found is not None else replace(self.texts[SOURCE], fallback=lang != SOURCE)


@dataclass(frozen=True)
class LessonText:
    """Title and summary of a lesson in one language."""

    title: str
    summary: str


@dataclass(frozen=True)
class Review:
    """The second reader of a lesson and the date of its next review.

    While `by` is empty, no second person has read it.
    """

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
    quiz: tuple[dict[str, Any], ...] = ()  # {"id", "step", "kind", "prompt", "options", "translations"}
    picture: str = ""


@dataclass(frozen=True)
class Place:
    """The facts about a lesson that others need: its position and the lessons it requires."""

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
    picture: str = ""
    hue: str = ""


@dataclass(frozen=True)
class Skill:
    """A topic that people learn and help with.

    `kns` is the digit of its KNS code; `names` are by language.
    """

    id: str
    position: int
    kns: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """A school subject and the grades that have it; `names` are by language."""

    id: str
    grades: range
    names: Mapping[str, str]


@dataclass(frozen=True)
class LessonContent:
    """Everything in the folder.

    `broken` are the ids of lessons with faults; the database should keep their last good version.
    """

    paths: tuple[LearningPath, ...]
    lessons: tuple[Lesson, ...]
    skills: tuple[Skill, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, dict[str, Any]]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    broken: frozenset[str] = field(default_factory=frozenset)
    subjects: tuple[Subject, ...] = ()
