"""What helps is marked and pinned; topics are closed; what should not stand there is hidden, with a reason."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.circles.events import AnswerPinned, WordsHidden
from tutoring.circles.models import Answer, AnswerHelped, Topic
from tutoring.circles.places import answer_for, topic_for
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import circles as policy
from tutoring.safety.free_text import plain_reason

LONGEST_WHY = 200


@command
def mark_helped(actor: User, answer_id: int, helped: bool = True) -> Topic:
    """Say that an answer helped, or that it did not after all; once for each person."""
    row, topic, circle = answer_for(actor, answer_id)
    if not policy.may_mark(circle.about(actor, topic, row)):
        raise NotAllowed(N_("Câu trả lời của chính mình thì người khác đánh dấu."))
    limits.hit("react", actor.id)
    if helped:
        insert_once(AnswerHelped, answer_id=row.id, user_id=actor.id)
    else:
        mine = AnswerHelped.answer_id == row.id, AnswerHelped.user_id == actor.id
        db.session.execute(sa.delete(AnswerHelped).where(*mine))
    return topic


@command
def pin(actor: User, answer_id: int, pinned: bool = True) -> Topic:
    """Put one answer of a topic above the others, or let it go; the one before gives way."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    if not policy.may_pin(circle.about(actor, topic, row)):
        raise NotAllowed
    if (row.pinned_at is not None) == pinned:
        return topic
    of_topic = sa.update(Answer).where(Answer.topic_id == topic.id, Answer.pinned_at.is_not(None))
    db.session.execute(of_topic.values(pinned_at=None))
    if pinned:
        row.pinned_at = clock.now()
        db.session.flush()
    if pinned and row.author_id != actor.id:
        announce(AnswerPinned(topic.unit_id, topic.id, row.id, row.author_id))
    return topic


@command
def close_topic(actor: User, topic_id: int, closed: bool = True) -> Topic:
    """Let a topic take no more answers, or take them again."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    facts = circle.about(actor, topic)
    if not policy.may_close(facts):
        raise NotAllowed
    if (topic.closed_at is not None) == closed:
        return topic
    topic.closed_at = clock.now() if closed else None
    if not facts.own:
        audit.record(actor.id, "close_topic" if closed else "open_topic", f"circle_topic:{topic.id}")
    return topic


@command
def hide_topic(actor: User, topic_id: int, hidden: bool, why: str = "") -> Topic:
    """Let a topic be read by its author and by who leads alone, or by all again."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    _hide(actor, circle.about(actor, topic), topic, topic, hidden, why)
    return topic


@command
def hide_answer(actor: User, answer_id: int, hidden: bool, why: str = "") -> Topic:
    """The same of one answer; its pin goes with it."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    _hide(actor, circle.about(actor, topic, row), row, topic, hidden, why)
    row.pinned_at = None
    return topic


def _hide(actor: User, facts: policy.Facts, words: Topic | Answer, topic: Topic, hidden: bool, why: str) -> None:
    if not policy.may_hide(facts):
        raise NotAllowed(N_("Lời của chính mình thì rút lại, không ẩn."))
    if facts.hidden == hidden:
        return
    reason = plain_reason(why, needed=hidden)
    if len(reason) > LONGEST_WHY:
        raise Invalid(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="reason")
    words.hidden_at, words.hidden_by_id = (clock.now(), actor.id) if hidden else (None, None)
    words.hidden_why = reason if hidden else ""
    kind = "topic" if isinstance(words, Topic) else "answer"
    audit.record(actor.id, f"hide_{kind}" if hidden else f"show_{kind}", f"circle_{kind}:{words.id}", reason=reason)
    if hidden:
        announce(WordsHidden(topic.unit_id, topic.id, f"{kind}:{words.id}", words.author_id))
