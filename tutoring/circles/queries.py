"""Queries of circles: one page of topics, one topic with its answers, as one user may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.circles.access import Circle
from tutoring.circles.models import Answer, AnswerHelped, LiveWish, ToLesson, Topic
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_text
from tutoring.kernel.db import db
from tutoring.kernel.paging import Page
from tutoring.kernel.text import nfc, words
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.snippets import Parts, snippet
from tutoring.pairing.group_sessions.models import GroupSession

SIZE = 20
MAX_ANSWERS = 100  # of one topic
MAX_WORDS = 8
MAX_QUERY_CHARS = 200
AGAIN = timedelta(minutes=10)  # within which the same text of one user counts as sent twice
OVER = ("cancelled", "missed")  # sessions that did not take place: the wishes for them are open again
SIMILAR = 3
# Syllables that nearly every question contains; sharing only these does not make two titles similar.
_COMMON = frozenset(
    words(
        "con em bé cháu anh chị cô thầy ba mẹ mình tôi mọi người ơi à dạ vâng cho hỏi giúp với là làm sao thế nào gì"
        " không được bị có cái này kia đó ở tại vì và hay thì mà như phải chưa rồi nữa rất quá đến đi ra vào khi nhiều"
    )
)


@dataclass(frozen=True)
class TopicFilter:
    """The filter for the topics of a circle. `only`: "unanswered", "mine" or empty."""

    words: tuple[str, ...] = ()
    only: str = ""
    lesson: str = ""
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Row:
    """A topic in the list, with its number of answers and whether one is pinned."""

    topic: Topic
    answers: int
    pinned: bool


def words_of(typed: str) -> tuple[str, ...]:
    """Returns the folded search words of the input; the last word may be unfinished."""
    return tuple(words(nfc(typed)[:MAX_QUERY_CHARS])[:MAX_WORDS])


def readable(user: User, circle: Circle) -> list[sa.ColumnElement[bool]]:
    """Returns the rule `policy.circles.may_read` as SQL conditions on the topics of this circle."""
    conditions = [
        Topic.unit_id == circle.unit.id,
        sa.or_(Topic.withdrawn_at.is_(None), Topic.author_id == user.id),
    ]
    if not circle.facts.leads:
        conditions.append(sa.or_(Topic.hidden_at.is_(None), Topic.author_id == user.id))
    return conditions


def _stands() -> sa.ColumnElement[bool]:
    return sa.and_(Answer.hidden_at.is_(None), Answer.withdrawn_at.is_(None))


def _holding(looked_for: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """Requires each word in the topic or in one of its answers."""
    rows = [*(f" {word} " for word in looked_for[:-1]), f" {looked_for[-1]}"] if looked_for else []
    answered = sa.select(Answer.id).where(Answer.topic_id == Topic.id, _stands())
    return [sa.or_(has_text(Topic.folded, row), answered.where(has_text(Answer.folded, row)).exists()) for row in rows]


def topics(user: User, circle: Circle, wanted: TopicFilter) -> Page[Row]:
    """Returns one page of the circle's topics that this user may read, latest answered first."""
    answers = sa.select(sa.func.count(Answer.id)).where(Answer.topic_id == Topic.id, _stands()).scalar_subquery()
    pins = sa.select(Answer.id).where(Answer.topic_id == Topic.id, _stands(), Answer.pinned_at.is_not(None)).exists()
    query = (
        sa.select(Topic, answers, pins)
        .options(joinedload(Topic.author))
        .where(*readable(user, circle), *_holding(wanted.words))
        .order_by(Topic.active_at.desc(), Topic.id.desc())
        .limit(SIZE + 1)
    )
    if wanted.only == "mine":
        query = query.where(Topic.author_id == user.id)
    if wanted.only == "unanswered":
        query = query.where(~sa.select(Answer.id).where(Answer.topic_id == Topic.id, _stands()).exists())
    if wanted.lesson:
        query = query.where(Topic.lesson_slug == wanted.lesson)
    if wanted.before is not None:
        at, number = wanted.before
        query = query.where(sa.or_(Topic.active_at < at, sa.and_(Topic.active_at == at, Topic.id < number)))
    rows = [Row(topic, count, pinned) for topic, count, pinned in db.session.execute(query)]
    return Page.of(rows, SIZE)


def pieces(found: Sequence[Row], looked_for: Sequence[str]) -> dict[int, Parts]:
    """Returns the snippet of each topic or its answers that matches most search words.

    A topic whose title contains all the words gets none.
    """
    telling = [
        row.topic for row in found if not all(f" {word}" in row.topic.folded_title for word in looked_for)
    ]  # fmt: skip
    if not telling:
        return {}
    asked = Query.of_words(looked_for)
    texts = {topic.id: [topic.text] for topic in telling}
    query = sa.select(Answer.topic_id, Answer.text).where(Answer.topic_id.in_(list(texts)), _stands())
    for topic_id, text in db.session.execute(query.order_by(Answer.id)):
        texts[topic_id].append(text)
    return {id: max((snippet(asked, text) for text in of), key=_marks) for id, of in texts.items()}


def _marks(parts: Parts) -> int:
    return sum(found for _text, found in parts)


def lessons_asked_about(user: User, circle: Circle) -> list[str]:
    """Returns the lessons that readable topics of this circle are about."""
    query = sa.select(Topic.lesson_slug).where(*readable(user, circle), Topic.lesson_slug.is_not(None)).distinct()
    return sorted(slug for slug in db.session.scalars(query) if slug is not None)


