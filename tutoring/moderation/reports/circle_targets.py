"""Words in circles of parents as something that is reported: found by whoever reads them, shown to whoever looks."""

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
    """What is reported, as it stands now, and where."""

    unit_id: int
    topic_id: int
    answer_id: int  # 0: the topic itself
    title: str
    text: str


def find_words(by: User, target: str) -> Target:
    """The topic ("topic/3") or answer ("answer/7") as this person may report it; raises Missing."""
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
    # A case of no kind of its own; its target says where, and reports of the same words meet in it.
    return Target("site", f"circle:{topic.id}:{answer_id}", True, "near", unit_id=topic.unit_id, about_id=author_id)


def words_in(target: str) -> CircleWords | None:
    """The words that the target of a report or a case names, if they are still there."""
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
    """What a case is about, when that is words in a circle."""
    return words_in(case.target) if case.in_circle else None
