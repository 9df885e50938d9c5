"""Guardians wish for a live session about a topic; one that is announced for it answers their wishes."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.circles.events import SessionForTopic
from tutoring.circles.models import LiveWish, Topic
from tutoring.circles.places import topic_for
from tutoring.circles.queries import wishers
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Conflict, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import circles as policy


@command
def wish(actor: User, topic_id: int, wished: bool = True) -> Topic:
    """Ask for a live session about a topic, or no longer; once for each person."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    facts = circle.about(actor, topic)
    if not facts.guards:
        raise NotAllowed(N_("Ba mẹ trong vòng tròn xin buổi học; thầy cô thì mở buổi."))
    mine = LiveWish.topic_id == topic.id, LiveWish.user_id == actor.id
    if not wished:
        db.session.execute(sa.delete(LiveWish).where(*mine))
        return topic
    if not policy.may_wish(facts):
        raise Conflict(N_("Chủ đề này đã đóng."))
    limits.hit("react", actor.id)
    if not insert_once(LiveWish, topic_id=topic.id, user_id=actor.id) and actor.id not in wishers(topic.id):
        # An earlier one was answered by a session: this is a new one.
        db.session.execute(sa.update(LiveWish).where(*mine).values(session_id=None, at=clock.now()))
    return topic


@command
def note_session(helper: User, topic_id: int, session_id: int) -> None:
    """A session was announced from a topic's page: it stands there, and those who wished for one hear of it. Somebody
    who does not lead in that circle changes nothing there."""
    try:
        topic, circle = topic_for(helper, topic_id, lock=True)
    except Missing:
        return
    if not circle.facts.leads:
        return
    topic.session_id = session_id
    wished = tuple(wishers(topic.id))
    got = LiveWish.topic_id == topic.id, LiveWish.user_id.in_(wished)
    db.session.execute(sa.update(LiveWish).where(*got).values(session_id=session_id))
    announce(SessionForTopic(topic.unit_id, topic.id, session_id, wished))
