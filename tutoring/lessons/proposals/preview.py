"""Compares a proposal with the current text: its faults, its changes and its preview."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.loader import shown_block
from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.content import QUIZ_FILE, SOURCE, SOURCE_FILE, Fault, Lesson, Step
from tutoring.lessons.content.diff import Line, differences
from tutoring.lessons.content.draft_check import Draft, check_text
from tutoring.lessons.content.form import quiz as quiz_form
from tutoring.lessons.content.form.document import Unreadable
from tutoring.lessons.content.form.quiz import Quiz
from tutoring.lessons.content.form.values import Values
from tutoring.lessons.content.published_texts import file_text
from tutoring.lessons.content.step_editor import (
    above,
    cut,
    digest,
    find_replacement_problem,
    replaced,
    reviewed,
    takes_review,
    version,
)
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.models import Proposal
from tutoring.safety.free_text import has_personal_contact, reject_private_data

MAX_NOTE_CHARS = 500  # characters
GONE = "bước này không còn trong bài; hãy chép phần cần giữ rồi rút đề nghị"
NO_LESSON = "bài này không còn nữa; hãy rút đề nghị"
PRIVATE = "có số điện thoại, email, số căn cước hoặc số tài khoản của ai đó; bài học chỉ dùng số toàn 0"
REVIEW = "viết mục này trên một dòng, như: review: {every_days: 180}; tên người duyệt được ghi khi đăng"


@dataclass(frozen=True)
class TextFinding:
    """A fault or warning at a line of the author's text, with that line.

    `line` is None when it is elsewhere in the lesson.
    """

    line: int | None
    say: str
    text: str = ""


@dataclass(frozen=True)
class ProposalCheck:
    """The effect of a proposal.

    `whole` is the file that would be published, `before` the text that it replaces.
    """

    before: str
    whole: str
    stale: bool  # the current text is not the one the author began from
    faults: tuple[TextFinding, ...]
    elsewhere: tuple[TextFinding, ...]  # faults outside the author's text
    warnings: tuple[TextFinding, ...]
    steps: tuple[StepText, ...]
    changes: tuple[Line, ...]
    lesson: Lesson | None  # None when there are faults
    questions: tuple[Values, ...] = ()  # of a quiz

    @property
    def changed(self) -> bool:
        return bool(self.changes)


def lesson_text(folder: Path, slug: str, file: str = SOURCE_FILE) -> str | None:
    """Returns the current text of a file: as published in the browser, or else from the folder; or None."""
    published = proposals_queries.published_text(slug, file)
    return published.text if published else file_text(folder, slug, file)


def part_text(folder: Path, slug: str, step_id: str | None) -> str | None:
    """Returns the current text of a step or a whole lesson, or None."""
    return _part_of(lesson_text(folder, slug), step_id)


def text_now(folder: Path, row: Proposal) -> str | None:
    """Returns the current text of what a proposal changes, or None."""
    return _part_of(lesson_text(folder, row.lesson_slug, row.file), row.step_id)


def draft_of(folder: Path, slug: str, text: str, quiz: str | None = None) -> Draft:
    """Returns a lesson's text as checked with the other lessons, facts and `quiz`, or the current quiz."""
    if quiz is None:
        published = proposals_queries.published_text(slug, QUIZ_FILE)
        quiz = published.text if published else None
    return check_text(folder, slug, text, proposals_queries.places(), clock.today(), facts_queries.edited(), quiz)


def _part_of(text: str | None, step_id: str | None) -> str | None:
    if text is None or step_id is None:
        return text
    found = cut(text, step_id)
    return found.text if found else None


def base_of(before: str | None) -> str:
    """Returns the hash that identifies the text an author begins from."""
    return "" if before is None else digest(before)


def check_proposal(folder: Path, row: Proposal, reviewer: str = "") -> ProposalCheck:
    """Checks a proposal by the rules of the lesson files, as if it were published now.

    With a `reviewer` the published text of a whole lesson names this reviewer.
    """
    if row.file == QUIZ_FILE:
        return _check_quiz(folder, row)
    stands = lesson_text(folder, row.lesson_slug)
    before = _part_of(stands, row.step_id)
    stale = base_of(before) != row.base_hash
    changes = tuple(differences(before or "", row.text))
    if row.step_id is None:
        whole, first, last = row.text, 1, None
        if reviewer:
            whole = reviewed(whole, reviewer, clock.today())
    else:
        why = GONE if stands is None else find_replacement_problem(stands, row.step_id, row.text)
        if why or stands is None:
            return ProposalCheck(before or "", "", stale, (TextFinding(1, why),), (), (), (), changes, None)
        whole = replaced(stands, row.step_id, row.text) or ""
        found = cut(whole, row.step_id)
        first, last = (found.first, found.last) if found else (1, None)
    if stands is not None:
        whole = above(whole, max(version(stands), _loaded_version(row.lesson_slug)))
    draft = draft_of(folder, row.lesson_slug, whole)
    typed = row.text.strip("\n").split("\n") if row.step_id else row.text.split("\n")
    spots, lesson = _findings(draft, SOURCE_FILE, before or "", typed, first, last)
    if row.step_id is None and lesson is not None and not takes_review(row.text):
        line = next((n for n, words in enumerate(typed, 1) if "review" in words), 1)
        spots, lesson = [TextFinding(line, REVIEW, typed[line - 1].strip())], None
    return ProposalCheck(
        before=before or "",
        whole=whole,
        stale=stale,
        faults=tuple(one for one in spots if one.line is not None),
        elsewhere=tuple(one for one in spots if one.line is None),
        warnings=_warnings(draft, SOURCE_FILE, typed, first, last),
        steps=tuple(shown_step(row.lesson_slug, step) for step in _steps(draft, row.step_id)),
        changes=changes,
        lesson=lesson,
    )


