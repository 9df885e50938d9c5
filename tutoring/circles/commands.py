"""Commands of circles: ask, answer, edit, withdraw, mark, pin, close, hide, wish.

Authors edit their text within half an hour, and withdraw or restore it. Staff hide text with a reason.

Guardians wish for a live session about a topic; a session announced for the topic fulfils their wishes. The origin
string links a group session to the topic from whose page it was announced.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.circles.access import answer_for, circle_of, topic_for
from tutoring.circles.events import AnswerPinned, SessionForTopic, TopicAnswered, WordsHidden
from tutoring.circles.models import Answer, AnswerHelped, LiveWish, Topic
from tutoring.circles.queries import MAX_ANSWERS, answer_count, others_answered, same_answer, same_topic, wishers
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc, search_text
from tutoring.lessons.catalogue.queries import find_lesson
from tutoring.policy import circles as policy
from tutoring.rooms.hooks import refuse_while_restricted
from tutoring.safety.free_text import listen, reject_private_data, validate_reason

MAX_TITLE_CHARS = 120
MAX_TEXT_CHARS = 2_000

_TOO_LATE = N_("Chỉ sửa được trong 30 phút sau khi gửi. Bạn rút lại rồi viết bài mới.")
_ANSWERED = N_("Đã có người trả lời nên chủ đề ở lại cho ba mẹ khác tìm. Có chỗ không nên để, bạn nhờ thầy cô ẩn giúp.")


def _checked(typed: str, longest: int, field: str, empty: str) -> str:
    """Returns the normalized input, rejecting private data as for minors.

    Others read the text and it is about children, even when an adult writes it.
    """
    text = nfc(typed)
    listen(text)
    if not text:
        raise InvalidInput(empty, code="empty", field=field)
    if len(text) > longest:
        raise InvalidInput(
            N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), code="too_long", field=field, max=longest
        )  # fmt: skip
    return reject_private_data(text, minor=True, field=field)


def _title(typed: str) -> str:
    return _checked(" ".join(typed.split()), MAX_TITLE_CHARS, "title", N_("Hãy ghi câu hỏi thật ngắn."))


def _text(typed: str, empty: str = N_("Hãy viết vài câu.")) -> str:
    return _checked(typed, MAX_TEXT_CHARS, "text", empty)


def _lesson(slug: str | None) -> str | None:
    if slug and find_lesson(slug) is None:
        raise InvalidInput(N_("Hãy chọn một bài trong danh sách, hoặc để trống."), field="lesson")
    return slug or None


def _write(topic: Topic, title: str, text: str, lesson_slug: str | None) -> None:
    topic.title, topic.text, topic.lesson_slug = _title(title), _text(text), _lesson(lesson_slug)
    topic.folded_title = search_text(topic.title)
    topic.folded = topic.folded_title + search_text(topic.text)


@command
def ask(actor: User, unit_id: int, title: str, text: str, lesson_slug: str | None = None) -> Topic:
    """Creates a topic in the circle of a class or school.

    Raises NotFound if the user does not belong to the circle.
    """
    circle = circle_of(actor, unit_id)
    refuse_while_restricted(actor.id)
    topic = Topic(unit_id=circle.unit.id, author_id=actor.id)
    _write(topic, title, text, lesson_slug)
    if (same := same_topic(topic)) is not None:  # the same form submitted twice
        return same
    rate_limits.hit("circle", actor.id)
    db.session.add(topic)
    db.session.flush()
    return topic


@command
def answer(actor: User, topic_id: int, text: str) -> Answer:
    """Answers a topic and notifies its author."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    if not policy.may_answer(circle.about(actor, topic)):
        raise Conflict(N_("Chủ đề này không nhận thêm câu trả lời."))
    if answer_count(topic.id) >= MAX_ANSWERS:
        raise Conflict(N_("Chủ đề này đã có nhiều câu trả lời. Bạn mở một chủ đề mới nhé."))
    refuse_while_restricted(actor.id)
    words = _text(text, N_("Hãy viết câu trả lời."))
    if (same := same_answer(topic.id, actor.id, words)) is not None:
        return same
    rate_limits.hit("circle", actor.id)
    made = Answer(topic_id=topic.id, author_id=actor.id, text=words, folded=search_text(words))
    db.session.add(made)
    topic.active_at = clock.now()
    db.session.flush()
    publish(TopicAnswered(topic.unit_id, topic.id, made.id, topic.author_id, actor.id))
    return made


