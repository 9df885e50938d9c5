"""Daily jobs of vouchers: reminders, expiry, and anonymization after two years."""

from collections import Counter
from datetime import time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.devices.events import VoucherEnding, VouchersExpired
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.devices.vouchers import KEPT, REMINDED

AT_ONCE = 1_000
_UNSEEN = {"synchronize_session": False}
_WITH_FAMILY = ("assigned", "opened")


@jobs.daily("vouchers.nightly", time(0, 20))
def _night(_payload: dict[str, Any]) -> None:
    end_vouchers()
    unlink_old_vouchers()


@jobs.daily("vouchers.reminders", time(8, 5))
def _morning(_payload: dict[str, Any]) -> None:
    remind()


@command
def end_vouchers() -> int:
    """Expires vouchers past their date, deletes their codes and returns their number."""
    today, gone = clock.today(), Counter[tuple[int, bool]]()
    over = (InternetVoucher.state.in_(("free", *_WITH_FAMILY)), InternetVoucher.expires_on < today)
    query = sa.select(InternetVoucher.id, InternetVoucher.batch_id, InternetVoucher.state).where(*over)
    query = query.order_by(InternetVoucher.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    while rows := db.session.execute(query).all():
        gone.update((row.batch_id, row.state == "free") for row in rows)
        mine = sa.update(InternetVoucher).where(in_ids(InternetVoucher.id, [row.id for row in rows]))
        db.session.execute(
            mine.values(state="expired", code=None, ended_at=clock.now()), execution_options=_UNSEEN
        )  # fmt: skip
    for batch in db.session.scalars(
        sa.select(InternetBatch)
        .where(in_ids(InternetBatch.id, sorted({batch_id for batch_id, _free in gone})))
        .order_by(InternetBatch.id)
    ).all():
        publish(VouchersExpired(batch.id, batch.unit_id, today, gone[batch.id, True], gone[batch.id, False]))
    return gone.total()


@command
def remind() -> None:
    """Publishes vouchers that expire soon; the notification itself limits repeats."""
    today = clock.today()
    query = sa.select(InternetVoucher.id, InternetVoucher.receiver_id, InternetVoucher.expires_on).where(
        InternetVoucher.state.in_(_WITH_FAMILY), InternetVoucher.receiver_id.is_not(None),
        InternetVoucher.expires_on.between(today, today + timedelta(days=max(REMINDED))),
    )  # fmt: skip
    for row in db.session.execute(query.order_by(InternetVoucher.id)).all():
        publish(VoucherEnding(row.id, row.receiver_id, row.expires_on))


@command
def unlink_old_vouchers() -> None:
    """Removes the receiver and the need two years after a voucher ended.

    The ward stays for statistics.
    """
    old = (InternetVoucher.ended_at < clock.now() - KEPT, InternetVoucher.receiver_id.is_not(None))
    gone = sa.update(InternetVoucher).where(*old).values(receiver_id=None, need_id=None)
    db.session.execute(gone, execution_options=_UNSEEN)
