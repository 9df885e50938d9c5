"""Commands of a learner in a lesson: reach a step, continue, answer, finish.

Also stores the ticks of a parent in the "dạy lại cho con" list of a lesson.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import lesson, step
from tutoring.lessons.events import LessonFinished
from tutoring.lessons.progress import checkpoints
from tutoring.lessons.progress.models import Attempt, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.progress.queries import teach_back

MAX_STEP_TIME = timedelta(minutes=5)  # a page left open over lunch must not count as an hour of learning


def progress_row(user_id: int, found: Lesson, step_id: str, **first: Any) -> tuple[LessonProgress, bool]:
    """Returns the user's locked row for this lesson, and whether it is new.

    `first` are values of a new row.
    """
    values = {"version": found.version, **first}
    new = insert_if_absent(LessonProgress, user_id=user_id, lesson_slug=found.slug, step_id=step_id, **values)
    query = (
        sa.select(LessonProgress)
        .where(LessonProgress.user_id == user_id, LessonProgress.lesson_slug == found.slug)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one(), new


def close(row: LessonProgress, version: int) -> None:
    """Marks this version of the lesson as finished; publishes LessonFinished once."""
    row.finished_version = max(version, row.finished_version or 0)
    if row.state != "finished":
        row.state, row.finished_at = "finished", clock.now()
        publish(LessonFinished(row.user_id, row.lesson_slug))


def _touch(row: LessonProgress, version: int) -> None:
    moment = clock.now()
    row.seconds += int(max(timedelta(0), min(moment - row.updated_at, MAX_STEP_TIME)).total_seconds())
    row.updated_at, row.version = moment, version


@command
def reach_step(user_id: int, lesson_slug: str, number: int) -> LessonProgress:
    """Moves the user to this step of the lesson; raises NotFound for an unknown step.

    Moving forward marks the previous step as done. Progress is never undone.
    """
    found = lesson(lesson_slug)
    step_id = found.step_id(number)
    if step_id is None:
        raise NotFound
    row, _new = progress_row(user_id, found, step_id)
    left = found.number_of(row.step_id)
    if left is not None and left < number:
        insert_if_absent(StepDone, user_id=user_id, lesson_slug=lesson_slug, step_id=row.step_id)
    _touch(row, found.version)
    row.step_id, row.furthest = step_id, max(row.furthest, number)
    return row


@command
def tick_step(user_id: int, lesson_slug: str, number: int) -> None:
    """Moves the user to this step and marks it as done."""
    row = reach_step(user_id, lesson_slug, number)
    insert_if_absent(StepDone, user_id=user_id, lesson_slug=lesson_slug, step_id=row.step_id)


@command
def finish_lesson(user_id: int, lesson_slug: str) -> LessonProgress:
    """Finishes the lesson. Finishing again after an update stores the new version."""
    found = lesson(lesson_slug)
    row = reach_step(user_id, lesson_slug, found.step_count)
    insert_if_absent(StepDone, user_id=user_id, lesson_slug=lesson_slug, step_id=row.step_id)
    close(row, found.version)
    return row


@command
def advance_step(user_id: int, lesson_slug: str, number: int) -> bool:
    """Moves the user to the next step; finishes the lesson and returns False after the last one."""
    if number >= lesson(lesson_slug).step_count:
        finish_lesson(user_id, lesson_slug)
        return False
    reach_step(user_id, lesson_slug, number)
    reach_step(user_id, lesson_slug, number + 1)
    return True


@command
def record_attempt(
    user_id: int, attempt_id: str, lesson_slug: str, number: int, checkpoint_id: str, answer: Sequence[str],
    hints_used: int = 0,
) -> checkpoints.Verdict:  # fmt: skip
    """Stores one answer to a checkpoint and returns its grade. A repeated id is stored once."""
    return keep_attempt(user_id, attempt_id, lesson_slug, number, checkpoint_id, answer, hints_used)[0]


@command
def keep_attempt(
    user_id: int, attempt_id: str, lesson_slug: str, number: int, checkpoint_id: str, answer: Sequence[str],
    hints_used: int = 0,
) -> tuple[checkpoints.Verdict, bool]:  # fmt: skip
    """Does the same as `record_attempt`, and also returns whether the answer is new."""
    found, text = lesson(lesson_slug), step(lesson_slug, number, "vi")
    block = text.checkpoint(checkpoint_id)
    if block is None:
        raise NotFound
    chosen = checkpoints.given(block, answer)
    if not chosen:
        raise InvalidInput(N_("Hãy chọn một câu trả lời trước."), field=checkpoint_id, code="empty")
    verdict = checkpoints.grade_answer(block, chosen)
    new = insert_if_absent(
        Attempt, id=_attempt_id(attempt_id), user_id=user_id, lesson_slug=lesson_slug, version=found.version,
        step_id=text.step_id, checkpoint_id=checkpoint_id, correct=verdict.correct,
        answer=checkpoints.summary(block, chosen), hints_used=max(0, min(hints_used, len(block["hints"]))),
    )  # fmt: skip
    return verdict, new


def _attempt_id(typed: str) -> str:
    try:
        return str(uuid.UUID(typed))
    except ValueError:
        raise InvalidInput from None


@command
def tick_taught(user_id: int, lesson_slug: str, lines: Collection[str]) -> None:
    """Stores exactly these lines of the list as ticked; unknown lines are ignored."""
    found = lesson(lesson_slug)
    known = set(teach_back(found, "vi"))
    keep_ticks(user_id, found, lines)
    db.session.execute(
        sa.delete(TaughtBack).where(
            TaughtBack.user_id == user_id,
            TaughtBack.lesson_slug == lesson_slug,
            TaughtBack.line.in_(known - set(lines)),
        )
    )


def keep_ticks(user_id: int, found: Lesson, lines: Collection[str]) -> None:
    """Adds ticks to the existing ones."""
    for line in sorted(set(teach_back(found, "vi")) & set(lines)):
        insert_if_absent(TaughtBack, user_id=user_id, lesson_slug=found.slug, line=line)
