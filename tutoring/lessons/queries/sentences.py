"""Sentences of steps, by their ids."""

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.models import Lesson, LessonStep
from tutoring.lessons.sentences import marked


def sentence(slug: str, step_id: str, sentence_id: str) -> str | None:
    """The words of a sentence of a step of the present bank, in whichever language it stands; None when it does not."""
    query = (
        sa.select(LessonStep)
        .join(Lesson, Lesson.slug == LessonStep.lesson_slug)
        .where(LessonStep.lesson_slug == slug, LessonStep.step_id == step_id, Lesson.retired_at.is_(None))
    )
    row = db.session.scalar(query)
    for text in row.texts.values() if row else ():
        for one in marked(text["html"])[1]:
            if one.id == sentence_id:
                return one.text
    return None
