"""Reads of circles: one page of topics, one topic with its answers, as one person may see them."""

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
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.paging import Page
from tutoring.kernel.text import nfc, words
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.snippets import Parts, snippet
from tutoring.pairing.group_sessions.models import GroupSession

SIZE = 20
MOST_ANSWERS = 100  # of one topic
MOST_WORDS = 8
LONGEST = 200
AGAIN = timedelta(minutes=10)  # within which the same words of one person are one thing
OVER = ("cancelled", "missed")  # a session that came to nothing: what was wished for is wished for again
SIMILAR = 3
# Syllables that nearly every question has; on them alone two are not alike.
_COMMON = frozenset(
    words(
        "con em bé cháu anh chị cô thầy ba mẹ mình tôi mọi người ơi à dạ vâng cho hỏi giúp với là làm sao thế nào gì"
        " không được bị có cái này kia đó ở tại vì và hay thì mà như phải chưa rồi nữa rất quá đến đi ra vào khi nhiều"
    )
)


@dataclass(frozen=True)
class Wanted:
    """Which topics of a circle are looked for. `only`: "unanswered", "mine" or nothing."""

    words: tuple[str, ...] = ()
    only: str = ""
    lesson: str = ""
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Row:
    """A topic in the list, with what answers it."""

    topic: Topic
    answers: int
    pinned: bool


def words_of(typed: str) -> tuple[str, ...]:
    """What is looked for: folded words; the last may be unfinished."""
    return tuple(words(nfc(typed)[:LONGEST])[:MOST_WORDS])


def readable(user: User, circle: Circle) -> list[sa.ColumnElement[bool]]:
    """What `policy.circles.may_read` says of the topics of this circle, as conditions."""
    conditions = [
        Topic.unit_id == circle.unit.id,
        sa.or_(Topic.withdrawn_at.is_(None), Topic.author_id == user.id),
    ]
    if not circle.facts.leads:
        conditions.append(sa.or_(Topic.hidden_at.is_(None), Topic.author_id == user.id))
    return conditions


def _stands() -> sa.ColumnElement[bool]:
    return sa.and_(Answer.hidden_at.is_(None), Answer.withdrawn_at.is_(None))


def _has(column: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str], row: str) -> sa.ColumnElement[bool]:
    # Not LIKE, as in rooms/search.py: nothing in the words means anything else, and both databases answer alike.
    place = sa.func.instr if is_sqlite() else sa.func.strpos
    return place(column, row) > 0