def similar(user: User, circle: Circle, title: str) -> list[Topic]:
    """Returns topics whose titles share most significant words with this one, best match first."""
    telling = [word for word in dict.fromkeys(words(title)) if word not in _COMMON and len(word) > 1][:MAX_WORDS]
    if not telling:
        return []
    shared: sa.ColumnElement[int] = sum(
        (sa.case((has_text(Topic.folded_title, f" {word} "), 1), else_=0) for word in telling[1:]),
        start=sa.case((has_text(Topic.folded_title, f" {telling[0]} "), 1), else_=0),
    )
    needed = max(min(2, len(telling)), (len(telling) + 1) // 2)
    query = (
        sa.select(Topic)
        .where(*readable(user, circle), Topic.hidden_at.is_(None), Topic.withdrawn_at.is_(None), shared >= needed)
        .order_by(shared.desc(), Topic.active_at.desc(), Topic.id.desc())
        .limit(SIMILAR)
    )
    return list(db.session.scalars(query))


# ---- one topic ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as one user sees it."""

    answer: Answer
    helped: int
    marked: bool  # by this user
    to_lesson: ToLesson | None


def helped_by(answer_id: int) -> int:
    """Returns the number of users whom an answer has helped."""
    query = sa.select(sa.func.count()).select_from(AnswerHelped).where(AnswerHelped.answer_id == answer_id)
    return db.session.scalar(query) or 0


def answers(user: User, circle: Circle, topic: Topic) -> list[ShownAnswer]:
    """Returns the answers that this user may read.

    The pinned one comes first, then by the number of helpful marks, then the oldest.
    """
    count = (
        sa.select(sa.func.count()).select_from(AnswerHelped).where(AnswerHelped.answer_id == Answer.id)
    ).scalar_subquery()
    mine = (
        sa.select(AnswerHelped.user_id)
        .where(AnswerHelped.answer_id == Answer.id, AnswerHelped.user_id == user.id)
        .exists()
    )
    conditions = [sa.or_(Answer.withdrawn_at.is_(None), Answer.author_id == user.id)]
    if not circle.facts.leads:
        conditions.append(sa.or_(Answer.hidden_at.is_(None), Answer.author_id == user.id))
    query = (
        sa.select(Answer, count, mine, ToLesson)
        .outerjoin(ToLesson, ToLesson.answer_id == Answer.id)
        .options(joinedload(Answer.author), joinedload(ToLesson.proposal))
        .where(Answer.topic_id == topic.id, *conditions)
        .order_by(Answer.pinned_at.is_(None), count.desc(), Answer.id)
    )
    return [ShownAnswer(*row) for row in db.session.execute(query)]


def _open_wishes(topic_id: int) -> sa.Select[Any]:
    """Selects the users who wish for a session and have not got one."""
    return (
        sa.select(LiveWish.user_id)
        .outerjoin(GroupSession, GroupSession.id == LiveWish.session_id)
        .where(LiveWish.topic_id == topic_id, sa.or_(GroupSession.id.is_(None), GroupSession.state.in_(OVER)))
        .order_by(LiveWish.user_id)
    )


def wishers(topic_id: int) -> list[int]:
    """Returns the users who wish for a live session about a topic and have not got one yet."""
    return list(db.session.scalars(_open_wishes(topic_id)))


def others_answered(topic: Topic) -> bool:
    """Returns whether another user has answered, including hidden and withdrawn answers."""
    query = sa.select(Answer.id).where(Answer.topic_id == topic.id, Answer.author_id != topic.author_id)
    return db.session.scalar(query.limit(1)) is not None


def answer_count(topic_id: int) -> int:
    """Returns the number of answers of a topic, hidden and withdrawn ones included."""
    return db.session.scalar(sa.select(sa.func.count(Answer.id)).where(Answer.topic_id == topic_id)) or 0


def same_topic(asked: Topic) -> Topic | None:
    """Returns the topic that the author created there with the same text within 10 minutes."""
    query = sa.select(Topic).where(
        Topic.unit_id == asked.unit_id, Topic.author_id == asked.author_id, Topic.title == asked.title,
        Topic.text == asked.text, Topic.created_at > clock.now() - AGAIN,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Topic.id).limit(1))


def same_answer(topic_id: int, author_id: int, text: str) -> Answer | None:
    """Returns the answer that the author gave to a topic with the same text within 10 minutes."""
    query = sa.select(Answer).where(
        Answer.topic_id == topic_id, Answer.author_id == author_id, Answer.text == text,
        Answer.created_at > clock.now() - AGAIN,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Answer.id).limit(1))


def unanswered(unit_id: int) -> int:
    """Returns the number of open topics of a circle without any answer."""
    query = sa.select(sa.func.count(Topic.id)).where(
        Topic.unit_id == unit_id, Topic.hidden_at.is_(None), Topic.withdrawn_at.is_(None), Topic.closed_at.is_(None),
        ~sa.select(Answer.id).where(Answer.topic_id == Topic.id, _stands()).exists(),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def to_lesson(answer_id: int) -> ToLesson | None:
    """Returns the lesson suggestion of an answer, if there is one."""
    query = sa.select(ToLesson).options(joinedload(ToLesson.proposal)).where(ToLesson.answer_id == answer_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def counts(unit_ids: Collection[int]) -> dict[int, int]:
    """Returns the number of topics in each of these circles."""
    query = (
        sa.select(Topic.unit_id, sa.func.count(Topic.id))
        .where(Topic.unit_id.in_(list(unit_ids)), Topic.hidden_at.is_(None), Topic.withdrawn_at.is_(None))
        .group_by(Topic.unit_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
