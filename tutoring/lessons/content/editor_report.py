"""The report for editors: unverified claims, lessons without a reviewer, due reviews.

It also lists unverified facts, missing or outdated translations, and faults.
"""

import datetime as dt
from collections.abc import Iterator

from tutoring.lessons.content.types import LessonContent

SOON = dt.timedelta(days=7)  # a review that is due within a week is listed
LANGUAGES = ("en",)


def report(bank: LessonContent, today: dt.date) -> dict[str, list[str]]:
    """Returns the open items by heading; a heading without items is included."""
    return {
        "Chưa kiểm tra được (unverified)": list(_unverified(bank)),
        "Số và tên chưa có người kiểm tra (facts.yml)": list(_facts(bank)),
        "Quá ngày hoặc sắp đến ngày xem lại": list(_due(bank, today)),
        "Chưa có người thứ hai duyệt": [one.id for one in bank.lessons if not one.review.by],
        "Bản dịch đã cũ hoặc thiếu": list(_translations(bank)),
        "Có lỗi, đang giữ bản cũ": [str(one) for one in bank.faults],
    }


def _unverified(bank: LessonContent) -> Iterator[str]:
    for lesson in bank.lessons:
        for claim in lesson.unverified:
            yield f"{lesson.id}{'#' + claim['step'] if claim['step'] else ''}: {claim['what']}"


def _facts(bank: LessonContent) -> Iterator[str]:
    for key, fact in bank.facts.items():
        if not fact["verified_on"]:
            yield f"{key}: {fact['value']['vi']} (theo {fact['source']}, ngày {fact['as_of']})"


def _due(bank: LessonContent, today: dt.date) -> Iterator[str]:
    lessons = [one for one in bank.lessons if one.review.due and one.review.due <= today + SOON]
    for lesson in sorted(lessons, key=lambda one: (one.review.due, one.id)):
        yield f"{lesson.review.due} {lesson.id}"


def _translations(bank: LessonContent) -> Iterator[str]:
    for lesson in bank.lessons:
        for lang in LANGUAGES:
            if lang not in lesson.texts:
                continue
            for step in lesson.steps:
                if lang not in step.texts:
                    state = "đã cũ" if lang in step.stale else "chưa có"
                    yield f"{lesson.id}/{lang}.md#{step.id}: {state}, mã bản gốc {step.source_hash}"
