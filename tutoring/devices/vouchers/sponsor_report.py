"""The report for a sponsor: counts without names, up to yesterday, small counts suppressed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.community.models import Unit
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.devices.vouchers import for_sponsor, parts_for_sponsor

FIGURES = ("given", "opened", "used", "failed", "expired")
Month = tuple[int, int]


@dataclass(frozen=True)
class Report:
    """The report of one batch; None stands for a suppressed count."""

    batch: InternetBatch
    brought: int
    until: date
    totals: dict[str, int | None]
    months: list[tuple[Month, dict[str, int | None]]]
    wards: list[tuple[str, int | None]]  # for a city's batch: the number given in each ward


def report(code: str) -> Report:
    """Returns the report under this address; raises NotFound."""
    query = sa.select(InternetBatch).options(joinedload(InternetBatch.unit)).where(InternetBatch.report_code == code)
    batch = db.session.scalar(query)
    if batch is None:
        raise NotFound
    today = clock.today()
    rows = [_moments(row) for row in _vouchers(batch.id)]
    midnight = datetime.combine(today, time(0), clock.LOCAL)
    counted = [{name: at for name, at in moments.items() if at < midnight} for moments in rows]
    totals = {name: sum(name in moments for moments in counted) for name in FIGURES}
    return Report(
        batch, len(rows), today - timedelta(days=1), {name: for_sponsor(count) for name, count in totals.items()},
        _by_month(counted, totals, batch.at, today), _by_ward(batch, midnight),
    )  # fmt: skip


def _vouchers(batch_id: int) -> Iterable[sa.Row[Any]]:
    query = sa.select(
        InternetVoucher.state, InternetVoucher.assigned_at, InternetVoucher.opened_at, InternetVoucher.ended_at
    )
    return db.session.execute(query.where(InternetVoucher.batch_id == batch_id).order_by(InternetVoucher.id))


def _moments(row: sa.Row[Any]) -> dict[str, datetime]:
    """Returns when each thing happened to one voucher."""
    found: dict[str, datetime | None] = {"given": row.assigned_at, "opened": row.opened_at}
    if row.state in FIGURES[2:]:
        found[row.state] = row.ended_at
    return {name: at for name, at in found.items() if at is not None}


def _by_month(
    counted: list[dict[str, datetime]], totals: dict[str, int], since: datetime, today: date
) -> list[tuple[Month, dict[str, int | None]]]:
    months, last = list[Month](), (today.year, today.month)
    month = (clock.local(since).year, clock.local(since).month)
    while month <= last:
        months.append(month)
        month = (month[0] + month[1] // 12, month[1] % 12 + 1)
    shown: dict[str, list[int | None]] = {}
    for name in FIGURES:
        here = Counter((local.year, local.month) for at in counted if name in at for local in [clock.local(at[name])])
        parts = [here[one] for one in months]
        # If a total is suppressed, its parts are suppressed as well.
        shown[name] = parts_for_sponsor(parts) if for_sponsor(totals[name]) is not None else [None] * len(parts)
    return [(one, {name: shown[name][at] for name in FIGURES}) for at, one in enumerate(months)]


def _by_ward(batch: InternetBatch, midnight: datetime) -> list[tuple[str, int | None]]:
    """Returns the counts of a city's batch by ward, without the suppressed ones."""
    if batch.unit.kind != "city":
        return []
    query = (
        sa.select(Unit.name, sa.func.count())
        .join(InternetVoucher, InternetVoucher.ward_id == Unit.id)
        .where(InternetVoucher.batch_id == batch.id, InternetVoucher.assigned_at < midnight)
        .group_by(Unit.id)
        .order_by(Unit.sort, Unit.id)
    )
    found = db.session.execute(query).all()
    shown = parts_for_sponsor([count for _name, count in found])
    return [(name, count) for (name, _all), count in zip(found, shown, strict=True) if count is not None]
