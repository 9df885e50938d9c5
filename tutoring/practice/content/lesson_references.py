"""Checks the links from lessons to scenarios."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tutoring.lessons.content.types import SOURCE, Fault, LessonContent
from tutoring.practice.engine.scenario import Scenario


def faults(folder: Path, bank: LessonContent, scenarios: Mapping[str, Scenario]) -> Iterator[Fault]:
    """Yields the faults in the `sim` blocks of lessons without other faults."""
    for lesson in bank.lessons:
        for step in lesson.steps:
            for block in step.texts[SOURCE].blocks:
                if block["type"] == "sim" and (say := _wrong(block, lesson.id, scenarios)):
                    path = folder / "lessons" / lesson.id / "vi.md"
                    yield Fault(f"{folder.name}/lessons/{lesson.id}/vi.md", _line(path, block), "sim", say)


def _wrong(block: Mapping[str, Any], lesson: str, scenarios: Mapping[str, Scenario]) -> str:
    scenario = scenarios.get(block["scenario"])
    if scenario is None:
        return f"không có bài tập “{block['scenario']}” không lỗi trong content/scenarios/"
    if scenario.lesson != lesson:
        return f"bài tập “{scenario.id}” là của bài “{scenario.lesson}”"
    if block["goal"] not in scenario.goals:
        return f"bài tập “{scenario.id}” không có mục tiêu “{block['goal']}”"
    if block["start"] is not None and block["start"] not in scenario.screens:
        return f"bài tập “{scenario.id}” không có màn hình “{block['start']}”"
    return ""


def _line(path: Path, block: Mapping[str, Any]) -> int:
    wanted = f"scenario: {block['scenario']}"
    lines = path.read_text("utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip() == wanted), 1)