# ---- the user's own text afterwards ------------------------------------------------------------------------


@command
def edit_topic(actor: User, topic_id: int, title: str, text: str, lesson_slug: str | None = None) -> Topic:
    """Changes the user's own question within half an hour."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    _may_edit(circle.about(actor, topic), topic)
    rate_limits.hit("edit", actor.id)
    _write(topic, title, text, lesson_slug)
    topic.edited_at = clock.now()
    return topic


@command
def edit_answer(actor: User, answer_id: int, text: str) -> Answer:
    """Changes the user's own answer within half an hour."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    _may_edit(circle.about(actor, topic, row), row)
    rate_limits.hit("edit", actor.id)
    row.text = _text(text, N_("Hãy viết câu trả lời."))
    row.folded, row.edited_at = search_text(row.text), clock.now()
    return row


def _may_edit(facts: policy.CircleFacts, words: Topic | Answer) -> None:
    if not facts.own:
        raise Forbidden
    refuse_while_restricted(words.author_id)
    if not policy.may_edit(facts, clock.now() - words.created_at):
        raise Conflict(_TOO_LATE)


@command
def withdraw_topic(actor: User, topic_id: int, undo: bool = False) -> Topic:
    """Withdraws the user's own question while no other user has answered; `undo` restores it."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    if not policy.may_withdraw(circle.about(actor, topic)):
        raise Forbidden
    if not undo and others_answered(topic):
        raise Conflict(_ANSWERED)
    topic.withdrawn_at = None if undo else clock.now()
    return topic


@command
def withdraw_answer(actor: User, answer_id: int, undo: bool = False) -> Topic:
    """Withdraws the user's own answer and unpins it; `undo` restores it without the pin."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    if not policy.may_withdraw(circle.about(actor, topic, row)):
        raise Forbidden
    row.withdrawn_at = None if undo else clock.now()
    row.pinned_at = None
    return topic


MAX_REASON_CHARS = 200


@command
def mark_helped(actor: User, answer_id: int, helped: bool = True) -> Topic:
    """Marks an answer as helpful or removes the mark; one mark for each user."""
    row, topic, circle = answer_for(actor, answer_id)
    if not policy.may_mark(circle.about(actor, topic, row)):
        raise Forbidden(N_("Câu trả lời của chính mình thì người khác đánh dấu."))
    rate_limits.hit("react", actor.id)
    if helped:
        insert_if_absent(AnswerHelped, answer_id=row.id, user_id=actor.id)
    else:
        mine = AnswerHelped.answer_id == row.id, AnswerHelped.user_id == actor.id
        db.session.execute(sa.delete(AnswerHelped).where(*mine))
    return topic


@command
def pin(actor: User, answer_id: int, pinned: bool = True) -> Topic:
    """Pins one answer of a topic above the others, or unpins it.

    A new pin replaces the previous one.
    """
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    if not policy.may_pin(circle.about(actor, topic, row)):
        raise Forbidden
    if (row.pinned_at is not None) == pinned:
        return topic
    of_topic = sa.update(Answer).where(Answer.topic_id == topic.id, Answer.pinned_at.is_not(None))
    db.session.execute(of_topic.values(pinned_at=None))
    if pinned:
        row.pinned_at = clock.now()
        db.session.flush()
    if pinned and row.author_id != actor.id:
        publish(AnswerPinned(topic.unit_id, topic.id, row.id, row.author_id))
    return topic


