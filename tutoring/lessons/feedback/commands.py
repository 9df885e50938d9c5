"""Stores feedback on whether a step was useful, without the user who gave it."""

import uuid

import sqlalchemy as sa

from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.lessons.catalogue.queries import lesson
from tutoring.lessons.feedback.models import REASONS, StepFeedback


@command
def record_feedback(feedback_id: str, lesson_slug: str, number: int, useful: bool, reason: str = "") -> None:
    """Stores one yes or no. A repeated id counts once; a stored no without a reason may get one."""
    found = lesson(lesson_slug)
    step_id = found.step_id(number)
    if step_id is None:
        raise NotFound
    try:
        name = str(uuid.UUID(feedback_id))
    except ValueError:
        raise InvalidInput from None
    why = reason if reason in REASONS and not useful else ""
    new = insert_if_absent(
        StepFeedback, id=name, lesson_slug=lesson_slug, step_id=step_id, version=found.version, useful=useful,
        reason=why,
    )  # fmt: skip
    if not new and why:
        db.session.execute(
            sa.update(StepFeedback)
            .where(
                StepFeedback.id == name,
                StepFeedback.lesson_slug == lesson_slug,
                StepFeedback.step_id == step_id,
                StepFeedback.useful.is_(False),
                StepFeedback.reason == "",
            )
            .values(reason=why)
        )
