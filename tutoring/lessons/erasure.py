"""Erases a learner's data: when the profile consent has ended, or with the whole account.

Certificates and skills are statements by others, so only the erasure of the account deletes them.
"""

import sqlalchemy as sa

from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.completion_records.models import Acknowledgement
from tutoring.lessons.progress.models import Attempt, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.proposals.models import LessonEditor, Proposal
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.recordings.commands import forget_recordings
from tutoring.lessons.skills.models import SkillGrant


@command
def forget_progress(user_id: int) -> None:
    """Erases the user's progress in lessons and all answers."""
    for table in (Attempt, StepDone, TaughtBack, QuizTry, LessonProgress):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))


@command
def forget_learner(user_id: int) -> None:
    """Erases everything about this user in lessons.

    Texts that a second person published stay in the catalogue.
    """
    forget_progress(user_id)
    forget_recordings(user_id)
    for table in (Acknowledgement, SkillGrant, LessonEditor):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    own = Proposal.author_id == user_id
    db.session.execute(sa.delete(Proposal).where(own, Proposal.state != "published"))
    db.session.execute(sa.update(Proposal).where(own).values(note="", review_note=""))
    db.session.execute(sa.update(Proposal).where(Proposal.reviewer_id == user_id).values(review_note=""))
