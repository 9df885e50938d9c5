"""Reads for the site administrator: overview, users, join codes and the audit log.

User data is kept to the minimum.
"""

import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import SecondFactor, SignIn, User
from tutoring.community.models import Membership, Unit
from tutoring.kernel import audit_anchors, clock, failed_jobs, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.database.sql import has_text, has_words, in_byte_order, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.failed_jobs import Nightly
from tutoring.kernel.paging import Numbered, Page, Wanted, numbered
from tutoring.kernel.text import fold, words
from tutoring.lessons.facts import queries as facts_queries
from tutoring.notifications.models import ChannelFailure, NoticeDelivery
from tutoring.policy.community import POWER

SIZE = 50


@dataclass(frozen=True)
class Overview:
    """Figures that may need the administrator's attention."""

    failed: int
    letters: int  # given up in the last thirty days
    unreached: int  # users whom a channel does not reach now
    nightly: list[Nightly]
    anchor_day: str | None  # the newest day for which the end of the chain was anchored
    anchor_late: bool
    admins: int
    demo: int
    old_facts: int
    media_mb: int
    free_gb: float
    disk_low: bool


def overview(media: Path, content: Path) -> Overview:
    """Returns counts only; the audit chain itself is verified on request."""
    written = [one.date for one in audit_anchors.read(audit_anchors.default_file())[0]]
    newest = max(written, default=None)
    place = next((one for one in (media, *media.parents) if one.exists()), Path("."))
    disk = shutil.disk_usage(place)
    counted = sa.select(sa.func.count(User.id))
    admins = counted.where(User.site_admin, User.state == "active").scalar_subquery()
    people = db.session.execute(sa.select(admins, counted.where(User.demo).scalar_subquery())).one()
    return Overview(
        failed=failed_jobs.count(),
        letters=_letters(),
        unreached=db.session.scalar(sa.select(sa.func.count()).select_from(ChannelFailure)) or 0,
        nightly=failed_jobs.nightly(jobs.daily_kinds()),
        anchor_day=newest,
        anchor_late=newest is None or newest < (clock.today() - timedelta(days=1)).isoformat(),
        admins=people[0],
        demo=people[1],
        old_facts=facts_queries.count_old(content),
        media_mb=_size(media) // 1_000_000,
        free_gb=round(disk.free / 1e9, 1),
        disk_low=disk.free < disk.total // 10,
    )


def _letters() -> int:
    since = clock.now() - timedelta(days=30)
    query = sa.select(sa.func.count(sa.distinct(sa.func.coalesce(NoticeDelivery.letter, ""))))
    return db.session.scalar(query.where(NoticeDelivery.state == "failed", NoticeDelivery.ended_at >= since)) or 0


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) if folder.is_dir() else 0


# ---- users ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UserSummary:
    """The minimum about a user: no name and no phone number."""

    id: int
    username: str
    kind: str
    state: str
    until: datetime | None
    site_admin: bool
    second_factor: bool
    last_sign_in: datetime | None
    open_sign_ins: int
    memberships: list[Membership] = field(default_factory=list)


def seen(user_ids: list[int]) -> list[UserSummary]:
    """Returns these users as the administrator who looked them up sees them."""
    live = sa.and_(SignIn.ended_at.is_(None), SignIn.expires_at > clock.now(), ~SignIn.half)
    sign_ins = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            sa.select(SignIn.user_id, sa.func.max(SignIn.created_at), sa.func.count().filter(live))
            .where(in_ids(SignIn.user_id, user_ids))
            .group_by(SignIn.user_id)
        )
    }
    factors = set(
        db.session.scalars(
            sa.select(SecondFactor.user_id).where(
                in_ids(SecondFactor.user_id, user_ids), SecondFactor.confirmed_at.is_not(None)
            )
        )
    )
    places: dict[int, list[Membership]] = {}
    query = sa.select(Membership).options(joinedload(Membership.unit)).order_by(Membership.id)
    for row in db.session.scalars(query.where(in_ids(Membership.user_id, user_ids), Membership.state != "ended")):
        places.setdefault(row.user_id, []).append(row)
    found = []
    for one in db.session.scalars(sa.select(User).where(in_ids(User.id, user_ids)).order_by(User.id)):
        last, open_now = sign_ins.get(one.id, (None, 0))
        found.append(
            UserSummary(
                one.id, one.username, one.kind, one.state, one.suspended_until, one.site_admin, one.id in factors,
                last, open_now, places.get(one.id, []),
            )
        )  # fmt: skip
    return found


