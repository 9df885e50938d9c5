"""Turns a helpful answer into a lesson.

A user suggests it, its author consents, and staff of the circle send it to the editors, who decide. Nothing leaves the
circle before the author consents.
"""

from pathlib import Path

from tutoring.accounts.models import User
from tutoring.circles.access import Circle, answer_for
from tutoring.circles.events import AnswerSent, LessonAnswered, LessonAsked
from tutoring.circles.models import Answer, ToLesson, Topic
from tutoring.circles.queries import helped_by, to_lesson
from tutoring.community.queries import nearest_teachers, roles_of
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.proposals import from_answers
from tutoring.lessons.proposals.models import Proposal
from tutoring.policy import circles as policy

# The note that editors read beside the text; Vietnamese, as lessons are.
_FROM = "Từ góc hỏi đáp phụ huynh {unit}. Lời của một phụ huynh, đã đồng ý cho dùng và không ghi tên."
_SIGNED = "Từ góc hỏi đáp phụ huynh {unit}. Lời của {name}, đã đồng ý cho dùng và ghi tên."
_BY = " Theo {name}, trong góc hỏi đáp phụ huynh."


@command
def suggest(actor: User, answer_id: int) -> Topic:
    """Asks the author of an answer whether it may become a lesson.

    Authors who suggest their own answer consent by doing so.
    """
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    facts = circle.about(actor, topic, row)
    if not policy.may_suggest(facts, helped_by(row.id)):
        raise Forbidden(N_("Khi ba người thấy câu trả lời này có ích, bạn đề xuất được."))
    known = to_lesson(row.id)
    if known is not None and (known.said != "declined" or not facts.own):
        raise Conflict(N_("Câu trả lời này đã được đề xuất rồi."))
    rate_limits.hit("circle", actor.id)
    if known is None:
        known = ToLesson(answer_id=row.id, asked_by_id=actor.id)
        db.session.add(known)
    if not facts.own:
        db.session.flush()
        publish(LessonAsked(topic.unit_id, topic.id, row.id, row.author_id))
        return topic
    _say(known, topic, yes=True, signed=False)
    return topic


@command
def agree(actor: User, answer_id: int, yes: bool, signed: bool = False) -> Topic:
    """Records the author's consent, with or without the display name, or the refusal.

    Consent can be withdrawn until the answer is sent. A refusal can become consent at any time.
    """
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    if not policy.may_agree(circle.about(actor, topic, row)):
        raise Forbidden(N_("Chỉ người viết câu trả lời mới đồng ý hay không."))
    known = to_lesson(row.id)
    if known is None:
        raise Conflict(N_("Chưa ai đề xuất câu trả lời này thành bài học."))
    if _under_way(known):
        raise Conflict(N_("Câu trả lời đã được gửi cho ban biên tập. Muốn rút, bạn nhắn thầy cô nhé."))
    _say(known, topic, yes=yes, signed=yes and signed)
    return topic


def _say(known: ToLesson, topic: Topic, *, yes: bool, signed: bool) -> None:
    known.said, known.signed, known.said_at = "agreed" if yes else "declined", signed, clock.now()
    if not yes:
        known.proposal_id = None
    db.session.flush()
    author_id = db.session.get_one(Answer, known.answer_id).author_id
    tell = {known.asked_by_id, *(nearest_teachers(topic.unit_id) if yes else ())} - {author_id}
    publish(LessonAnswered(topic.unit_id, topic.id, known.answer_id, yes, tuple(sorted(tell))))


def _under_way(known: ToLesson) -> bool:
    return known.proposal is not None and known.proposal.state != "withdrawn"


@command
def send_to_step(actor: User, folder: Path, answer_id: int, number: int) -> Proposal:
    """Sends an answer to the editors as a common mistake of one step of the topic's lesson.

    Steps are numbered from 1.
    """
    row, topic, circle, known = _to_send(actor, answer_id)
    if topic.lesson_slug is None:
        raise Conflict(N_("Chủ đề này không gắn với bài nào. Hãy viết thành bài mới."))
    words = _words(row, topic, circle, known)
    sent = from_answers.propose_step_from_words(actor, folder, topic.lesson_slug, number, words)
    return _sent(actor, known, sent)


@command
def send_to_new_lesson(
    actor: User, folder: Path, answer_id: int, title: str, path: str, skill: str
) -> Proposal:  # fmt: skip
    """Sends an answer to the editors as the beginning of a new lesson."""
    row, topic, circle, known = _to_send(actor, answer_id)
    words = _words(row, topic, circle, known)
    sent = from_answers.propose_lesson_from_words(actor, folder, title, path, skill, words)
    return _sent(actor, known, sent)


def _to_send(actor: User, answer_id: int) -> tuple[Answer, Topic, Circle, ToLesson]:
    row, topic, circle = answer_for(actor, answer_id, lock=True)
    if not policy.may_send(circle.about(actor, topic, row), roles_of(actor.id)):
        raise Forbidden
    if row.hidden_at is not None or row.withdrawn_at is not None:
        raise Conflict(N_("Câu trả lời này không còn ở đây."))
    known = to_lesson(row.id)
    if known is None or known.said != "agreed":
        raise Conflict(N_("Người viết câu trả lời chưa đồng ý."))
    if _under_way(known):
        raise Conflict(N_("Câu trả lời này đã được gửi rồi."))
    return row, topic, circle, known


def _words(row: Answer, topic: Topic, circle: Circle, known: ToLesson) -> from_answers.Words:
    name = row.author.said_name
    note = _SIGNED.format(unit=circle.unit.name, name=name) if known.signed else _FROM.format(unit=circle.unit.name)
    text = row.text.rstrip() + (_BY.format(name=name) if known.signed else "")
    return from_answers.Words(topic.title or row.text[:80], text, note)


def _sent(actor: User, known: ToLesson, sent: Proposal) -> Proposal:
    known.proposal_id = sent.id
    publish(AnswerSent(known.answer_id))
    audit.record(actor.id, "send_to_lesson", f"circle_answer:{known.answer_id}", proposal=sent.id)
    return sent
