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
from tutoring.lessons.content import SOURCE, Fault, Lesson, Step
from tutoring.lessons.content.diff import Line, differences
from tutoring.lessons.content.draft_check import Draft, check_text
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
PRIVATE = "có số điện thoại, e-mail, số căn cước hoặc số tài khoản của ai đó; bài học chỉ dùng số toàn 0"
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

    `whole` is the vi.md that would be published, `before` the text that it replaces.
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

    @property
    def changed(self) -> bool:
        return bool(self.changes)


def lesson_text(folder: Path, slug: str) -> str | None:
    """Returns the current vi.md: as published in the browser, or else from the file; or None."""
    published = proposals_queries.published_text(slug)
    return published.text if published else file_text(folder, slug)


def part_text(folder: Path, slug: str, step_id: str | None) -> str | None:
    """Returns the current text of a step or a whole lesson, or None."""
    return _part_of(lesson_text(folder, slug), step_id)


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
    draft = check_text(
        folder, row.lesson_slug, whole, proposals_queries.places(), clock.today(), facts_queries.edited()
    )
    typed = row.text.strip("\n").split("\n") if row.step_id else row.text.split("\n")
    spots, private, lesson = list(_spots(draft.faults, typed, first, last)), _private(before or "", typed), draft.lesson
    if private:
        faulty = {spot.line for spot in spots}  # a telephone number must not be reported twice for one line
        spots, lesson = [*spots, *(spot for spot in private if spot.line not in faulty)], None
    if row.step_id is None and lesson is not None and not takes_review(row.text):
        line = next((n for n, words in enumerate(typed, 1) if "review" in words), 1)
        spots, lesson = [TextFinding(line, REVIEW, typed[line - 1].strip())], None
    return ProposalCheck(
        before=before or "",
        whole=whole,
        stale=stale,
        faults=tuple(one for one in spots if one.line is not None),
        elsewhere=tuple(one for one in spots if one.line is None),
        warnings=tuple(one for one in _spots(draft.warnings, typed, first, last) if one.line is not None),
        steps=tuple(shown_step(row.lesson_slug, step) for step in _steps(draft, row.step_id)),
        changes=changes,
        lesson=lesson,
    )


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


def _spots(faults: Iterable[Fault], typed: list[str], first: int, last: int | None) -> Iterator[TextFinding]:
    for fault in faults:
        line = fault.line - first + 1
        here = fault.file.endswith("/vi.md") and line >= 1 and (last is None or fault.line <= last)
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
