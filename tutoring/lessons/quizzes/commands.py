"""Commands for one try at a lesson's quiz: begin, save answers, hand in once."""

import random
import secrets
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.queries import lesson
from tutoring.lessons.progress.mastery import confirm
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.quizzes.queries import open_try, own_try, quiz_pool, tries

_REMEMBERED = 10  # earlier tries that a draw considers


@command
def begin_quiz(user_id: int, lesson_slug: str, source: random.Random | None = None) -> QuizTry:
    """Returns the open try, or begins a new one with fixed questions.

    Raises NotFound for a lesson without a quiz.
    """
    found = lesson(lesson_slug)
    if under_way := open_try(user_id, lesson_slug):
        return under_way
    earlier = [[one["id"] for one in row.questions] for row in tries(user_id, lesson_slug, _REMEMBERED)]
    drawn = grading.draw(quiz_pool(lesson_slug), earlier, source or secrets.SystemRandom())
    if not drawn:
        raise NotFound
    _check_rate_limit(user_id, lesson_slug)
    # Two concurrent requests: the unique index allows one insert, and both get that try.
    insert_if_absent(QuizTry, user_id=user_id, lesson_slug=lesson_slug, version=found.version, questions=drawn)
    made = open_try(user_id, lesson_slug)
    if made is None:  # another request began and handed in meanwhile
        raise Conflict
    return made


def _check_rate_limit(user_id: int, lesson_slug: str) -> None:
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
    """Stores the answers so far; raises Conflict after the try was handed in."""
    row = own_try(user_id, try_id)
    _store(row, sent)
    return row


@command
def hand_in(user_id: int, try_id: int, sent: Mapping[str, Collection[str]]) -> QuizTry:
    """Grades the questions of this try once; passing confirms the lesson and grants its skills.

    Answers to other questions are ignored. Raises InvalidInput for a missing answer and Conflict for a second
    hand-in.
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
    """Stores answers only while the try is open; of two concurrent hand-ins one succeeds."""
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
