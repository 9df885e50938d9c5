"""What somebody learned is erased: when the yes to keeping it has ended, or with the whole account.

Acknowledgements and skills are others' word: they go with the account alone.
"""

import sqlalchemy as sa

from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.completion_records.models import Acknowledgement
from tutoring.lessons.progress.models import Attempt, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.proposals.models import LessonEditor, Proposal
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills.models import SkillGrant


@command
def forget_progress(user_id: int) -> None:
    """Erase how far this person came in lessons and what was answered in them."""
    for table in (Attempt, StepDone, TaughtBack, QuizTry, LessonProgress):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))


@command
def forget_learner(user_id: int) -> None:
    """Nothing of this person is left in lessons; what they wrote and a second person published is the bank's."""
    forget_progress(user_id)
    for table in (Acknowledgement, SkillGrant, LessonEditor):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    own = Proposal.author_id == user_id
    db.session.execute(sa.delete(Proposal).where(own, Proposal.state != "published"))
    db.session.execute(sa.update(Proposal).where(own).values(note="", review_note=""))
    db.session.execute(sa.update(Proposal).where(Proposal.reviewer_id == user_id).values(review_note=""))
