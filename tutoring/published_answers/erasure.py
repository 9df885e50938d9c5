"""Ends answers whose time is over, hides those whose step changed or whose consent ended, and erases people."""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import Withdrawal
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy import published_answers as policy
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.published_answers import queries
from tutoring.published_answers.commands import count_answers, end
from tutoring.published_answers.events import AnswerGone
from tutoring.published_answers.models import (
    ASKING,
    ENDED,
    LAPSED,
    RELEASED,
    RETURNED,
    WITHDRAWN,
    AnswerConsent,
    AnswerEndorsement,
    AnswerMark,
    PublishedAnswer,
)

AT = time(3, 35)


@jobs.daily("published_answers.age", AT)
def _nightly(_payload: dict[str, Any]) -> None:
    age_answers()


@command
def age_answers(moment: datetime | None = None) -> None:
    """Ends answers that were not agreed to, mended or confirmed in time; counts anew where one became due."""
    now, row = moment or clock.now(), PublishedAnswer
    over = sa.or_(
        sa.and_(row.state == ASKING, row.state_since < now - policy.ASKED_FOR),
        sa.and_(row.state == RETURNED, row.state_since < now - policy.RETURNED_FOR),
        sa.and_(row.state == RELEASED, row.check_by < now - policy.UNCHECKED_FOR),
    )
    for found in db.session.scalars(sa.select(row).where(over).order_by(row.id).with_for_update()).all():
        end(found, LAPSED)
        publish(AnswerGone(found.id, found.author_id, was_public=False, ended=True))
    # A consent that ended with the school year may have been given anew since.
    for found in db.session.scalars(sa.select(row).where(row.held_at.is_not(None)).order_by(row.id)).all():
        _hold(found)
    due = sa.select(row.lesson_slug).where(row.state == RELEASED, row.check_by <= now).distinct()
    for slug in db.session.scalars(due.order_by(row.lesson_slug)).all():
        count_answers(slug)


@command
def hide_changed(lesson_slug: str) -> None:
    """Hides the released answers of a lesson whose step reads otherwise now, until a teacher confirms them."""
    row, now = PublishedAnswer, clock.now()
    query = sa.select(row).where(row.lesson_slug == lesson_slug, row.state == RELEASED, row.check_by > now)
    changed = False
    for found in db.session.scalars(query.order_by(row.id).with_for_update()).all():
        if queries.step_digest(lesson_slug, found.step_id) != found.step_digest:
            found.check_by, changed = now, True
    if changed:
        db.session.flush()
        count_answers(lesson_slug)


def _concerning(user_id: int) -> list[PublishedAnswer]:
    row = PublishedAnswer
    mine = sa.or_(row.author_id == user_id, row.learner_id == user_id)
    query = sa.select(row).where(mine, row.state.not_in(ENDED)).order_by(row.id).with_for_update()
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


@command
def hold_answers(user_id: int) -> None:
    """Hides a person's answers while a consent to being helped is withdrawn or ended; after an undo they are back."""
    for found in _concerning(user_id):
        _hold(found)


def _hold(found: PublishedAnswer) -> None:
    ended = sa.select(Withdrawal.id).where(
        Withdrawal.subject_id.in_((found.author_id, found.learner_id)),
        Withdrawal.purpose.in_(HELP_PURPOSES),
        Withdrawal.lifted_at.is_(None),
    )
    held = db.session.scalar(ended.limit(1)) is not None
    if held != (found.held_at is not None):
        found.held_at = clock.now() if held else None
        db.session.flush()
        count_answers(found.lesson_slug)


@command
def end_answers(user_id: int) -> None:
    """Deletes the texts of all answers of which this person is a side."""
    for found in _concerning(user_id):
        was_public = found.state == RELEASED
        end(found, WITHDRAWN)
        publish(AnswerGone(found.id, found.author_id, was_public and found.author_id != user_id, ended=True))


@command
def forget_person(user_id: int) -> None:
    """Erases a person: the texts of both sides, what the person said and marked, and reasons the person gave."""
    end_answers(user_id)
    row = PublishedAnswer
    db.session.execute(sa.update(row).where(row.decided_by_id == user_id).values(reason=""))
    mine = sa.or_(row.author_id == user_id, row.learner_id == user_id)
    db.session.execute(sa.delete(row).where(mine))
    db.session.execute(
        sa.delete(AnswerConsent).where(sa.or_(AnswerConsent.by_id == user_id, AnswerConsent.subject_id == user_id))
    )
    for table in (AnswerMark, AnswerEndorsement):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
