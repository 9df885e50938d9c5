"""Merges progress stored on a device into an account.

The device stored it without a sign-in or without a network. Every request may be repeated: answers are identified
by their ids, and progress only grows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson, LessonStep
from tutoring.lessons.progress import checkpoints
from tutoring.lessons.progress.commands import close, keep_ticks, progress_row
from tutoring.lessons.progress.models import Attempt, StepDone
from tutoring.lessons.progress.split_steps import step_now, with_split_steps

T = TypeVar("T")


@dataclass(frozen=True)
class OfflineProgress:
    """A learner's progress in a lesson on this device."""

    lesson: str
    version: int
    step: str  # the current step
    done: tuple[str, ...] = ()  # completed steps
    finished: bool = False
    taught: tuple[str, ...] = ()  # ticked lines of "dạy lại cho con"
    at: float = 0  # seconds since 1970, by the device's clock


@dataclass(frozen=True)
class OfflineAnswer:
    """One answer to a checkpoint on this device.

    `correct` is used only for typed answers, whose text is not stored.
    """

    id: str
    lesson: str
    version: int
    step: str
    checkpoint: str
    answer: tuple[str, ...] = ()
    correct: bool = False
    hints: int = 0
    at: float = 0


@command
def merge_device(
    user_id: int, walked: Sequence[OfflineProgress | None], answered: Sequence[OfflineAnswer | None]
) -> tuple[list[bool], list[bool]]:
    """Merges the items that belong to the current catalogue.

    Returns for each item, in its order, whether it is now in the account. Items that left the catalogue or could
    not be parsed (None) are skipped. An id that another user has used changes nothing, and gets the same answer as
    any other.
    """
    lessons = _lessons(one.lesson for one in (*walked, *answered) if one)
    steps = _steps(one.lesson for one in answered if one)
    kept: dict[int, bool] = {}
    # Process the lessons in a fixed order, so that two tabs cannot deadlock.
    for place, one in sorted(_there(walked), key=lambda pair: pair[1].lesson):
        found = lessons.get(one.lesson)
        kept[place] = found is not None and _walk(user_id, found, one)
    counted = {
        place: one.lesson in lessons and _answer(user_id, lessons[one.lesson], steps.get((one.lesson, one.step)), one)
        for place, one in sorted(_there(answered), key=lambda pair: pair[1].id)
    }
    return [kept.get(n, False) for n in range(len(walked))], [counted.get(n, False) for n in range(len(answered))]


def _there(items: Sequence[T | None]) -> list[tuple[int, T]]:
    return [(place, one) for place, one in enumerate(items) if one is not None]


def _lessons(slugs: Iterable[str]) -> dict[str, Lesson]:
    query = sa.select(Lesson).where(Lesson.slug.in_(set(slugs)), Lesson.retired_at.is_(None))
    return {row.slug: row for row in db.session.scalars(query)}


def _steps(slugs: Iterable[str]) -> dict[tuple[str, str], LessonStep]:
    query = sa.select(LessonStep).where(LessonStep.lesson_slug.in_(set(slugs)))
    return {(row.lesson_slug, row.step_id): row for row in db.session.scalars(query)}


def _walk(user_id: int, found: Lesson, one: OfflineProgress) -> bool:
    gone_through = with_split_steps(found.outline, one.done, one.version)
    done = {name: n for name in sorted(gone_through) if (n := found.number_of(name))}
    at = step_now(found.outline, one.step, one.done, one.version)
    here = found.number_of(at)
    furthest = max([here or 0, *done.values(), found.step_count if one.finished else 0])
    if not furthest:
        return False
    moment, version = clock.believed(one.at), min(one.version, found.version)
    step_id = at if here else found.outline[furthest - 1]["id"]
    row, new = progress_row(user_id, found, step_id, version=version, started_at=moment, updated_at=moment)
    if new or furthest > row.furthest:
        row.step_id, row.furthest = step_id, furthest
    row.version, row.updated_at = max(row.version, version), max(row.updated_at, moment)
    for name in done:
        insert_if_absent(StepDone, user_id=user_id, lesson_slug=found.slug, step_id=name, at=moment)
    if one.finished:
        close(row, version)
    keep_ticks(user_id, found, one.taught)
    return True


def _answer(user_id: int, found: Lesson, step: LessonStep | None, one: OfflineAnswer) -> bool:
    blocks = step.texts["vi"]["blocks"] if step else []
    block = next((b for b in blocks if b["type"] == "checkpoint" and b["id"] == one.checkpoint), None)
    if block is None:
        return False
    chosen = checkpoints.given(block, one.answer)
    typed = block["kind"] == "type"
    if not chosen and not typed:
        return False
    insert_if_absent(
        Attempt, id=one.id, user_id=user_id, lesson_slug=found.slug, version=min(one.version, found.version),
        step_id=one.step, checkpoint_id=one.checkpoint,
        correct=one.correct if typed else checkpoints.grade_answer(block, chosen).correct,
        answer=checkpoints.summary(block, chosen), hints_used=min(one.hints, len(block["hints"])),
        at=clock.believed(one.at),
    )  # fmt: skip
    return True
