"""Reads of editors, proposals, and texts published in the browser."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer

from tutoring.accounts.models import User
from tutoring.accounts.queries import users
from tutoring.community.models import Membership
from tutoring.community.units.scopes import scope_of
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import name_key
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.content import SOURCE_FILE, Place
from tutoring.lessons.content.published_texts import PublishedLesson
from tutoring.lessons.content.types import FileKey
from tutoring.lessons.proposals.models import LessonEditor, Proposal, PublishedText
from tutoring.policy.lessons import EDITORS

OPEN = ("draft", "returned")  # states in which the author can edit
SHOWN = 50  # of the user's own proposals


@once_in_request
def is_editor(user_id: int) -> bool:
    """Returns whether a coordinator has named this user a lesson editor."""
    return db.session.get(LessonEditor, user_id) is not None


def _teaching() -> sa.Select[Any]:
    return sa.select(Membership.user_id).where(Membership.role.in_(EDITORS), Membership.state == "active")


def editor_ids() -> list[int]:
    """Returns the ids of the named editors who still teach or coordinate."""
    query = (
        sa.select(LessonEditor.user_id)
        .join(User, User.id == LessonEditor.user_id)
        .where(User.state == "active", LessonEditor.user_id.in_(_teaching()))
    )
    return sorted(db.session.scalars(query))


def list_editor_candidates(coordinator_id: int) -> list[tuple[User, LessonEditor | None]]:
    """Returns the teachers and coordinators of this coordinator's units, by name.

    Each comes with its LessonEditor row, or None.
    """
    here = _teaching().where(scope_of(coordinator_id, ("coordinator",)).holds(Membership.unit_id))
    query = (
        sa.select(User, LessonEditor)
        .join(LessonEditor, LessonEditor.user_id == User.id, isouter=True)
        .where(User.id.in_(here), User.state == "active")
    )
    return sorted(
        ((user, named) for user, named in db.session.execute(query)), key=lambda row: name_key(row[0].full_name)
    )


def published_text(slug: str, file: str = SOURCE_FILE) -> PublishedText | None:
    """Returns the text that replaces a lesson's file, or None."""
    return next((one for one in _published_files(slug) if one.file == file), None)


@once_in_request
def _published_files(slug: str) -> tuple[PublishedText, ...]:
    return tuple(db.session.scalars(sa.select(PublishedText).where(PublishedText.lesson_slug == slug)))


def published_texts() -> dict[FileKey, PublishedLesson]:
    """Returns the texts that replace files, by file."""
    query = sa.select(PublishedText.lesson_slug, PublishedText.file, PublishedText.text, PublishedText.base_hash)
    return {(slug, file): PublishedLesson(text, base) for slug, file, text, base in db.session.execute(query)}


def places() -> list[Place]:
    """Returns the places of the lessons of the current catalogue."""
    query = sa.select(Lesson.slug, Lesson.path_slug, Lesson.position, Lesson.facts).where(Lesson.retired_at.is_(None))
    return [Place(slug, path, at, tuple(facts["requires"])) for slug, path, at, facts in db.session.execute(query)]


def proposal(proposal_id: int) -> Proposal:
    """Returns a proposal; raises NotFound. The caller checks who may see it."""
    found = db.session.get(Proposal, proposal_id)
    if found is None:
        raise NotFound
    return found


def locked_proposal(proposal_id: int) -> Proposal:
    """Returns a proposal, locked and re-read, until the transaction ends.

    The lock prevents races between its author and two reviewers.
    """
    query = sa.select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def own_proposals(user_id: int) -> list[Proposal]:
    """Returns a user's own proposals without texts; those that wait for the user come first."""
    waits = sa.case(
        (Proposal.state == "returned", 0), (Proposal.state == "draft", 1), (Proposal.state == "submitted", 2), else_=3
    )
    query = sa.select(Proposal).options(defer(Proposal.text)).where(Proposal.author_id == user_id)
    return list(db.session.scalars(query.order_by(waits, Proposal.updated_at.desc(), Proposal.id.desc()).limit(SHOWN)))


def waiting_proposals(reviewer_id: int) -> list[Proposal]:
    """Returns the proposals that this reviewer may review, oldest first, without texts."""
    query = (
        sa.select(Proposal)
        .options(defer(Proposal.text))
        .where(Proposal.state == "submitted", Proposal.author_id != reviewer_id)
        .order_by(Proposal.updated_at, Proposal.id)
    )
    return list(db.session.scalars(query))


def authors_of(rows: Iterable[Proposal]) -> dict[int, User]:
    """Returns the authors of these proposals, by id."""
    return users(row.author_id for row in rows)


def proposal_on(user_id: int, slug: str, step_id: str | None, file: str = SOURCE_FILE) -> Proposal | None:
    """Returns the user's open or submitted proposal for this step or file of a lesson, or None."""
    query = sa.select(Proposal).where(
        Proposal.author_id == user_id,
        Proposal.lesson_slug == slug,
        Proposal.file == file,
        Proposal.step_id.is_(None) if step_id is None else Proposal.step_id == step_id,
        Proposal.state.in_((*OPEN, "submitted")),
    )
    return db.session.scalars(query.order_by(Proposal.id.desc()).limit(1)).first()


def open_count(user_id: int) -> int:
    """Returns the number of undecided proposals of a user."""
    query = sa.select(sa.func.count()).where(Proposal.author_id == user_id, Proposal.state.in_((*OPEN, "submitted")))
    return db.session.scalar(query) or 0


def slugs_taken() -> set[str]:
    """Returns the slugs of all lessons: present, retired and proposed."""
    proposed = sa.select(Proposal.lesson_slug).where(Proposal.state != "withdrawn")
    return {*db.session.scalars(sa.select(Lesson.slug)), *db.session.scalars(proposed)}


def all_published() -> list[PublishedText]:
    """Returns the published texts whose files differ, newest first, without texts."""
    query = sa.select(PublishedText).options(defer(PublishedText.text))
    return list(db.session.scalars(query.order_by(PublishedText.published_at.desc())))
