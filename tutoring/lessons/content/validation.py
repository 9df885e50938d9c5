"""Checks whether a lesson is complete and whether its references exist."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from tutoring.lessons.content import markdown
from tutoring.lessons.content.blocks import Block
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.lesson_parser import Page, ReferenceTargets
from tutoring.lessons.content.schema import Front, Medium
from tutoring.lessons.content.screens import coverage

Blocks = Sequence[Sequence[Block | None]]  # per step; None where a block could not be parsed
_Wrong = tuple[tuple[int | str, ...], str, str]  # path in the block, code, message

NO_PICTURE = "không có hình “{}” trong content/pictures.txt"


def check_head(head: Front, page: Page, folder: Path, around: ReferenceTargets, notes: Diagnostics) -> None:
    if head.id != folder.name:
        notes.fault(page.head_line("id"), "folder", f"id “{head.id}” phải trùng tên thư mục “{folder.name}”")
    if head.path not in around.paths:
        notes.fault(page.head_line("path"), "path", f"không có lộ trình “{head.path}” trong content/paths/")
    if head.picture and head.picture not in around.pictures:
        notes.fault(page.head_line("picture"), "picture-unknown", NO_PICTURE.format(head.picture))
    if head.path in around.for_staff and "can-bo" not in head.audience:
        notes.warn(page.head_line("audience"), "audience", "lộ trình dành cho cán bộ: audience nên có can-bo")
    for n, skill in enumerate(head.teaches):
        if skill not in around.skills:
            notes.fault(page.head_line("teaches", n), "skill", f"không có kỹ năng “{skill}” trong content/skills.yml")
    for n, other in enumerate(head.requires):
        if other not in around.lessons:
            notes.fault(page.head_line("requires", n), "requires", f"không có bài “{other}” trong content/lessons/")
    steps = {step.id for step in page.steps}
    for n, claim in enumerate(head.unverified):
        line = page.head_line("unverified", n)
        if claim.step and claim.step not in steps:
            notes.fault(line, "unverified", f"không có bước “{claim.step}” trong bài")
        notes.warn(line, "unverified", f"chưa kiểm tra được: {claim.what}")
    _check_review(head, page, around, notes)


def _check_review(head: Front, page: Page, around: ReferenceTargets, notes: Diagnostics) -> None:
    line = page.head_line("review")
    if not head.review.by:
        notes.warn(line, "unreviewed", "chưa có người thứ hai duyệt")
    elif head.review.by in head.authors:
        say = "người duyệt không được là người viết; để by trống đến khi có người thứ hai"
        notes.fault(page.head_line("review", "by"), "reviewer", say)
    if head.path == "dich-vu-cong" and not head.sources:
        notes.fault(page.head_line("path"), "sources", "bài về dịch vụ công cần ít nhất một nguồn (sources)")
    last = due(head)
    if last and around.today and last < around.today:
        notes.warn(line, "overdue", f"quá ngày xem lại ({last:%d/%m/%Y}); hãy đọc lại bài và ghi ngày mới")
    dates = [head.review.on, head.as_of, *(source.checked for source in head.sources)]
    if around.today and any(day and day > around.today for day in dates):
        notes.fault(line, "future", "có ngày duyệt hoặc ngày kiểm tra ở tương lai; hãy sửa lại")


def check_sound(declared: Medium, page: Page, line: int, notes: Diagnostics) -> None:
    """Checks that a recording reads an existing step; warns when the wording has changed since."""
    read = next((step for step in page.steps if step.id == declared.reads), None)
    if read is None:
        notes.fault(line, "sound", f"reads “{declared.reads}” không phải bước của bài này")
    elif declared.source_hash != read.digest:
        say = f"bản ghi âm “{declared.file}” đọc lời cũ của bước “{read.id}” (mã bản gốc nay là {read.digest})"
        notes.warn(line, "stale-sound", say)


def check_family(head: Front, page: Page, notes: Diagnostics) -> None:
    """Checks that a lesson with parts for child and parent has a teach-back list."""
    parted = next((step for step in page.steps if step.part), None)
    if parted and not head.teach_back:
        notes.fault(parted.line, "family", "bài có phần của con hoặc ba mẹ thì cần teach_back (dạy lại cho con)")


def due(head: Front) -> dt.date | None:
    start = head.review.on or head.as_of
    return start + dt.timedelta(days=head.review.every_days) if start else None


def check_blocks(page: Page, full: Blocks, around: ReferenceTargets, notes: Diagnostics) -> None:
    steps = {step.id for step in page.steps}
    asked: set[str] = set()
    for step, parsed, row in zip(page.steps, page.blocks, full, strict=True):
        if sum(raw.type == "stuck" for raw in step.blocks) > 1:
            notes.fault(step.line, "stuck", f"bước “{step.title}” có hai khối stuck; hãy giữ một")
        for raw, one, block in zip(step.blocks, parsed, row, strict=True):
            if block is not None:
                for path, code, say in _wrong(block, steps, asked, around):
                    notes.fault(raw.line + one.line(path) - 1, code, say)
                if block.get("kind") in {"order", "type"} and not block["say"]:
                    notes.warn(raw.line, "feedback", "thêm say: lời nói với người trả lời chưa đúng")


def _wrong(block: Block, steps: set[str | None], asked: set[str], around: ReferenceTargets) -> Iterator[_Wrong]:
    """Yields the broken references of a block; adds the ids of checkpoints to `asked`."""
    if block["type"] == "stuck" and block["topic"] not in around.skills:
        yield ("topic",), "skill", f"không có kỹ năng “{block['topic']}” trong content/skills.yml"
    if block["type"] == "checkpoint":
        if block["id"] in asked:
            yield ("id",), "checkpoint-id", f"mã câu hỏi “{block['id']}” dùng hai lần trong bài"
        asked.add(block["id"])
    for n, option in enumerate(block.get("options", ())):
        if option["back_to"] and option["back_to"] not in steps:
            say = f"back_to “{option['back_to']}” không phải bước của bài này"
            yield ("options", n, "back_to"), "back-to", say
    for n, mistake in enumerate(block.get("items", ())):
        if mistake["see"] and mistake["see"] not in around.lessons:
            yield (n, "see"), "see", f"không có bài “{mistake['see']}” trong content/lessons/"


def check_completeness(page: Page, full: Blocks, head: Front, notes: Diagnostics) -> None:
    kinds = [raw.type for step in page.steps for raw in step.blocks]
    if "checkpoint" not in kinds:
        notes.fault(page.before + 1, "no-checkpoint", "bài chưa có câu hỏi nào; thêm ít nhất một khối checkpoint")
    if "stuck" not in kinds:
        notes.warn(page.before + 1, "no-stuck", "bài chưa có khối stuck: người bị kẹt không có sẵn yêu cầu giúp")
    if not head.media:
        notes.warn(page.before + 1, "no-picture", "bài chưa có hình nào")
    for step in page.steps:
        if coverage.lacks_picture(step):
            say = f"bước “{step.title}” bảo nhìn hoặc chạm mà chưa có hình; thêm khối screen"
            notes.warn(step.line, "no-screen", say)
        missing = [name for name in ("goal", "find", "right", "else") if name not in markdown.leads(step.tokens)]
        if missing:
            words = ", ".join(f"“{markdown.LEADS[name][0]}”" for name in missing)
            notes.warn(step.line, "step-parts", f"bước “{step.title}” chưa có {words}")
    if head.path == "an-toan-so":
        return
    for step, row in zip(page.steps, full, strict=True):
        for raw, block in zip(step.blocks, row, strict=True):
            if any(one["danger"] and not one["see"] for one in (block or {}).get("items", ())):
                notes.warn(raw.line, "danger", "lỗi nguy hiểm nên ghi see: mã bài trong lộ trình an-toan-so")