# ---- units ------------------------------------------------------------------------------------------------------

_ABOVE: Final = sa.orm.aliased(Unit)
UNIT_ORDERS: Final = {
    "name": in_byte_order(Unit.sort),
    "kind": Unit.kind,
    "code": in_byte_order(Unit.code),
    "above": in_byte_order(_ABOVE.sort),
    "year": Unit.school_year,
}


def _units() -> sa.Select[Unit, str]:
    return sa.select(Unit, _ABOVE.name).join(_ABOVE, _ABOVE.id == Unit.parent_id, isouter=True)


def _named_like(typed: str) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = has_text(Unit.code, fold(typed))
    looked_for = words(typed)
    return sa.or_(found, sa.and_(*has_words(Unit.name_words, looked_for))) if looked_for else found


def unit_table(wanted: Wanted) -> Numbered[Any]:
    """Returns a page of all units with the name of the unit above; words fit names without accents, and codes."""
    query = _units()
    if kind := wanted.chosen.get("kind"):
        query = query.where(Unit.kind == kind)
    if wanted.words:
        query = query.where(_named_like(wanted.words))
    return numbered(query, wanted, UNIT_ORDERS, Unit.id)


def unit_counts() -> dict[str, int]:
    """Counts the units by kind, and all of them under ""."""
    found = {row[0]: row[1] for row in db.session.execute(sa.select(Unit.kind, sa.func.count()).group_by(Unit.kind))}
    return {"": sum(found.values()), **found}


def units(typed: str, most: int) -> list[tuple[Unit, str]]:
    """Finds units whose name or code fits the words; each comes with the name of the unit above."""
    query = _units().where(_named_like(typed)).order_by(in_byte_order(Unit.sort), Unit.id).limit(most)
    return [(row[0], row[1] or "") for row in db.session.execute(query)]


# ---- audit log --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AuditFilter:
    """A filter for the audit log."""

    person: int | None = None  # the actor, or the user acted on
    action: str = ""
    target: str = ""
    unit: int | None = None  # the unit acted on, or the one that the act names
    day: date | None = None
    before: int | None = None


def acts(wanted: AuditFilter, size: int = SIZE) -> Page[AuditRow]:
    """Returns rows of the audit chain, newest first."""
    query = sa.select(AuditRow).order_by(AuditRow.id.desc()).limit(size + 1)
    if wanted.person is not None:
        query = query.where(sa.or_(AuditRow.actor_id == wanted.person, AuditRow.target == f"user:{wanted.person}"))
    if wanted.action:
        query = query.where(AuditRow.action == wanted.action)
    if wanted.target:
        query = query.where(AuditRow.target == wanted.target)
    if wanted.unit is not None:
        named = AuditRow.facts["unit"].as_integer() == wanted.unit
        query = query.where(sa.or_(AuditRow.target == f"unit:{wanted.unit}", named))
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time(), clock.LOCAL)
        query = query.where(AuditRow.at >= begins, AuditRow.at < begins + timedelta(days=1))
    if wanted.before is not None:
        query = query.where(AuditRow.id < wanted.before)
    return Page.of(list(db.session.scalars(query)), size)


def actions() -> list[str]:
    """Returns every action that was ever recorded."""
    return sorted(db.session.scalars(sa.select(AuditRow.action).distinct()))


def usernames(user_ids: set[int]) -> dict[int, str]:
    """Maps user ids to user names."""
    query = sa.select(User.id, User.username).where(in_ids(User.id, user_ids))
    return {row.id: row.username for row in db.session.execute(query)}


def people_named(user_ids: set[int]) -> tuple[dict[int, User], set[int]]:
    """Returns these users by id, and which of them run the site or hold or held a role with power.

    A site admin knows these by name, and no others. Takes two queries.
    """
    people = {user.id: user for user in db.session.scalars(sa.select(User).where(in_ids(User.id, user_ids)))}
    held = sa.select(Membership.user_id).where(
        in_ids(Membership.user_id, user_ids), Membership.role.in_(sorted(POWER)), Membership.state != "waiting"
    )
    admins = {one.id for one in people.values() if one.site_admin}
    return people, admins | set(db.session.scalars(held.distinct()))


def unit_names(unit_ids: set[int]) -> dict[int, str]:
    """Maps unit ids to names."""
    query = sa.select(Unit.id, Unit.name).where(in_ids(Unit.id, unit_ids))
    return {row.id: row.name for row in db.session.execute(query)}
