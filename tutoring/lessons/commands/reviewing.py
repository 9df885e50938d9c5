"""The second person: what others wrote on lessons is given back or published; who that may be."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import roles_of
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import writing
from tutoring.lessons.content.splicing import digest
from tutoring.lessons.content.standing import file_text
from tutoring.lessons.events import LessonPublished, ProposalReturned
from tutoring.lessons.loading import load_lesson
from tutoring.lessons.models import Lesson, LessonEditor, Proposal, PublishedText
from tutoring.lessons.queries import editing
from tutoring.policy import lessons as policy


def _to_review(actor: User, proposal_id: int) -> Proposal:
    """A proposal that waits, for somebody who may decide on it."""
    row = editing.locked_proposal(proposal_id)
    held = roles_of(actor.id)
    if not policy.may_review(held, editing.is_editor(actor.id)):
        raise Missing
    if row.author_id == actor.id:
        raise NotAllowed(N_("Bài mình viết thì người thứ hai duyệt."))
    if row.state != "submitted":
        raise Conflict
    return row


@command
def return_proposal(actor: User, proposal_id: int, note: str) -> None:
    """Give a proposal back to its author, with what is still to be done."""
    row = _to_review(actor, proposal_id)
    said = writing.short_note(note)
    if not said:
        raise Invalid(N_("Hãy ghi cần sửa gì, để người viết biết."), field="note")
    row.state, row.review_note, row.reviewer_id = "returned", said, actor.id
    row.reviewed_at = row.updated_at = clock.now()
    announce(ProposalReturned(row.id, row.author_id, row.lesson_slug))


@command
def publish_proposal(actor: User, folder: Path, proposal_id: int, seen: datetime | None = None) -> str:
    """Let a proposal stand on the site at once; the lesson's slug. `seen` is the wording that was read."""
    row = _to_review(actor, proposal_id)
    if seen is not None and seen != row.updated_at:
        raise Conflict
    # One at a time, and never beside a load of the files: both work out a whole lesson from what stands.
    db.session.execute(sa.select(Lesson.slug).with_for_update())
    judged = writing.judge(folder, row, actor.shown_name)
    lesson = writing.refuse_unready(judged)
    there = db.session.get(PublishedText, row.lesson_slug)
    if there is None:
        file = file_text(folder, row.lesson_slug)
        # What an earlier published text was made from stays noted: a file that changed since is still to be seen to.
        there = PublishedText(lesson_slug=row.lesson_slug, base_hash=digest(file) if file is not None else "")
        db.session.add(there)
    moment = clock.now()
    there.text, there.proposal_id, there.published_at = judged.whole, row.id, moment
    load_lesson(lesson)
    row.state, row.reviewer_id, row.review_note = "published", actor.id, ""
    row.reviewed_at = row.updated_at = moment
    audit.record(actor.id, "publish_lesson", f"lesson:{row.lesson_slug}", proposal=row.id, author=row.author_id)
    announce(LessonPublished(row.id, row.author_id, row.lesson_slug))
    return row.lesson_slug


# ---- who reviews ----------------------------------------------------------------------------------------------


@command
def name_editor(actor: User, user_id: int, named: bool) -> None:
    """Name a teacher or coordinator of one's own units a lesson editor, or end that."""
    if user_id == actor.id or user_id not in {user.id for user, _ in editing.may_be_editors(actor.id)}:
        raise Missing
    row = db.session.get(LessonEditor, user_id)
    if (row is not None) == named:
        return
    if row is not None:
        db.session.delete(row)
    else:
        db.session.add(LessonEditor(user_id=user_id, named_by_id=actor.id))
    audit.record(actor.id, "name_editor" if named else "end_editor", f"user:{user_id}")
