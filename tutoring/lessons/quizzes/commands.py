"""One try at a lesson's quiz: begun, answered, handed in once."""

import random
import secrets
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_if_absent
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.queries import lesson
from tutoring.lessons.progress.mastery import confirm
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.quizzes.queries import open_try, own_try, quiz_pool, tries

_REMEMBERED = 10  # tries that a draw looks back upon


@command
def begin_quiz(user_id: int, lesson_slug: str, source: random.Random | None = None) -> QuizTry:
    """A new try with its questions fixed, or the one that is open; raises Missing where there is no quiz."""
    found = lesson(lesson_slug)
    if under_way := open_try(user_id, lesson_slug):
        return under_way
    earlier = [[one["id"] for one in row.questions] for row in tries(user_id, lesson_slug, _REMEMBERED)]
    drawn = grading.draw(quiz_pool(lesson_slug), earlier, source or secrets.SystemRandom())
    if not drawn:
        raise NotFound
    _not_too_often(user_id, lesson_slug)
    # Two taps at once: the index lets one through, and both get that one.
    insert_if_absent(QuizTry, user_id=user_id, lesson_slug=lesson_slug, version=found.version, questions=drawn)
    made = open_try(user_id, lesson_slug)
    if made is None:  # begun and handed in elsewhere within this moment
        raise Conflict
    return made


def _not_too_often(user_id: int, lesson_slug: str) -> None:
    try:
        rate_limits.hit("quiz", user_id, lesson_slug)
    except RateLimited as refusal:
        minutes = -(-(refusal.retry_after or 60) // 60)
        raise RateLimited(
            N_("Bạn đã làm nhiều lần trong một giờ. Hãy học lại bài; %(minutes)s phút nữa làm tiếp được."),
            retry_after=refusal.retry_after, minutes=minutes,
        ) from None  # fmt: skip


@command
def save_answers(user_id: int, try_id: int, sent: Mapping[str, Collection[str]]) -> QuizTry:
    """Keep what was chosen so far; raises Conflict once it was handed in."""
    row = own_try(user_id, try_id)
    _store(row, sent)
    return row


@command
def hand_in(user_id: int, try_id: int, sent: Mapping[str, Collection[str]]) -> QuizTry:
    """Grade exactly the questions of this try, once. Passing confirms the lesson and gives its skills.

    What does not belong to the try is left out; an open question is refused; a second time is a Conflict.
    """
    row = own_try(user_id, try_id)
    if row.closed_at is not None:
        raise _closed()
    answers = grading.of_these(row.questions, sent)
    if grading.unanswered(row.questions, answers):
        raise InvalidInput(N_("Còn câu chưa trả lời. Hãy chọn câu trả lời rồi nộp."), code="empty")
    found = lesson(row.lesson_slug)
    right = grading.count_right(row.questions, answers)
    passed = right >= grading.needed(len(row.questions), found.path_slug)
    _store(row, sent, right=right, passed=passed, closed_at=clock.now())
    if passed:
        confirm(user_id, found, "quiz")
    return row


def _store(row: QuizTry, sent: Mapping[str, Collection[str]], **result: object) -> None:
    """Only while the try is open: of two hand-ins in one moment the database lets one through."""
    answers = grading.of_these(row.questions, sent)
    done = db.session.execute(
        sa.update(QuizTry)
        .where(QuizTry.id == row.id, QuizTry.closed_at.is_(None))
        .values(answers=answers, **result)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _closed()
    db.session.refresh(row)


def _closed() -> Conflict:
    return Conflict(N_("Lần làm này đã nộp rồi. Tải lại trang để xem kết quả."), code="closed")
