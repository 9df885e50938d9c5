"""Commands of authors and reviewers for lesson proposals.

Authors begin, save, submit and withdraw proposals. Reviewers return or publish them; coordinators name the
reviewers.
"""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import roles_of
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.loader import load_lesson
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.lessons.content import QUIZ_FILE, SOURCE_FILE
from tutoring.lessons.content.form import quiz
from tutoring.lessons.content.lesson_template import text_of
from tutoring.lessons.content.published_texts import file_text
from tutoring.lessons.content.schema import MAX_SLUG_CHARS, SLUG
from tutoring.lessons.content.step_editor import digest, tidy
from tutoring.lessons.events import LessonPublished, ProposalClosed, ProposalReturned, ProposalSubmitted
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.models import LessonEditor, Proposal, PublishedText
from tutoring.lessons.skills.models import Skill
from tutoring.policy import lessons as policy

MAX_TEXT_BYTES = 60_000  # bytes of a text; the largest lesson of the catalogue has a third of it
MAX_OPEN_PROPOSALS = 20  # undecided proposals of one author
ORDER_STEP = 10  # between lessons of a path, so that another lesson fits in between


def _may_write(actor: User) -> None:
    if not policy.may_propose(roles_of(actor.id)):
        raise NotFound


def _check_room(actor: User) -> None:
    if proposals_queries.open_count(actor.id) >= MAX_OPEN_PROPOSALS:
        raise InvalidInput(
            N_("Bạn đang có %(n)s đề nghị chưa xong. Hãy xong hoặc rút bớt rồi viết tiếp."),
            code="too_many",
            n=MAX_OPEN_PROPOSALS,
        )


@command
def propose_change(actor: User, folder: Path, slug: str, number: int | None) -> int:
    """Begins a proposal for a step (`number`) or a whole lesson (None); returns its id.

    An author who already has an open proposal for it gets that one. Raises NotFound, Conflict or InvalidInput.
    """
    _may_write(actor)
    found = db.session.get(Lesson, slug)
    if found is None or found.retired_at is not None:
        raise NotFound
    step_id = found.step_id(number) if number is not None else None
    if number is not None and step_id is None:
        raise NotFound
    begun = proposals_queries.proposal_on(actor.id, slug, step_id)
    if begun is not None:
        return begun.id
    _check_room(actor)
    text = preview.part_text(folder, slug, step_id)
    if text is None:
        raise Conflict(N_("Tệp của bài này đang có lỗi nên chưa sửa ở đây được. Người quản trị đã được báo."))
    return _begin(actor, slug, step_id, text, preview.base_of(text))


@command
def propose_quiz(actor: User, folder: Path, slug: str) -> int:
    """Begins a proposal for the questions of a lesson's quiz; returns its id.

    An author who already has an open proposal for them gets that one. Raises NotFound, Conflict or InvalidInput.
    """
    _may_write(actor)
    found = db.session.get(Lesson, slug)
    if found is None or found.retired_at is not None:
        raise NotFound
    begun = proposals_queries.proposal_on(actor.id, slug, None, QUIZ_FILE)
    if begun is not None:
        return begun.id
    _check_room(actor)
    text = preview.lesson_text(folder, slug, QUIZ_FILE)
    return _begin(actor, slug, None, quiz.EMPTY if text is None else text, preview.base_of(text), QUIZ_FILE)


