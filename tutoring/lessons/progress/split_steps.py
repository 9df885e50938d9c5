"""Carries progress over to the steps that an update of a lesson split from others.

An outline entry of such a step has `from`, the step it was split from, and `since`, the version of the lesson that
first had it. A step without `since` is as old as the lesson on this site.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.database.sql import upsert
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.lessons.events import RenumberedStep, StepsRenumbered
from tutoring.lessons.progress.models import LessonProgress, StepDone

Outline = Sequence[Mapping[str, Any]]


def outline_origin(step_id: str, origin: str, version: int, before: Outline | None) -> dict[str, Any]:
    """Returns what the outline says of the origin of a step; `before` is the outline of the last version."""
    if not origin:
        return {}
    if before is None:
        return {"from": origin}
    old = next((entry for entry in before if entry["id"] == step_id), None)
    since = version if old is None else old.get("since")
    return {"from": origin} | ({"since": since} if since else {})


def carry_over(lesson_slug: str, outline: Outline, before: Outline) -> None:
    """Marks each new step as done for all users who had done the step it was split from.

    Users who were at a step that begins with a new step now are moved to that one. Step numbers of the version
    before become those of this one; StepsRenumbered lets other features do the same. Call it within a command.
    """
    old = {entry["id"]: number for number, entry in enumerate(before, 1)}
    new = {entry["id"]: number for number, entry in enumerate(outline, 1)}
    for entry in outline:
        if "from" in entry and entry["id"] not in old:
            _copy_done(lesson_slug, entry["from"], entry["id"])
    first = {step_id: _first_part(outline, step_id, old) for step_id in old}
    _renumber_furthest(lesson_slug, old, new)
    for step_id, part in first.items():
        if part != step_id and step_id in new:
            _move_back(lesson_slug, step_id, part, {new[step_id]: new[part]})
    moved = [
        RenumberedStep(step_id, number, part if part in new else None, new.get(part))
        for (step_id, number), part in zip(old.items(), first.values(), strict=True)
        if part != step_id or new.get(step_id) != number
    ]
    if moved:
        publish(StepsRenumbered(lesson_slug, tuple(moved)))


def _first_part(outline: Outline, step_id: str, known: Collection[str]) -> str:
    """Returns the first of the steps that an old step is now, or the old step itself."""
    parts = [entry["id"] for entry in outline if step_id in {entry["id"], entry.get("from")}]
    return parts[0] if parts and parts[0] not in known else step_id


def _renumber_furthest(lesson_slug: str, old: Mapping[str, int], new: Mapping[str, int]) -> None:
    """Renumbers the furthest step of each user; for a step that has gone, the nearest one before it counts."""
    numbers, last = dict[int, int](), 1
    for step_id, number in old.items():
        last = new.get(step_id, last)
        numbers[number] = last
    moved = {before: now for before, now in numbers.items() if before != now}
    if moved:
        db.session.execute(
            sa.update(LessonProgress)
            .where(LessonProgress.lesson_slug == lesson_slug, LessonProgress.furthest.in_(moved))
            .values(furthest=sa.case(moved, value=LessonProgress.furthest))
            .execution_options(synchronize_session=False)
        )


def _copy_done(lesson_slug: str, origin: str, step_id: str) -> None:
    done = sa.select(StepDone.user_id, StepDone.lesson_slug, sa.literal(step_id), StepDone.at)
    done = done.where(StepDone.lesson_slug == lesson_slug, StepDone.step_id == origin)
    columns = ["user_id", "lesson_slug", "step_id", "at"]
    db.session.execute(upsert(StepDone).from_select(columns, done).on_conflict_do_nothing())


def _move_back(lesson_slug: str, origin: str, first: str, number: Mapping[int, int]) -> None:
    done = sa.select(StepDone.user_id).where(
        StepDone.lesson_slug == lesson_slug,
        StepDone.step_id == origin,
        StepDone.user_id == LessonProgress.user_id,
    )
    db.session.execute(
        sa.update(LessonProgress)
        .where(
            LessonProgress.lesson_slug == lesson_slug, LessonProgress.step_id == origin,
            LessonProgress.state == "started", ~done.exists(),
        )
        .values(
            step_id=first, furthest=sa.case(number, value=LessonProgress.furthest, else_=LessonProgress.furthest)
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def with_split_steps(outline: Outline, done: Collection[str], version: int) -> set[str]:
    """Returns completed steps of an earlier version together with those that were split from them since."""
    split = {entry["id"] for entry in outline if entry.get("from") in done and version < entry.get("since", 0)}
    return {*done, *split}


def step_now(outline: Outline, step_id: str, done: Collection[str], version: int) -> str:
    """Returns where to go on after having been at this step in an earlier version, with these steps completed."""
    if step_id in done:
        return step_id
    known = [entry["id"] for entry in outline if version >= entry.get("since", 0)]
    return _first_part(outline, step_id, known)
