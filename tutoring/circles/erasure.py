"""Erases circle content: old topics, withdrawn text, and the text of an erased account."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.circles.models import Answer, AnswerHelped, LiveWish, Topic
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

KEPT = timedelta(days=730)  # two school years after the last answer
WITHDRAWN = timedelta(days=30)  # within which withdrawn text can be restored
AT = time(3, 20)


@command
def forget_old(moment: datetime | None = None) -> None:
    """Deletes topics without a new answer for two school years, and text withdrawn 30 days ago."""
    now = moment or clock.now()
    old = sa.or_(Topic.active_at < now - KEPT, Topic.withdrawn_at < now - WITHDRAWN)
    db.session.execute(sa.delete(Topic).where(old))
    db.session.execute(sa.delete(Answer).where(Answer.withdrawn_at < now - WITHDRAWN))


@jobs.daily("circles.forget_old", AT)
def _nightly(_payload: dict[str, Any]) -> None:
    forget_old()


@command
def forget_person(user_id: int) -> None:
    """Erases what this user wrote in circles.

    Deletes the user's answers, and the user's topics that no other user has answered. Empties the text of topics that
    others have answered.

    Deletes the user's marks and wishes, and the reasons that the user gave for hiding.
    """
    others = sa.select(Answer.id).where(Answer.topic_id == Topic.id, Answer.author_id != user_id).exists()
    db.session.execute(sa.delete(Answer).where(Answer.author_id == user_id))
    db.session.execute(sa.delete(Topic).where(Topic.author_id == user_id, ~others))
    nothing = {"title": "", "text": "", "folded_title": "", "folded": "", "hidden_why": ""}
    db.session.execute(sa.update(Topic).where(Topic.author_id == user_id).values(**nothing))
    for table in (Topic, Answer):
        db.session.execute(sa.update(table).where(table.hidden_by_id == user_id).values(hidden_why=""))
    db.session.execute(sa.delete(AnswerHelped).where(AnswerHelped.user_id == user_id))
    db.session.execute(sa.delete(LiveWish).where(LiveWish.user_id == user_id))
