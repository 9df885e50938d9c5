"""Queries of announcements."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.groups.access import Place
from tutoring.groups.models import GroupPost
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page

SHOWN = 4  # announcements on the page of the unit
PAGE = 10
TWICE = timedelta(minutes=2)  # within which the same text counts as the same announcement sent again


def _standing() -> sa.ColumnElement[bool]:
    """Selects announcements that are shown: not withdrawn and not past their last day."""
    shown = sa.or_(GroupPost.until.is_(None), GroupPost.until >= clock.today())
    return sa.and_(GroupPost.taken_back_at.is_(None), shown)


def _posts() -> sa.Select[Any]:
    return sa.select(GroupPost).options(joinedload(GroupPost.author), joinedload(GroupPost.unit))


def newest(place: Place) -> Page[GroupPost]:
    """Returns the announcements on a unit's page: its own and its ward's, pinned ones first."""
    query = _posts().where(GroupPost.unit_id.in_(place.over), _standing())
    query = query.order_by(GroupPost.pinned.desc(), GroupPost.id.desc()).limit(SHOWN + 1)
    return Page.of(list(db.session.scalars(query)), SHOWN)


def all_of(place: Place, before: int | None = None) -> Page[GroupPost]:
    """Returns one page of all announcements, newest first.

    Leaders also see expired and withdrawn ones of their own unit.
    """
    seen = _standing()
    if place.leads:
        seen = sa.or_(seen, GroupPost.unit_id == place.unit.id)
    query = _posts().where(GroupPost.unit_id.in_(place.over), seen)
    if before is not None:
        query = query.where(GroupPost.id < before)
    return Page.of(list(db.session.scalars(query.order_by(GroupPost.id.desc()).limit(PAGE + 1))), PAGE)


def post(post_id: int, lock: bool = False) -> GroupPost:
    """Returns an announcement.

    Raises NotFound. `lock` locks the row inside a command, so that changes run one after another.
    """
    query = sa.select(GroupPost).where(GroupPost.id == post_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def just_written(unit_id: int, author_id: int, title: str, text: str) -> GroupPost | None:
    """Returns the announcement with the same text by the same author from two minutes ago or less."""
    query = sa.select(GroupPost).where(
        GroupPost.unit_id == unit_id, GroupPost.author_id == author_id, GroupPost.title == title,
        GroupPost.text == text, GroupPost.taken_back_at.is_(None), GroupPost.created_at > clock.now() - TWICE,
    )  # fmt: skip
    return db.session.scalar(query.order_by(GroupPost.id.desc()).limit(1))


def is_notified_today(unit_id: int) -> bool:
    """Returns whether the members of a unit were notified of an announcement today."""
    query = sa.select(GroupPost.id).where(GroupPost.unit_id == unit_id, GroupPost.told_on == clock.today())
    return db.session.scalar(query) is not None


def select_recipients(unit_id: int, but: int = 0) -> sa.Select[Any]:
    """Selects the users to notify: adult direct members of this unit, except the sender."""
    return (
        sa.select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.unit_id == unit_id,
            Membership.state == "active",
            User.id != but,
            User.kind == "adult",
            User.state == "active",
        )
        .distinct()
    )


def count_recipients(unit_id: int, but: int) -> int:
    """Returns the number of users to notify."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(select_recipients(unit_id, but).subquery())) or 0