@command
def propose_lesson(actor: User, slug: str, title: str, path: str, skill: str) -> int:
    """Begins a new lesson from the template; returns the id of the proposal."""
    _may_write(actor)
    _check_room(actor)
    if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG_CHARS:
        raise InvalidInput(N_("Chỉ gồm chữ thường không dấu, số và gạch nối, như: gui-anh-cho-co."), field="slug")
    if slug in proposals_queries.slugs_taken():
        raise InvalidInput(N_("Mã này đã có bài dùng. Hãy chọn mã khác."), field="slug")
    known_path, known_skill = db.session.get(LessonPath, path), db.session.get(Skill, skill)
    if known_path is None or known_path.retired_at is not None:
        raise InvalidInput(field="path")
    if known_skill is None or known_skill.retired_at is not None:
        raise InvalidInput(field="skill")
    last = sa.select(sa.func.max(Lesson.position)).where(Lesson.path_slug == path, Lesson.retired_at.is_(None))
    order = (db.session.scalar(last) or 0) + ORDER_STEP
    return _begin(actor, slug, None, text_of(slug, title, path, order, skill, actor.shown_name), "")


def _begin(actor: User, slug: str, step_id: str | None, text: str, base: str, file: str = SOURCE_FILE) -> int:
    row = Proposal(author_id=actor.id, lesson_slug=slug, step_id=step_id, text=text, base_hash=base, file=file)
    db.session.add(row)
    db.session.flush()
    return row.id


def _own(actor: User, proposal_id: int, *states: str) -> Proposal:
    row = proposals_queries.locked_proposal(proposal_id)
    if row.author_id != actor.id:
        raise NotFound
    _may_write(actor)
    if row.state not in states:
        raise Conflict
    return row


@command
def save_proposal(actor: User, proposal_id: int, text: str, note: str, seen: datetime | None = None) -> int:
    """Saves the author's text; returns how many hidden characters were removed.

    `seen` is the time of the last change that the author's page knows. Raises Conflict when another tab saved
    meanwhile.
    """
    row = _own(actor, proposal_id, *proposals_queries.OPEN)
    kept, dropped = tidy(text)
    if len(kept.encode()) > MAX_TEXT_BYTES:
        raise InvalidInput(
            N_("Dài quá: nhiều nhất %(kb)s kB. Hãy chia thành hai bài."), code="too_long", field="text",
            kb=MAX_TEXT_BYTES // 1000,
        )  # fmt: skip
    if not kept.strip():
        raise InvalidInput(N_("Chưa có chữ nào."), code="empty", field="text")
    if seen is not None and seen != row.updated_at and kept != row.text:
        raise Conflict(
            N_("Đề nghị này vừa được sửa ở cửa sổ khác. Chép chữ đang viết ra, tải lại trang rồi dán vào."),
            field="text",
        )  # fmt: skip
    short = preview.short_note(note)
    if (kept, short) != (row.text, row.note):
        row.text, row.note, row.updated_at = kept, short, clock.now()
    return dropped


@command
def build_on_present(actor: User, folder: Path, proposal_id: int) -> None:
    """Rebases a proposal: the author has seen the later changes and keeps the own text."""
    row = _own(actor, proposal_id, *proposals_queries.OPEN)
    row.base_hash = preview.base_of(preview.text_now(folder, row))
    row.updated_at = clock.now()


@command
def submit_proposal(actor: User, folder: Path, proposal_id: int) -> None:
    """Submits a proposal for review; raises InvalidInput or Conflict while there are faults."""
    row = _own(actor, proposal_id, *proposals_queries.OPEN)
    preview.require_publishable(preview.check_proposal(folder, row))
    row.state, row.updated_at = "submitted", clock.now()
    publish(ProposalSubmitted(row.id, row.author_id, row.lesson_slug))


@command
def take_back_proposal(actor: User, proposal_id: int) -> None:
    """Moves a submitted proposal back to draft, so that its author can edit it."""
    row = _own(actor, proposal_id, "submitted")
    row.state, row.updated_at = "draft", clock.now()
    publish(ProposalClosed(row.id))


@command
def withdraw_proposal(actor: User, proposal_id: int) -> None:
    """Withdraws a proposal. The text is kept, and the author can reopen it."""
    row = _own(actor, proposal_id, *proposals_queries.OPEN, "submitted")
    row.state, row.updated_at = "withdrawn", clock.now()
    publish(ProposalClosed(row.id))