def _holding(looked_for: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """Each word stands in the topic or in one of its answers."""
    rows = [*(f" {word} " for word in looked_for[:-1]), f" {looked_for[-1]}"] if looked_for else []
    answered = sa.select(Answer.id).where(Answer.topic_id == Topic.id, _stands())
    return [sa.or_(_has(Topic.folded, row), answered.where(_has(Answer.folded, row)).exists()) for row in rows]


def topics(user: User, circle: Circle, wanted: Wanted) -> Page[Row]:
    """One page of the topics of a circle that this person may read, last answered first."""
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
    """The piece of a topic, or of one of its answers, that says most of what was looked for; none where the title says
    it all."""
    telling = [
        row.topic for row in found if not all(f" {word}" in row.topic.folded_title for word in looked_for)
    ]  # fmt: skip
    if not telling:
        return {}
    asked = Query([[[word]] for word in looked_for], list(looked_for), list(looked_for))
    texts = {topic.id: [topic.text] for topic in telling}
    query = sa.select(Answer.topic_id, Answer.text).where(Answer.topic_id.in_(list(texts)), _stands())
    for topic_id, text in db.session.execute(query.order_by(Answer.id)):
        texts[topic_id].append(text)
    return {id: max((snippet(asked, text) for text in of), key=_marks) for id, of in texts.items()}


def _marks(parts: Parts) -> int:
    return sum(found for _text, found in parts)


def lessons_asked_about(user: User, circle: Circle) -> list[str]:
    """The lessons that readable topics of this circle are about."""
    query = sa.select(Topic.lesson_slug).where(*readable(user, circle), Topic.lesson_slug.is_not(None)).distinct()
    return sorted(slug for slug in db.session.scalars(query) if slug is not None)


def similar(user: User, circle: Circle, title: str) -> list[Topic]:
    """Topics whose titles share most of the words of this one that tell something, the likest first."""
    telling = [word for word in dict.fromkeys(words(title)) if word not in _COMMON and len(word) > 1][:MOST_WORDS]
    if not telling:
        return []
    shared: sa.ColumnElement[int] = sum(
        (sa.case((_has(Topic.folded_title, f" {word} "), 1), else_=0) for word in telling[1:]),
        start=sa.case((_has(Topic.folded_title, f" {telling[0]} "), 1), else_=0),
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
class Shown:
    """An answer as one person sees it."""

    answer: Answer
    helped: int
    marked: bool  # by this person
    to_lesson: ToLesson | None


def helped_by(answer_id: int) -> int:
    """How many people an answer has helped."""
    query = sa.select(sa.func.count()).select_from(AnswerHelped).where(AnswerHelped.answer_id == answer_id)
    return db.session.scalar(query) or 0


def answers(user: User, circle: Circle, topic: Topic) -> list[Shown]:
    """The answers that this person may read: the pinned one, then what helped most, then the oldest."""
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
    return [Shown(*row) for row in db.session.execute(query)]


def _open_wishes(topic_id: int) -> sa.Select[Any]:
    """Who wishes for a session and has not got one."""
    return (
        sa.select(LiveWish.user_id)
        .outerjoin(GroupSession, GroupSession.id == LiveWish.session_id)
        .where(LiveWish.topic_id == topic_id, sa.or_(GroupSession.id.is_(None), GroupSession.state.in_(OVER)))
        .order_by(LiveWish.user_id)
    )


def wishers(topic_id: int) -> list[int]:
    """Who wishes for a live session about a topic and has not got one yet."""
    return list(db.session.scalars(_open_wishes(topic_id)))


def others_answered(topic: Topic) -> bool:
    """Whether somebody else has answered, whatever became of that."""
    query = sa.select(Answer.id).where(Answer.topic_id == topic.id, Answer.author_id != topic.author_id)
    return db.session.scalar(query.limit(1)) is not None


def answer_count(topic_id: int) -> int:
    """How many answers a topic has, hidden and withdrawn ones too."""
    return db.session.scalar(sa.select(sa.func.count(Answer.id)).where(Answer.topic_id == topic_id)) or 0


def same_topic(asked: Topic) -> Topic | None:
    """What its author has asked there in the same words a moment ago."""
    query = sa.select(Topic).where(
        Topic.unit_id == asked.unit_id, Topic.author_id == asked.author_id, Topic.title == asked.title,
        Topic.text == asked.text, Topic.created_at > clock.now() - AGAIN,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Topic.id).limit(1))


def same_answer(topic_id: int, author_id: int, text: str) -> Answer | None:
    """What somebody has answered to a topic in the same words a moment ago."""
    query = sa.select(Answer).where(
        Answer.topic_id == topic_id, Answer.author_id == author_id, Answer.text == text,
        Answer.created_at > clock.now() - AGAIN,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Answer.id).limit(1))


def unanswered(unit_id: int) -> int:
    """How many open questions of a circle nobody has answered."""
    query = sa.select(sa.func.count(Topic.id)).where(
        Topic.unit_id == unit_id, Topic.hidden_at.is_(None), Topic.withdrawn_at.is_(None), Topic.closed_at.is_(None),
        ~sa.select(Answer.id).where(Answer.topic_id == Topic.id, _stands()).exists(),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def to_lesson(answer_id: int) -> ToLesson | None:
    """What there is of an answer's way to the lessons."""
    query = sa.select(ToLesson).options(joinedload(ToLesson.proposal)).where(ToLesson.answer_id == answer_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def counts(unit_ids: Collection[int]) -> dict[int, int]:
    """How many topics stand in each of these circles."""
    query = (
        sa.select(Topic.unit_id, sa.func.count(Topic.id))
        .where(Topic.unit_id.in_(list(unit_ids)), Topic.hidden_at.is_(None), Topic.withdrawn_at.is_(None))
        .group_by(Topic.unit_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
