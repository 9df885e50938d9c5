"""What happens in circles when other features announce something."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.events import AccountErased
from tutoring.accounts.queries import user
from tutoring.circles import commands
from tutoring.circles.events import WordsPublished
from tutoring.circles.models import ToLesson
from tutoring.circles.origin import topic_of
from tutoring.kernel.db import db
from tutoring.kernel.events import announce, on
from tutoring.lessons.events import LessonPublished
from tutoring.pairing.session_events import SessionAnnounced


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    commands.forget_person(event.user_id)


@on(SessionAnnounced)
def topic_gets_its_session(event: SessionAnnounced) -> None:
    topic_id = topic_of(event.origin)
    if topic_id is not None:
        commands.note_session(user(event.helper_id), topic_id, event.session_id)


@on(LessonPublished)
def words_have_become_a_lesson(event: LessonPublished) -> None:
    query = sa.select(ToLesson).options(joinedload(ToLesson.answer)).where(ToLesson.proposal_id == event.proposal_id)
    for row in db.session.scalars(query.order_by(ToLesson.answer_id)):
        announce(WordsPublished(row.answer_id, row.answer.author_id, event.lesson_slug))
