"""Figures of all lessons: pictures, acts, sentences, places of right answers, claims, English."""

from pathlib import Path

from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.lesson_parser import read_page
from tutoring.lessons.content.style import acts, check, conditionals, questions
from tutoring.lessons.content.types import SOURCE, LessonContent

OTHER = "en"


def figures(folder: Path, bank: LessonContent) -> list[str]:
    """Returns one line for each figure of the lessons in a folder; `bank` was read from it."""
    files = (folder / "lessons" / lesson.id / "vi.md" for lesson in bank.lessons)
    pages = [page for file in files if (page := read_page(file, Diagnostics("")))]
    steps = [step for lesson in bank.lessons for step in lesson.steps]
    pictured = sum("<figure" in one.texts[SOURCE].html or "<img" in one.texts[SOURCE].html for one in steps)
    tasks = [" ".join(text for _, text in acts.task(step.tokens)) for page in pages for step in page.steps]
    counts = [conditionals.count(step.tokens for step in page.steps) for page in pages]
    thi, sentences = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
    asked = [question for lesson in bank.lessons for question in check.asked_in(lesson)]
    longest, single = questions.longest_is_right(asked)
    translated = sum(OTHER in one.texts for one in steps)
    whole = sum(all(OTHER in step.texts for step in one.steps) for one in bank.lessons)
    quiz = [question for lesson in bank.lessons for question in lesson.quiz]
    other = sum(OTHER in one.get("translations", ()) for one in quiz)
    return [
        f"Bước có hình: {pictured} trong {len(steps)}",
        f"Bước bảo làm hơn một việc: {sum(acts.acts(task) > 1 for task in tasks)} trong {len(tasks)}",
        f"Câu có “thì” trong các bước: {thi} trong {sentences} ({_share(thi, sentences)}); "
        f"bài có quá một phần {conditionals.ONE_IN}: {sum(conditionals.too_many(*one) for one in counts)}",
        f"Chỗ của câu đúng (câu single): {questions.right_places(asked)}",
        f"Câu đúng dài nhất: {longest} trong {single}",
        *_claims(bank),
        f"Bước có tiếng Anh: {translated} trong {len(steps)}, còn thiếu {len(steps) - translated}; "
        f"bài đủ tiếng Anh: {whole} trong {len(bank.lessons)}",
        f"Câu hỏi của bài có tiếng Anh: {other} trong {len(quiz)}, còn thiếu {len(quiz) - other}",
    ]


def _claims(bank: LessonContent) -> list[str]:
    sources = [source for lesson in bank.lessons for source in lesson.sources]
    opened = sum(bool(source.get("checked")) for source in sources)
    verified = sum(bool(fact["verified_on"]) for fact in bank.facts.values())
    return [
        f"Điều chưa kiểm tra được (unverified): {sum(len(one.unverified) for one in bank.lessons)}",
        f"Số và tên trong facts.yml: {len(bank.facts)}, có ngày kiểm tra {verified}",
        f"Nguồn của bài: {len(sources)}, có ngày mở xem {opened}",
    ]


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole) if whole else 0} %"