def _check_quiz(folder: Path, row: Proposal) -> ProposalCheck:
    """Checks a proposal for the questions of a lesson's quiz."""
    there, lesson = text_now(folder, row), lesson_text(folder, row.lesson_slug)
    before, stale = there or "", base_of(there) != row.base_hash
    changes, typed = tuple(differences(before, row.text)), row.text.split("\n")
    if lesson is None:
        return ProposalCheck(before, row.text, stale, (), (TextFinding(None, NO_LESSON),), (), (), changes, None)
    draft = draft_of(folder, row.lesson_slug, lesson, row.text)
    spots, made = _findings(draft, QUIZ_FILE, before, typed, 1, None)
    return ProposalCheck(
        before=before,
        whole=row.text,
        stale=stale,
        faults=tuple(one for one in spots if one.line is not None),
        elsewhere=tuple(one for one in spots if one.line is None),
        warnings=_warnings(draft, QUIZ_FILE, typed, 1, None),
        steps=(),
        changes=changes,
        lesson=made,
        questions=quiz.questions if (quiz := quiz_in(row.text)) else (),
    )


def quiz_in(text: str) -> Quiz | None:
    """Returns the quiz of a text; None where the form cannot show it."""
    try:
        return quiz_form.read(text)
    except Unreadable:
        return None


def _findings(
    draft: Draft, file: str, before: str, typed: list[str], first: int, last: int | None
) -> tuple[list[TextFinding], Lesson | None]:
    """Returns the faults of a draft and of private data in it, and the lesson if there are none."""
    spots, private = list(_spots(draft.faults, file, typed, first, last)), _private(before, typed)
    faulty = {spot.line for spot in spots}  # a telephone number must not be reported twice for one line
    spots += [spot for spot in private if spot.line not in faulty]
    return spots, None if private else draft.lesson


def _warnings(draft: Draft, file: str, typed: list[str], first: int, last: int | None) -> tuple[TextFinding, ...]:
    return tuple(one for one in _spots(draft.warnings, file, typed, first, last) if one.line is not None)


def require_publishable(judged: ProposalCheck) -> Lesson:
    """Returns the lesson that would be published.

    Raises InvalidInput or Conflict while it cannot be submitted or published.
    """
    if judged.faults or judged.elsewhere or judged.lesson is None:
        raise InvalidInput(N_("Còn chỗ phải sửa trước. Các chỗ đó được ghi ngay dưới đây."), code="faulty")
    if not judged.changed:
        raise InvalidInput(N_("Chưa đổi gì so với bản đang có."), code="empty")
    if judged.stale:
        say = N_("Bài này đã được đổi sau khi đề nghị được viết. Người viết cần xem phần thay đổi trước.")
        raise Conflict(say, code="stale")
    return judged.lesson


def short_note(typed: str) -> str:
    """Returns a note between author and reviewer as stored; rejects private data."""
    return reject_private_data(nfc(typed)[:MAX_NOTE_CHARS], minor=False, field="note")


def _loaded_version(slug: str) -> int:
    found = catalogue_queries.find_lesson(slug)
    return found.version if found else 0


def _spots(faults: Iterable[Fault], file: str, typed: list[str], first: int, last: int | None) -> Iterator[TextFinding]:
    for fault in faults:
        line = fault.line - first + 1
        here = fault.is_in(file) and line >= 1 and (last is None or fault.line <= last)
        if here:
            yield TextFinding(line, fault.say, typed[line - 1].strip() if line <= len(typed) else "")
        else:
            yield TextFinding(None, f"{fault.file.rsplit('/', 1)[-1]}:{fault.line}: {fault.say}")


def _private(before: str, typed: list[str]) -> list[TextFinding]:
    """Returns personal numbers in new lines; lessons must not contain them."""
    stood = set(before.split("\n"))
    lines = [(number, line) for number, line in enumerate(typed, 1) if line not in stood]
    return [TextFinding(number, PRIVATE, line.strip()) for number, line in lines if has_personal_contact(line)]


def _steps(draft: Draft, step_id: str | None) -> list[Step]:
    return [step for step in draft.steps if step_id in (None, step.id)]


def shown_step(slug: str, step: Step) -> StepText:
    """Returns a checked step as its preview shows it."""
    text = step.texts[SOURCE]
    return StepText(
        lesson_slug=slug,
        number=step.position,
        step_id=step.id,
        lang=SOURCE,
        fallback=False,
        title=text.title,
        html=Markup(text.html),  # sanitised by the same renderer as every lesson
        blocks=[shown_block(block) for block in text.blocks],
        part=step.part,
    )
