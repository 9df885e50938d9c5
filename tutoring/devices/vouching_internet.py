"""A voucher goes to one need; its family alone opens the code, and says whether it worked."""

from contextlib import suppress
from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import lineage
from tutoring.devices.events import VoucherFailed, VoucherGiven
from tutoring.devices.internet_events import VoucherUsed
from tutoring.devices.internet_models import InternetBatch, InternetVoucher
from tutoring.devices.internet_queries import voucher_of
from tutoring.devices.meeting_needs import meet_need, reopen_need
from tutoring.devices.need_models import DeviceNeed
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import sponsored as policy

_NO_BATCH = N_("Chưa chọn đợt gói mạng cho nhu cầu này. Hãy đề xuất lại từ một đợt còn mã.")
_CLOSED = N_("Đợt gói mạng này đã đóng. Hãy đề xuất lại từ một đợt khác.")
_NONE_LEFT = N_("Đợt này không còn mã nào dùng được ít nhất ba ngày nữa. Hãy đề xuất lại từ một đợt khác.")
_NOT_NOW = N_("Gói mạng này không còn mở được. Hãy tải lại trang để xem.")
_UNREADABLE = N_("Mã của gói này không còn đọc được. Hãy báo người phụ trách của phường, xã để được gói khác.")


@command
def give_voucher(need_id: int) -> InternetVoucher:
    """One voucher of the batch that was proposed, for a need that two people approved; raises Conflict when there is
    none, and then the need is not approved either."""
    query = sa.select(DeviceNeed).where(DeviceNeed.id == need_id).with_for_update()
    need = db.session.scalar(query.execution_options(populate_existing=True))
    if need is None:
        raise Missing
    if need.kind != "internet" or need.state != "approved":
        raise Conflict
    batch = _batch(need)
    found = _take(batch.id, clock.today() + policy.SPARE)
    if found is None:
        raise Conflict(_NONE_LEFT)
    found.state, found.assigned_at = "assigned", clock.now()
    found.need_id, found.receiver_id, found.ward_id = need.id, need.receiver_id, need.ward_id
    db.session.flush()
    meet_need(need.id)
    announce(VoucherGiven(found.id, need.id, need.receiver_id))
    return found


def _batch(need: DeviceNeed) -> InternetBatch:
    """Of the need's ward or of its city, and open."""
    batch = db.session.get(InternetBatch, need.batch_id, populate_existing=True) if need.batch_id else None
    if batch is None or batch.unit_id not in lineage(need.ward_id):
        raise Conflict(_NO_BATCH)
    if batch.closed_at is not None:
        raise Conflict(_CLOSED)
    return batch


def _take(batch_id: int, last_day: date) -> InternetVoucher | None:
    """A free voucher that nobody else is taking at this moment, the one that ends soonest."""
    query = (
        sa.select(InternetVoucher)
        .where(
            InternetVoucher.batch_id == batch_id, InternetVoucher.state == "free",
            InternetVoucher.expires_on >= last_day,
        )
        .order_by(InternetVoucher.expires_on, InternetVoucher.id)
        .limit(1)
    )  # fmt: skip
    return db.session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))


@command
def open_voucher(actor: User, voucher_id: int) -> str:
    """The code, for the grown-up whom it was given to; each reading is on record."""
    row = voucher_of(actor, voucher_id, lock=True)
    limits.hit("voucher", actor.id)
    if not policy.may_open(True, actor.is_minor, row.state) or row.expires_on < clock.today():
        raise Conflict(_NOT_NOW)
    code = row.code
    if code is None:
        raise Conflict(_UNREADABLE)
    if row.state == "assigned":
        row.state, row.opened_at = "opened", clock.now()
    audit.record(actor.id, "open_voucher", f"internet_voucher:{row.id}")
    return code


@command
def confirm_use(actor: User, voucher_id: int) -> InternetVoucher:
    """It worked: the code is of no use to anybody any more and goes at once. Said twice it is said once."""
    row = voucher_of(actor, voucher_id, lock=True)
    if row.state == "used":
        return row
    if not policy.may_say_how_it_went(True, actor.is_minor, row.state):
        raise Conflict(_NOT_NOW)
    row.state, row.code = "used", None
    row.used_at = row.ended_at = clock.now()
    announce(VoucherUsed(row.id))
    return row


@command
def tell_failed(actor: User, voucher_id: int) -> InternetVoucher:
    """It did not work: the code goes, staff hear of it, and the need waits for another voucher."""
    row = voucher_of(actor, voucher_id, lock=True)
    if row.state == "failed":
        return row
    if not policy.may_say_how_it_went(True, actor.is_minor, row.state):
        raise Conflict(_NOT_NOW)
    row.state, row.code, row.ended_at = "failed", None, clock.now()
    db.session.flush()
    if row.need_id is not None:
        with suppress(Conflict):  # the family has asked anew meanwhile, which is open already
            reopen_need(row.need_id)
        announce(VoucherFailed(row.id, row.need_id, row.ward_id or row.batch.unit_id))
    return row