@command
def close_topic(actor: User, topic_id: int, closed: bool = True) -> Topic:
    """Closes a topic to further answers, or opens it again."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    facts = circle.about(actor, topic)
    if not policy.may_close(facts):
        raise Forbidden
    if (topic.closed_at is not None) == closed:
        return topic
    topic.closed_at = clock.now() if closed else None
    if not facts.own:
        audit.record(actor.id, "close_topic" if closed else "open_topic", f"circle_topic:{topic.id}")
    return topic


@command
def hide_topic(actor: User, topic_id: int, hidden: bool, why: str = "") -> Topic:
    """Hides a topic from all but its author and the circle's staff, or shows it again."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    _hide(actor, circle.about(actor, topic), topic, topic, hidden, why)
    return topic


@command
def hide_answer(actor: User, answer_id: int, hidden: bool, why: str = "") -> Topic:
    """Hides or shows one answer in the same way; hiding also unpins it."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    _hide(actor, circle.about(actor, topic, row), row, topic, hidden, why)
    row.pinned_at = None
    return topic


def _hide(actor: User, facts: policy.CircleFacts, words: Topic | Answer, topic: Topic, hidden: bool, why: str) -> None:
    if not policy.may_hide(facts):
        raise Forbidden(N_("Bài của chính mình thì rút lại, không ẩn."))
    if facts.hidden == hidden:
        return
    reason = validate_reason(why, needed=hidden)
    if len(reason) > MAX_REASON_CHARS:
        raise InvalidInput(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="reason")
    words.hidden_at, words.hidden_by_id = (clock.now(), actor.id) if hidden else (None, None)
    words.hidden_why = reason if hidden else ""
    kind = "topic" if isinstance(words, Topic) else "answer"
    audit.record(actor.id, f"hide_{kind}" if hidden else f"show_{kind}", f"circle_{kind}:{words.id}", reason=reason)
    if hidden:
        publish(WordsHidden(topic.unit_id, topic.id, f"{kind}:{words.id}", words.author_id))


@command
def wish(actor: User, topic_id: int, wished: bool = True) -> Topic:
    """Records or removes the wish for a live session about a topic; one wish for each user."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    facts = circle.about(actor, topic)
    if not facts.guards:
        raise Forbidden(N_("Ba mẹ trong góc hỏi đáp xin buổi học; thầy cô thì mở buổi."))
    mine = LiveWish.topic_id == topic.id, LiveWish.user_id == actor.id
    if not wished:
        db.session.execute(sa.delete(LiveWish).where(*mine))
        return topic
    if not policy.may_wish(facts):
        raise Conflict(N_("Chủ đề này đã đóng."))
    rate_limits.hit("react", actor.id)
    if not insert_if_absent(LiveWish, topic_id=topic.id, user_id=actor.id) and actor.id not in wishers(topic.id):
        # An earlier wish already led to a session; this one counts as new.
        db.session.execute(sa.update(LiveWish).where(*mine).values(session_id=None, at=clock.now()))
    return topic


@command
def note_session(helper: User, topic_id: int, session_id: int) -> None:
    """Links an announced session to the topic from whose page it was announced.

    Publishes an event for the users who wished for one. Changes nothing if the helper is not staff of that circle.
    """
    try:
        topic, circle = topic_for(helper, topic_id, lock=True)
    except NotFound:
        return
    if not circle.facts.leads:
        return
    topic.session_id = session_id
    wished = tuple(wishers(topic.id))
    got = LiveWish.topic_id == topic.id, LiveWish.user_id.in_(wished)
    db.session.execute(sa.update(LiveWish).where(*got).values(session_id=session_id))
    publish(SessionForTopic(topic.unit_id, topic.id, session_id, wished))


_KIND = "circle_topic:"


def origin_of(topic_id: int) -> str:
    """Returns the origin string of a topic."""
    return f"{_KIND}{topic_id}"


def topic_of(origin: str) -> int | None:
    """Returns the topic id of an origin string; None for any other string."""
    number = origin.removeprefix(_KIND)
    return int(number) if origin != number and number.isascii() and number.isdecimal() and len(number) < 10 else None
