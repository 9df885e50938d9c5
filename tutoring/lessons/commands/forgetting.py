"""The yes to keeping what somebody learns has ended: it is erased. Acknowledgements and skills are others' word."""

import sqlalchemy as sa

from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.models.progress import Attempt, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.models.quizzes import QuizTry


@command
def forget_progress(user_id: int) -> None:
    """Erase how far this person came in lessons and what was answered in them."""
    for table in (Attempt, StepDone, TaughtBack, QuizTry, LessonProgress):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
