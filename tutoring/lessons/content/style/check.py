"""Warns about the style of a lesson: the acts of its steps, its sentences, its questions."""

from collections.abc import Iterable, Sequence

from tutoring.lessons.content.blocks import Block
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.lesson_parser import Page
from tutoring.lessons.content.style import acts, conditionals, questions
from tutoring.lessons.content.style.questions import Question
from tutoring.lessons.content.types import SOURCE, Lesson

CODES = frozenset(
    {
        "two-acts",
        "thi-sentences",
        "dated-question",
        "options-alike",
        "short-distractor",
        "hint-tells",
        "right-places",
        "longest-right",
    }
)
MAX_LONGEST = 0.6  # share of a lesson's questions in which the right option may be the longest
LESSON_OFF, LESSON_LEAST = 0.5, 2.0  # how far the right answers of one lesson may be from even places
BANK_OFF, BANK_LEAST, BANK_QUESTIONS = 0.1, 3.0, 100


def check_page(page: Page, notes: Diagnostics) -> None:
    """Warns about steps with several acts, conditional sentences, and what is weak in checkpoints."""
    for step in page.steps:
        found = acts.acts(" ".join(text for _, text in acts.task(step.tokens)))
        if found > 1:
            say = f"bước “{step.title}” bảo làm {found} việc; tách bước (from=…), hoặc viết lại thành một việc"
            notes.warn(step.line, "two-acts", say)
    thi, sentences = conditionals.count(step.tokens for step in page.steps)
    if conditionals.too_many(thi, sentences):
        say = f"{thi} trong {sentences} câu có chữ “thì”; nhiều nhất một trong {conditionals.ONE_IN} câu"
        notes.warn(page.before + 1, "thi-sentences", say)
    for step, row in zip(page.steps, page.blocks, strict=True):
        for raw, parsed in zip(step.blocks, row, strict=True):
            if raw.type == "checkpoint":
                for path, code, say in questions.weak_points(parsed.data):
                    notes.warn(raw.line + parsed.line(path) - 1, code, say)


def check_answers(page: Page, checkpoints: Iterable[Block], quiz: Sequence[Block], notes: Diagnostics) -> None:
    """Warns where the right answers of one lesson stand at one place too often, or are the longest too often."""
    asked: list[Question] = [*checkpoints, *quiz]
    places = questions.right_places(asked)
    if places.questions >= questions.MIN_QUESTIONS and places.uneven(LESSON_OFF, LESSON_LEAST):
        say = f"chỗ của câu đúng không đều ({places}); đổi chỗ vài lựa chọn"
        notes.warn(page.before + 1, "right-places", say)
    longest, total = questions.longest_is_right(asked)
    if total >= questions.MIN_QUESTIONS and longest > MAX_LONGEST * total:
        say = f"câu đúng dài nhất ở {longest} trong {total} câu hỏi; viết lựa chọn sai dài gần bằng"
        notes.warn(page.before + 1, "longest-right", say)


def check_bank(lessons: Iterable[Lesson], notes: Diagnostics) -> None:
    """Warns where the right answers of all lessons together do not stand at all places alike."""
    places = questions.right_places(question for lesson in lessons for question in asked_in(lesson))
    if places.questions >= BANK_QUESTIONS and places.uneven(BANK_OFF, BANK_LEAST):
        notes.warn(1, "right-places", f"chỗ của câu đúng trong mọi bài không đều ({places})")


def asked_in(lesson: Lesson) -> list[Question]:
    """Returns the questions of a lesson's steps and of its quiz."""
    blocks = (block for step in lesson.steps for block in step.texts[SOURCE].blocks)
    return [*(block for block in blocks if block["type"] == "checkpoint"), *lesson.quiz]
