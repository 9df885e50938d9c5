"""Reads of sponsored internet: batches with their counts, a family's vouchers. No query here gives a code."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import ancestors, roles_for, unit
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.db import db, in_ids
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.policy.devices import vouchers as policy

PAGE = 20
Counts = dict[str, int]  # by state


@dataclass(frozen=True)
class BatchLine:
    """A batch as a list shows it."""

    batch: InternetBatch
    counts: Counts
    soon: int  # free ones that end within a fortnight

    @property
    def total(self) -> int:
        return sum(self.counts.values())


# ---- staff ----------------------------------------------------------------------------------------------------


def unit_for_counts(actor: User, unit_id: int) -> tuple[Unit, bool]:
    """A unit for those who may read what vouchers there are for it, and whether they may bring some in there."""
    place, roles = unit(unit_id), roles_for(actor, unit_id)
    if not policy.may_read_batches(roles):
        raise NotFound
    return place, place.kind in policy.BATCH_UNITS and policy.may_bring_in(roles)


def unit_to_bring_to(actor: User, unit_id: int) -> Unit:
    """A ward or city for those who bring vouchers in; raises Missing for all others."""
    place, may = unit_for_counts(actor, unit_id)
    if not may:
        raise NotFound
    return place


def batch_for(actor: User, batch_id: int, lock: bool = False) -> InternetBatch:
    """A batch for those who look after it; raises Missing for all others."""
    query = sa.select(InternetBatch).where(InternetBatch.id == batch_id)
    row = db.session.scalar(query.with_for_update() if lock else query)
    if row is None or not policy.may_bring_in(roles_for(actor, row.unit_id)):
        raise NotFound
    return row


def batches_at(unit_id: int, before: int | None = None) -> Page[BatchLine]:
    """The batches that serve a unit, its own and those from above, the newest first."""
    query = sa.select(InternetBatch).options(joinedload(InternetBatch.unit))
    query = query.where(InternetBatch.unit_id.in_(ancestors(unit_id)))
    if before is not None:
        query = query.where(InternetBatch.id < before)
    page = Page.of(list(db.session.scalars(query.order_by(InternetBatch.id.desc()).limit(PAGE + 1))), PAGE)
    return Page(_with_counts(page.items), page.more)


def batch_line(row: InternetBatch) -> BatchLine:
    return _with_counts([row])[0]


def _with_counts(rows: list[InternetBatch]) -> list[BatchLine]:
    ids = [row.id for row in rows]
    counts: defaultdict[int, Counts] = defaultdict(dict)
    query = (
        sa.select(InternetVoucher.batch_id, InternetVoucher.state, sa.func.count())
        .where(in_ids(InternetVoucher.batch_id, ids))
        .group_by(InternetVoucher.batch_id, InternetVoucher.state)
        .order_by(InternetVoucher.batch_id, InternetVoucher.state)
    )
    for batch_id, state, count in db.session.execute(query):
        counts[batch_id][state] = count
    near = (InternetVoucher.state == "free", InternetVoucher.expires_on <= clock.today() + policy.SOON)
    soon = dict(
        db.session.execute(
            sa.select(InternetVoucher.batch_id, sa.func.count())
            .where(in_ids(InternetVoucher.batch_id, ids), *near)
            .group_by(InternetVoucher.batch_id)
            .order_by(InternetVoucher.batch_id)
        ).all()
    )
    return [BatchLine(row, counts[row.id], soon.get(row.id, 0)) for row in rows]


def partners() -> list[Unit]:
    """Organisations of the site that may be named as sponsors."""
    query = sa.select(Unit).where(Unit.kind == "partner", Unit.merged_into_id.is_(None))
    return list(db.session.scalars(query.order_by(Unit.sort, Unit.id).limit(200)))


# ---- a family -------------------------------------------------------------------------------------------------


def vouchers_of(user: User, before: int | None = None) -> Page[InternetVoucher]:
    """What was given to somebody, the newest first; nothing for a minor, whose guardian receives it."""
    if user.is_minor:
        return Page([], False)
    query = sa.select(InternetVoucher).options(joinedload(InternetVoucher.batch))
    query = query.where(InternetVoucher.receiver_id == user.id)
    if before is not None:
        query = query.where(InternetVoucher.id < before)
    return Page.of(list(db.session.scalars(query.order_by(InternetVoucher.id.desc()).limit(PAGE + 1))), PAGE)


def voucher_of(user: User, voucher_id: int, lock: bool = False) -> InternetVoucher:
    """One of them; raises Missing for everybody else, whoever they are."""
    query = sa.select(InternetVoucher).where(InternetVoucher.id == voucher_id)
    query = query.with_for_update() if lock else query.options(joinedload(InternetVoucher.batch))
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.receiver_id != user.id or user.is_minor:
        raise NotFound
    return row
