"""Queries for batches with counts and for a family's vouchers. None of them returns a code."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import ancestors, roles_for, unit
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.policy.devices import vouchers as policy

PAGE = 20
Counts = dict[str, int]  # by state


@dataclass(frozen=True)
class BatchLine:
    """A batch with the counts that lists show."""

    batch: InternetBatch
    counts: Counts
    soon: int  # free vouchers that expire within a fortnight

    @property
    def total(self) -> int:
        return sum(self.counts.values())


# ---- staff ----------------------------------------------------------------------------------------------------


def unit_for_counts(actor: User, unit_id: int) -> tuple[Unit, bool]:
    """Returns a unit, and whether the actor may import vouchers for it.

    Raises NotFound if the actor may not read its counts.
    """
    place, roles = unit(unit_id), roles_for(actor, unit_id)
    if not policy.may_read_batches(roles):
        raise NotFound
    return place, place.kind in policy.BATCH_UNITS and policy.may_bring_in(roles)


def get_unit_for_import(actor: User, unit_id: int) -> Unit:
    """Returns a ward or city for which the actor may import vouchers; else raises NotFound."""
    place, may = unit_for_counts(actor, unit_id)
    if not may:
        raise NotFound
    return place


def batch_for(actor: User, batch_id: int, lock: bool = False) -> InternetBatch:
    """Returns a batch that the actor may manage; else raises NotFound."""
    query = sa.select(InternetBatch).where(InternetBatch.id == batch_id)
    row = db.session.scalar(query.with_for_update() if lock else query)
    if row is None or not policy.may_bring_in(roles_for(actor, row.unit_id)):
        raise NotFound
    return row


def batches_at(unit_id: int, before: int | None = None) -> Page[BatchLine]:
    """Returns a page of the batches that serve a unit, newest first.

    These are its own batches and those of the units above it.
    """
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
    """Returns the partner organisations that can be named as sponsors."""
    query = sa.select(Unit).where(Unit.kind == "partner", Unit.merged_into_id.is_(None))
    return list(db.session.scalars(query.order_by(Unit.sort, Unit.id).limit(200)))


# ---- a family -------------------------------------------------------------------------------------------------


def vouchers_of(user: User, before: int | None = None) -> Page[InternetVoucher]:
    """Returns a page of the vouchers of a user, newest first.

    Minors get none, because their guardian receives vouchers.
    """
    if user.is_minor:
        return Page([], False)
    query = sa.select(InternetVoucher).options(joinedload(InternetVoucher.batch))
    query = query.where(InternetVoucher.receiver_id == user.id)
    if before is not None:
        query = query.where(InternetVoucher.id < before)
    return Page.of(list(db.session.scalars(query.order_by(InternetVoucher.id.desc()).limit(PAGE + 1))), PAGE)


def voucher_of(user: User, voucher_id: int, lock: bool = False) -> InternetVoucher:
    """Returns a voucher of this user; raises NotFound for any other user."""
    query = sa.select(InternetVoucher).where(InternetVoucher.id == voucher_id)
    query = query.with_for_update() if lock else query.options(joinedload(InternetVoucher.batch))
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.receiver_id != user.id or user.is_minor:
        raise NotFound
    return row
