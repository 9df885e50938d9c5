"""Queries for batches with counts and for a family's vouchers. None of them returns a code."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import ancestors, roles_for, unit
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_text, in_byte_order, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Numbered, Page, Wanted, numbered
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


BATCH_STATES = ("open", "out", "closed")
_FREE: Final = (
    sa.select(sa.func.count())
    .where(InternetVoucher.batch_id == InternetBatch.id, InternetVoucher.state == "free")
    .scalar_subquery()
)
BATCH_ORDERS: Final = {
    "sponsor": in_byte_order(InternetBatch.sponsor),
    "package": InternetBatch.gigabytes,
    "free": _FREE,
    "at": InternetBatch.at,
}


def batches_at(unit_id: int, wanted: Wanted) -> Numbered[BatchLine]:
    """Returns a page of the batches that serve a unit; words are looked for in the names of sponsors.

    These are its own batches and those of the units above it.
    """
    query = sa.select(InternetBatch).where(InternetBatch.unit_id.in_(ancestors(unit_id)))
    if state := wanted.chosen.get("state"):
        query = query.where(_batch_in(state))
    if typed := wanted.words.strip().lower():
        query = query.where(has_text(sa.func.lower(InternetBatch.sponsor), typed))
    page = numbered(query, wanted, BATCH_ORDERS, InternetBatch.id, [joinedload(InternetBatch.unit)])
    return Numbered(_with_counts(page.items), page.more, page.total, page.number, page.size)


def _batch_in(state: str) -> sa.ColumnElement[bool]:
    if state == "closed":
        return InternetBatch.closed_at.is_not(None)
    return sa.and_(InternetBatch.closed_at.is_(None), _FREE > 0 if state == "open" else _FREE == 0)


VOUCHER_ORDERS: Final = {
    "number": InternetVoucher.id,
    "state": InternetVoucher.state,
    "expires": InternetVoucher.expires_on,
    "given": InternetVoucher.assigned_at,
}


def vouchers_in(batch_id: int, wanted: Wanted) -> Numbered[tuple[InternetVoucher, str | None]]:
    """Returns a page of the vouchers of a batch, each with the ward of its family. A typed number finds its voucher.

    Neither the code nor the family is read.
    """
    query = sa.select(InternetVoucher, Unit.name).join(Unit, Unit.id == InternetVoucher.ward_id, isouter=True)
    query = query.where(InternetVoucher.batch_id == batch_id)
    if state := wanted.chosen.get("state"):
        query = query.where(InternetVoucher.state == state)
    if typed := wanted.words.strip():
        query = query.where(has_text(sa.cast(InternetVoucher.id, sa.Text), typed))
    return numbered(query, wanted, VOUCHER_ORDERS, InternetVoucher.id)


def batch_line(row: InternetBatch) -> BatchLine:
    return _with_counts([row])[0]


def _with_counts(rows: list[InternetBatch]) -> list[BatchLine]:
    ids, soon = [row.id for row in rows], InternetVoucher.expires_on <= clock.today() + policy.SOON
    counts: defaultdict[int, Counts] = defaultdict(dict)
    ending: dict[int, int] = {}
    query = (
        sa.select(InternetVoucher.batch_id, InternetVoucher.state, sa.func.count(), sa.func.count().filter(soon))
        .where(in_ids(InternetVoucher.batch_id, ids))
        .group_by(InternetVoucher.batch_id, InternetVoucher.state)
        .order_by(InternetVoucher.batch_id, InternetVoucher.state)
    )
    for batch_id, state, count, ends_soon in db.session.execute(query):
        counts[batch_id][state] = count
        if state == "free":
            ending[batch_id] = ends_soon
    return [BatchLine(row, counts[row.id], ending.get(row.id, 0)) for row in rows]


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
