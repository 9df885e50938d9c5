"""Carries progress over to the steps that an update of a lesson split from others.

An outline entry of such a step has `from`, the step it was split from, and `since`, the version of the lesson that
first had it. A step without `since` is as old as the lesson on this site.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.database.sql import upsert
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress, StepDone

Outline = Iterable[Mapping[str, Any]]


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

    Users who were at a step that begins with a new step now are moved to that one. Call it within a command.
    """
    old, groups = {entry["id"] for entry in before}, dict[str, list[str]]()
    for entry in outline:
        groups.setdefault(entry.get("from", entry["id"]), []).append(entry["id"])
        if "from" in entry and entry["id"] not in old:
            _copy_done(lesson_slug, entry["from"], entry["id"])
    for origin, ids in groups.items():
        if origin in old and ids[0] not in old:
            _move_back(lesson_slug, origin, ids[0])


def _copy_done(lesson_slug: str, origin: str, step_id: str) -> None:
    done = sa.select(StepDone.user_id, StepDone.lesson_slug, sa.literal(step_id), StepDone.at)
    done = done.where(StepDone.lesson_slug == lesson_slug, StepDone.step_id == origin)
    columns = ["user_id", "lesson_slug", "step_id", "at"]
    db.session.execute(upsert(StepDone).from_select(columns, done).on_conflict_do_nothing())


def _move_back(lesson_slug: str, origin: str, first: str) -> None:
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
        .values(step_id=first)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def with_split_steps(outline: Outline, done: Collection[str], version: int) -> set[str]:
    """Returns completed steps of an earlier version together with those that were split from them since."""
    split = {entry["id"] for entry in outline if entry.get("from") in done and version < entry.get("since", 0)}
    return {*done, *split}