@command
def reopen_proposal(actor: User, proposal_id: int) -> None:
    """Reopens a withdrawn proposal."""
    row = _own(actor, proposal_id, "withdrawn")
    _check_room(actor)
    is_new = row.base_hash == "" and row.file == SOURCE_FILE
    if is_new and row.lesson_slug in proposals_queries.slugs_taken():  # its slug was taken meanwhile
        raise Conflict(N_("Mã bài này nay đã có bài khác dùng. Hãy chép chữ sang một bài mới."))
    row.state, row.updated_at = "draft", clock.now()


def _to_review(actor: User, proposal_id: int) -> Proposal:
    """Returns a submitted proposal, locked, if the actor may review it."""
    row = proposals_queries.locked_proposal(proposal_id)
    held = roles_of(actor.id)
    if not policy.may_review(held, proposals_queries.is_editor(actor.id)):
        raise NotFound
    if row.author_id == actor.id:
        raise Forbidden(N_("Bài mình viết thì người thứ hai duyệt."))
    if row.state != "submitted":
        raise Conflict
    return row


@command
def return_proposal(actor: User, proposal_id: int, note: str) -> None:
    """Sends a proposal back to its author with the reviewer's remarks."""
    row = _to_review(actor, proposal_id)
    said = preview.short_note(note)
    if not said:
        raise InvalidInput(N_("Hãy ghi cần sửa gì, để người viết biết."), field="note")
    row.state, row.review_note, row.reviewer_id = "returned", said, actor.id
    row.reviewed_at = row.updated_at = clock.now()
    publish(ProposalReturned(row.id, row.author_id, row.lesson_slug))


@command
def publish_proposal(actor: User, folder: Path, proposal_id: int, seen: datetime | None = None) -> str:
    """Publishes a proposal on the site at once; returns the lesson's slug.

    `seen` is the time of the version that the reviewer read.
    """
    row = _to_review(actor, proposal_id)
    if seen is not None and seen != row.updated_at:
        raise Conflict
    # Lock all lessons: publications and file loads both rebuild whole lessons and must not run concurrently.
    db.session.execute(sa.select(Lesson.slug).with_for_update())
    judged = preview.check_proposal(folder, row, actor.shown_name)
    lesson = preview.require_publishable(judged)
    there = db.session.get(PublishedText, (row.lesson_slug, row.file))
    if there is None:
        file = file_text(folder, row.lesson_slug, row.file)
        # The base of an earlier published text stays: a file that changed since must still be reported.
        base = digest(file) if file is not None else ""
        there = PublishedText(lesson_slug=row.lesson_slug, file=row.file, base_hash=base)
        db.session.add(there)
    moment = clock.now()
    there.text, there.proposal_id, there.published_at = judged.whole, row.id, moment
    load_lesson(lesson)
    row.state, row.reviewer_id, row.review_note = "published", actor.id, ""
    row.reviewed_at = row.updated_at = moment
    audit.record(actor.id, "publish_lesson", f"lesson:{row.lesson_slug}", proposal=row.id, author=row.author_id)
    publish(LessonPublished(row.id, row.author_id, row.lesson_slug))
    return row.lesson_slug


# ---- reviewers -------------------------------------------------------------------------------------------------


@command
def name_editor(actor: User, user_id: int, named: bool) -> None:
    """Names a teacher or coordinator of the actor's own units as lesson editor, or ends that."""
    if user_id == actor.id or user_id not in {
        user.id for user, _ in proposals_queries.list_editor_candidates(actor.id)
    }:
        raise NotFound
    row = db.session.get(LessonEditor, user_id)
    if (row is not None) == named:
        return
    if row is not None:
        db.session.delete(row)
    else:
        db.session.add(LessonEditor(user_id=user_id, named_by_id=actor.id))
    audit.record(actor.id, "name_editor" if named else "end_editor", f"user:{user_id}")
