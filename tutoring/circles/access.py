"""Finds the circles of a user and the user's facts in one, read from memberships each time."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.circles.models import Answer, Topic
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at
from tutoring.community.units.scopes import Scope, scope_of
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import vi_key
from tutoring.policy.circles import KINDS, CircleFacts, may_enter, may_read
from tutoring.policy.rooms.participation import TEACHING
from tutoring.rooms.persistent_rooms.queries import units_for

MAX_CIRCLES = 60  # circles that one page lists; enough for a school with all its classes


@dataclass(frozen=True)
class Circle:
    """One circle with the facts of one user in it."""

    unit: Unit
    guards: bool
    held: frozenset[str]

    @property
    def facts(self) -> CircleFacts:
        return CircleFacts(self.guards, self.held)

    def about(self, user: User, topic: Topic, answer: Answer | None = None) -> CircleFacts:
        """Returns the facts of this user about a topic, or about an answer in it."""
        words = topic if answer is None else answer
        return CircleFacts(
            self.guards, self.held, own=words.author_id == user.id, hidden=words.hidden_at is not None,
            withdrawn=words.withdrawn_at is not None, closed=topic.closed_at is not None,
        )  # fmt: skip


def circle_of(user: User, unit_id: int) -> Circle:
    """Returns the circle of a class or school. Raises NotFound if the user does not belong to it."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.kind not in KINDS or user.state != "active" or user.is_minor:
        raise NotFound
    held = acting_roles_at(user, unit_id)
    found = Circle(unit, unit_id in units_for(user, "circle"), held)
    if not may_enter(found.facts):
        raise NotFound
    return found


def circles_of(user: User) -> list[Unit]:
    """Returns the classes and schools whose circles the user belongs to, classes first."""
    if user.state != "active" or user.is_minor:
        return []
    led = Scope() if user.lacks_factor else scope_of(user.id, TEACHING)
    here = sa.or_(Unit.id.in_(sorted(units_for(user, "circle"))), led.covers())
    query = sa.select(Unit).where(here, Unit.kind.in_(KINDS))
    found = db.session.scalars(query.order_by(Unit.kind, Unit.id).limit(MAX_CIRCLES))
    return sorted(found, key=lambda unit: (unit.kind, vi_key(unit.name)))


def topic_for(user: User, topic_id: int, *, lock: bool = False) -> tuple[Topic, Circle]:
    """Returns a topic that this user may read, and its circle. Raises NotFound."""
    query = sa.select(Topic).where(Topic.id == topic_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(Topic.author), joinedload(Topic.session))
    topic = db.session.scalar(query)
    if topic is None:
        raise NotFound
    circle = circle_of(user, topic.unit_id)
    if not may_read(circle.about(user, topic)):
        raise NotFound
    return topic, circle


def answer_for(user: User, answer_id: int, *, lock: bool = False) -> tuple[Answer, Topic, Circle]:
    """Returns an answer and its topic if the user may read both. Raises NotFound."""
    topic_id = db.session.scalar(sa.select(Answer.topic_id).where(Answer.id == answer_id))
    if topic_id is None:
        raise NotFound
    topic, circle = topic_for(user, topic_id, lock=lock)  # lock the topic first: a fixed lock order prevents deadlocks
    query = sa.select(Answer).options(joinedload(Answer.author)).where(Answer.id == answer_id)
    answer = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if not may_read(circle.about(user, topic, answer)):
        raise NotFound
    return answer, topic, circle
