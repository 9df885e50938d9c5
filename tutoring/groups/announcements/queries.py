"""Reads of announcements."""

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

SHOWN = 4  # on the page of the unit
PAGE = 10
TWICE = timedelta(minutes=2)  # within which the same words are the same announcement, sent once more


def _standing() -> sa.ColumnElement[bool]:
    """What readers see: neither taken back nor past its last day."""
    shown = sa.or_(GroupPost.until.is_(None), GroupPost.until >= clock.today())
    return sa.and_(GroupPost.taken_back_at.is_(None), shown)


def _posts() -> sa.Select[Any]:
    return sa.select(GroupPost).options(joinedload(GroupPost.author), joinedload(GroupPost.unit))


def newest(place: Place) -> Page[GroupPost]:
    """What stands on the page of a unit: its own and its ward's, pinned ones first."""
    query = _posts().where(GroupPost.unit_id.in_(place.over), _standing())
    query = query.order_by(GroupPost.pinned.desc(), GroupPost.id.desc()).limit(SHOWN + 1)
    return Page.of(list(db.session.scalars(query)), SHOWN)


def all_of(place: Place, before: int | None = None) -> Page[GroupPost]:
    """One page of all announcements, newest first; who leads sees those of the own unit that are over or taken back."""
    seen = _standing()
    if place.leads:
        seen = sa.or_(seen, GroupPost.unit_id == place.unit.id)
    query = _posts().where(GroupPost.unit_id.in_(place.over), seen)
    if before is not None:
        query = query.where(GroupPost.id < before)
    return Page.of(list(db.session.scalars(query.order_by(GroupPost.id.desc()).limit(PAGE + 1))), PAGE)


def post(post_id: int, lock: bool = False) -> GroupPost:
    """An announcement; raises Missing. `lock` inside a command lets those who change it follow one another."""
    query = sa.select(GroupPost).where(GroupPost.id == post_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def just_written(unit_id: int, author_id: int, title: str, text: str) -> GroupPost | None:
    """The same words by the same person a moment ago."""
    query = sa.select(GroupPost).where(
        GroupPost.unit_id == unit_id, GroupPost.author_id == author_id, GroupPost.title == title,
        GroupPost.text == text, GroupPost.taken_back_at.is_(None), GroupPost.created_at > clock.now() - TWICE,
    )  # fmt: skip
    return db.session.scalar(query.order_by(GroupPost.id.desc()).limit(1))


def told_today(unit_id: int) -> bool:
    """Whether the members of a unit were told of an announcement today."""
    query = sa.select(GroupPost.id).where(GroupPost.unit_id == unit_id, GroupPost.told_on == clock.today())
    return db.session.scalar(query) is not None


def hearers(unit_id: int, but: int = 0) -> sa.Select[Any]:
    """Who is told: the grown-ups who are members of exactly this unit, without whoever tells them."""
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


def count_hearers(unit_id: int, but: int) -> int:
    """How many are told."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(hearers(unit_id, but).subquery())) or 0
