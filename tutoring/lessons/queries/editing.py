"""Reads of who may review and publish lessons."""

from tutoring.kernel.db import db
from tutoring.lessons.models import LessonEditor


def is_editor(user_id: int) -> bool:
    """Whether a coordinator has named this person a lesson editor."""
    return db.session.get(LessonEditor, user_id) is not None
