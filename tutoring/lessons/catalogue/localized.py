"""Lessons, steps and paths in the one language they are shown in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tutoring.lessons.progress.option_order import Option, in_order


@dataclass(frozen=True)
class StepText:
    """A step in the language it is shown in.

    `fallback` is true when the requested language was not available.
    """

    lesson_slug: str
    number: int
    step_id: str
    lang: str
    fallback: bool
    title: str
    html: Markup
    blocks: list[dict[str, Any]]  # mistakes, checkpoints, sim, stuck: each with "type"
    part: str = ""  # the family member the step is for: "con", "ba-me", or "" for both
    sound: dict[str, Any] | None = None  # the step read aloud: {"url", "bytes"}, and "aac" for old phones
    learner: str = ""  # whose order of options is shown; "" is the order for all visitors and for rooms

    def block(self, kind: str) -> dict[str, Any] | None:
        """Returns the first block of a type, or None."""
        return next((block for block in self.blocks if block["type"] == kind), None)

    @property
    def checkpoints(self) -> list[dict[str, Any]]:
        return [block for block in self.blocks if block["type"] == "checkpoint"]

    def options(self, block: dict[str, Any]) -> Sequence[Option]:
        """Returns the options of a checkpoint in the order shown."""
        return in_order(block, f"{self.learner}:{self.lesson_slug}:{self.step_id}")

    def checkpoint(self, checkpoint_id: str) -> dict[str, Any] | None:
        """Returns a checkpoint by its permanent id, or None."""
        return next((block for block in self.checkpoints if block["id"] == checkpoint_id), None)

    @property
    def stuck(self) -> dict[str, Any] | None:
        """Returns what a help request from this step holds: {"ask", "topic", …}, or None."""
        return self.block("stuck")


@dataclass(frozen=True)
class LessonHead:
    """A lesson in a list."""

    slug: str
    title: str
    summary: str
    minutes: int
    steps: int
    version: int
    picture: str = ""


@dataclass(frozen=True)
class PathText:
    """A path with its lessons, in one language."""

    slug: str
    title: str
    summary: str
    lessons: list[LessonHead]
    for_staff: bool = False
    picture: str = ""
    hue: str = ""

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def after(self, slug: str) -> LessonHead | None:
        """Returns the lesson that follows this one, or None at the end of the path."""
        pairs = zip(self.lessons, self.lessons[1:], strict=False)
        return next((head for before, head in pairs if before.slug == slug), None)


@dataclass(frozen=True)
class Resume:
    """The step at which a learner continues a lesson."""

    slug: str
    title: str
    number: int
    steps: int
    picture: str = ""
    hue: str = ""
