"""People ask and answer in a circle, change their words within half an hour, withdraw them and put them back."""

from tutoring.accounts.models import User
from tutoring.circles.events import TopicAnswered
from tutoring.circles.models import Answer, Topic
from tutoring.circles.places import answer_for, circle_of, topic_for
from tutoring.circles.queries import MOST_ANSWERS, answer_count, others_answered, same_answer, same_topic
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc, row_of_words
from tutoring.lessons.queries import find_lesson
from tutoring.policy import circles as policy
from tutoring.rooms.commands.weighing import stopped
from tutoring.safety.free_text import listen, without_private

LONGEST_TITLE = 120
LONGEST_TEXT = 2_000

_TOO_LATE = N_("Chỉ sửa được trong 30 phút sau khi gửi. Bạn rút lại rồi viết lời mới.")
_ANSWERED = N_("Đã có người trả lời nên chủ đề ở lại cho ba mẹ khác tìm. Có chỗ không nên để, bạn nhờ thầy cô ẩn giúp.")


def _checked(typed: str, longest: int, field: str, empty: str) -> str:
    """What was typed, when others may read it: the children spoken of are minors, whoever writes."""
    text = nfc(typed)
    listen(text)
    if not text:
        raise Invalid(empty, code="empty", field=field)
    if len(text) > longest:
        raise Invalid(
            N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), code="too_long", field=field, max=longest
        )  # fmt: skip
    return without_private(text, minor=True, field=field)


def _title(typed: str) -> str:
    return _checked(" ".join(typed.split()), LONGEST_TITLE, "title", N_("Hãy ghi câu hỏi thật ngắn."))


def _text(typed: str, empty: str = N_("Hãy viết vài câu.")) -> str:
    return _checked(typed, LONGEST_TEXT, "text", empty)


def _lesson(slug: str | None) -> str | None:
    if slug and find_lesson(slug) is None:
        raise Invalid(N_("Hãy chọn một bài trong danh sách, hoặc để trống."), field="lesson")
    return slug or None


def _write(topic: Topic, title: str, text: str, lesson_slug: str | None) -> None:
    topic.title, topic.text, topic.lesson_slug = _title(title), _text(text), _lesson(lesson_slug)
    topic.folded_title = row_of_words(topic.title)
    topic.folded = topic.folded_title + row_of_words(topic.text)


def _may_write(actor: User) -> None:
    """Who only reads in rooms for a while, by an act of the desk, does not go on here."""
    stop = stopped(actor.id)
    if stop is not None:
        here = clock.local(stop.until)
        raise NotAllowed(
            N_("Bạn tạm chỉ đọc đến %(until)s. Lý do: %(why)s"), code="muted", until=f"{here:%H:%M %d/%m}", why=stop.why
        )


@command
def ask(actor: User, unit_id: int, title: str, text: str, lesson_slug: str | None = None) -> Topic:
    """Ask the circle of a class or school; raises Missing for whoever does not belong in it."""
    circle = circle_of(actor, unit_id)
    _may_write(actor)
    topic = Topic(unit_id=circle.unit.id, author_id=actor.id)
    _write(topic, title, text, lesson_slug)
    if (same := same_topic(topic)) is not None:  # a form that was sent twice
        return same
    limits.hit("circle", actor.id)
    db.session.add(topic)
    db.session.flush()
    return topic


@command
def answer(actor: User, topic_id: int, text: str) -> Answer:
    """Answer a topic; who asked hears of it."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    if not policy.may_answer(circle.about(actor, topic)):
        raise Conflict(N_("Chủ đề này không nhận thêm câu trả lời."))
    if answer_count(topic.id) >= MOST_ANSWERS:
        raise Conflict(N_("Chủ đề này đã có nhiều câu trả lời. Bạn mở một chủ đề mới nhé."))
    _may_write(actor)
    words = _text(text, N_("Hãy viết câu trả lời."))
    if (same := same_answer(topic.id, actor.id, words)) is not None:
        return same
    limits.hit("circle", actor.id)
    made = Answer(topic_id=topic.id, author_id=actor.id, text=words, folded=row_of_words(words))
    db.session.add(made)
    topic.active_at = clock.now()
    db.session.flush()
    announce(TopicAnswered(topic.unit_id, topic.id, made.id, topic.author_id, actor.id))
    return made


# ---- one's own words afterwards ------------------------------------------------------------------------------


@command
def edit_topic(actor: User, topic_id: int, title: str, text: str, lesson_slug: str | None = None) -> Topic:
    """Change one's own question within half an hour."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    _may_edit(circle.about(actor, topic), topic)
    limits.hit("edit", actor.id)
    _write(topic, title, text, lesson_slug)
    topic.edited_at = clock.now()
    return topic


@command
def edit_answer(actor: User, answer_id: int, text: str) -> Answer:
    """Change one's own answer within half an hour."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    _may_edit(circle.about(actor, topic, row), row)
    limits.hit("edit", actor.id)
    row.text = _text(text, N_("Hãy viết câu trả lời."))
    row.folded, row.edited_at = row_of_words(row.text), clock.now()
    return row


def _may_edit(facts: policy.Facts, words: Topic | Answer) -> None:
    if not facts.own:
        raise NotAllowed
    _may_write(db.session.get_one(User, words.author_id))
    if not policy.may_edit(facts, clock.now() - words.created_at):
        raise Conflict(_TOO_LATE)


@command
def withdraw_topic(actor: User, topic_id: int, undo: bool = False) -> Topic:
    """Take one's own question back while nobody else has answered; `undo` puts it there again."""
    topic, circle = topic_for(actor, topic_id, lock=True)
    if not policy.may_withdraw(circle.about(actor, topic)):
        raise NotAllowed
    if not undo and others_answered(topic):
        raise Conflict(_ANSWERED)
    topic.withdrawn_at = None if undo else clock.now()
    return topic


@command
def withdraw_answer(actor: User, answer_id: int, undo: bool = False) -> Topic:
    """Take one's own answer back, with its pin; `undo` puts it there again, without."""
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    if not policy.may_withdraw(circle.about(actor, topic, row)):
        raise NotAllowed
    row.withdrawn_at = None if undo else clock.now()
    row.pinned_at = None
    return topic
