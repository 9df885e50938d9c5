"""Whether a step was useful, in the words of whoever read it; nobody is noted."""

import uuid

import sqlalchemy as sa

from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Invalid, Missing
from tutoring.lessons.models import REASONS, StepFeedback
from tutoring.lessons.queries import lesson


@command
def say_useful(feedback_id: str, lesson_slug: str, number: int, useful: bool, reason: str = "") -> None:
    """Keep one yes or no. The same id again counts once; a no that had no reason may be given one."""
    found = lesson(lesson_slug)
    step_id = found.step_id(number)
    if step_id is None:
        raise Missing
    try:
        name = str(uuid.UUID(feedback_id))
    except ValueError:
        raise Invalid from None
    why = reason if reason in REASONS and not useful else ""
    new = insert_once(
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
