"""Reactions of circles to erased accounts, announced sessions, published lessons, merged units.

The topics of a merged class or school move to the unit that it becomes part of.
"""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.events import AccountErased
from tutoring.accounts.queries import user
from tutoring.circles import commands as circles_commands
from tutoring.circles import erasure as circles_erasure
from tutoring.circles.commands import topic_of
from tutoring.circles.events import WordsPublished
from tutoring.circles.models import ToLesson, Topic
from tutoring.community.events import ClassesMoved, UnitsMerged
from tutoring.community.year_ends.moved_rows import follow
from tutoring.kernel.db import db
from tutoring.kernel.events import on, publish
from tutoring.lessons.events import LessonPublished
from tutoring.pairing.group_sessions.events import SessionAnnounced


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    circles_erasure.forget_person(event.user_id)


@on(SessionAnnounced)
def link_session_to_topic(event: SessionAnnounced) -> None:
    topic_id = topic_of(event.origin)
    if topic_id is not None:
        circles_commands.note_session(user(event.helper_id), topic_id, event.session_id)


@on(LessonPublished)
def publish_answers_used_in_lesson(event: LessonPublished) -> None:
    query = sa.select(ToLesson).options(joinedload(ToLesson.answer)).where(ToLesson.proposal_id == event.proposal_id)
    for row in db.session.scalars(query.order_by(ToLesson.answer_id)):
        publish(WordsPublished(row.answer_id, row.answer.author_id, event.lesson_slug))


@on(UnitsMerged)
def move_topics_to_merged_unit(event: UnitsMerged) -> None:
    db.session.execute(sa.update(Topic).where(Topic.unit_id == event.from_id).values(unit_id=event.into_id))


@on(ClassesMoved)
def move_topics_of_classes(event: ClassesMoved) -> None:
    follow(event, Topic.unit_id)
