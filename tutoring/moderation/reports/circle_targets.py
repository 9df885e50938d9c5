"""Reports of text in parent circles: finds the target to report, and the text for moderators."""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.circles.access import answer_for, topic_for
from tutoring.circles.models import Answer, Topic
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.moderation.models import Case
from tutoring.moderation.reports.target import Target


@dataclass(frozen=True)
class CircleWords:
    """The reported text as it is now, and its place."""

    unit_id: int
    topic_id: int
    answer_id: int  # 0: the topic itself
    title: str
    text: str


def find_words(by: User, target: str) -> Target:
    """Returns the topic ("topic/3") or answer ("answer/7") as a target that this user may report.

    Raises NotFound.
    """
    kind, _slash, typed = target.partition("/")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    if kind == "topic":
        topic, answer_id = topic_for(by, number)[0], 0
        author_id = topic.author_id
    elif kind == "answer":
        answer, topic, _circle = answer_for(by, number)
        answer_id, author_id = answer.id, answer.author_id
    else:
        raise NotFound
    if author_id == by.id:
        raise NotFound
    # No case kind of its own: the target names the place, and reports of the same text share its case.
    return Target("site", f"circle:{topic.id}:{answer_id}", True, "near", unit_id=topic.unit_id, about_id=author_id)


def words_in(target: str) -> CircleWords | None:
    """Returns the text that the target of a report or case names, if it still exists."""
    parts = target.split(":")
    if len(parts) != 3 or parts[0] != "circle":
        return None
    topic = db.session.get(Topic, int(parts[1]))
    if topic is None:
        return None
    if parts[2] == "0":
        return CircleWords(topic.unit_id, topic.id, 0, topic.title, topic.text)
    text = db.session.scalar(sa.select(Answer.text).where(Answer.id == int(parts[2])))
    return CircleWords(topic.unit_id, topic.id, int(parts[2]), topic.title, text) if text is not None else None


def words_of(case: Case) -> CircleWords | None:
    """Returns the circle text that a case is about, or None."""
    return words_in(case.target) if case.in_circle else None
