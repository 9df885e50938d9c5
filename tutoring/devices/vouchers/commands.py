"""Commands for vouchers of sponsored internet.

Staff import a sponsor's file as a whole or not at all, close or reopen a batch, and renew its report address. These
commands never return a code.

A voucher goes to one need. Only its family opens the code, and reports whether it worked.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.passphrases import new_code
from tutoring.community.models import Unit
from tutoring.community.queries import ancestors
from tutoring.devices.events import VoucherFailed, VoucherGiven, VoucherUsed
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.transitions import meet_need, reopen_need
from tutoring.devices.vouchers.csv_reader import Fault, VoucherLine, read_vouchers, same_voucher
from tutoring.devices.vouchers.models import NETWORKS, InternetBatch, InternetVoucher
from tutoring.devices.vouchers.queries import batch_for, get_unit_for_import, voucher_of
from tutoring.kernel import audit, clock, encryption, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import upsert
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices import vouchers as policy
from tutoring.safety.free_text import for_minor

AT_ONCE = 500
REPORT_LETTERS = 16
MAX_SPONSOR_CHARS = 80


@dataclass(frozen=True)
class NewBatch:
    """What all vouchers of a file share; `expires_on` applies to lines without their own date."""

    sponsor: str
    sponsor_id: int | None
    network: str
    gigabytes: int
    days: int
    expires_on: date | None = None


@dataclass(frozen=True)
class ImportResult:
    """The result of importing a file.

    Nothing is written if there are faults, or if all codes are already `known`.
    """

    batch_id: int | None
    added: int = 0
    known: int = 0
    faults: tuple[Fault, ...] = ()


@command
def import_vouchers(actor: User, unit_id: int, batch: NewBatch, text: str) -> ImportResult:
    """Imports a file of vouchers; codes already imported from any file add nothing."""
    place = get_unit_for_import(actor, unit_id)
    rate_limits.hit("act", actor.id)
    sponsor = _sponsor(batch)
    if batch.network not in NETWORKS:
        raise InvalidInput(field="network")
    for field, value, most in (("gigabytes", batch.gigabytes, 1000), ("days", batch.days, 400)):
        if not 1 <= value <= most:
            raise InvalidInput(N_("Hãy ghi một số từ 1 đến %(most)s."), field=field, most=most)
    read = read_vouchers(text, clock.today(), batch.expires_on)
    if read.faults:
        return ImportResult(None, faults=tuple(read.faults))
    row = InternetBatch(
        unit_id=place.id, sponsor_id=batch.sponsor_id, sponsor=sponsor, network=batch.network,
        gigabytes=batch.gigabytes, days=batch.days, by_id=actor.id, report_code=new_code(REPORT_LETTERS),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    added = _write(row.id, read.lines)
    known = len(read.lines) - added
    if not added:
        db.session.delete(row)
        db.session.flush()
        return ImportResult(None, known=known)
    audit.record(actor.id, "import_vouchers", f"internet_batch:{row.id}", added=added, known=known)
    return ImportResult(row.id, added, known)


def _sponsor(batch: NewBatch) -> str:
    """Returns the public sponsor name: of a partner unit, or as entered."""
    if batch.sponsor_id is not None:
        partner = db.session.get(Unit, batch.sponsor_id)
        if partner is None or partner.kind != "partner":
            raise InvalidInput(N_("Hãy chọn một đơn vị trong danh sách."), field="sponsor_id")
        return partner.name
    name = " ".join(nfc(batch.sponsor).split())
    if not name:
        raise InvalidInput(N_("Hãy ghi tên nhà tài trợ, như muốn được nêu công khai."), field="sponsor")
    if len(name) > MAX_SPONSOR_CHARS:
        raise InvalidInput(N_("Tên dài quá %(most)s ký tự."), field="sponsor", most=MAX_SPONSOR_CHARS)
    return for_minor(name, field="sponsor")


def _write(batch_id: int, lines: Sequence[VoucherLine]) -> int:
    """Inserts the vouchers and returns how many are new.

    Rows are sorted by blind index, so that two imports of the same file cannot deadlock.
    """
    rows = sorted(
        (
            {
                "batch_id": batch_id, "code_sealed": one.code, "expires_on": one.expires_on, "state": "free",
                "code_mark": encryption.blind_index(same_voucher(one.code), "voucher"),
            }
            for one in lines
        ),
        key=lambda row: str(row["code_mark"]),
    )  # fmt: skip
    statement = upsert(InternetVoucher).on_conflict_do_nothing().returning(InternetVoucher.id)
    added = 0
    for at in range(0, len(rows), AT_ONCE):
        added += len(db.session.execute(statement, rows[at : at + AT_ONCE]).all())
    return added


@command
def close_batch(actor: User, batch_id: int) -> InternetBatch:
    """Closes a batch to new assignments; families keep their vouchers."""
    row = batch_for(actor, batch_id, lock=True)
    if row.closed_at is None:
        row.closed_at = clock.now()
        audit.record(actor.id, "close_batch", f"internet_batch:{row.id}")
    return row


@command
def open_batch(actor: User, batch_id: int) -> InternetBatch:
    """Reopens a batch that was closed by mistake."""
    row = batch_for(actor, batch_id, lock=True)
    if row.closed_at is not None:
        row.closed_at = None
        audit.record(actor.id, "open_batch", f"internet_batch:{row.id}")
    return row


@command
def new_report_address(actor: User, batch_id: int) -> InternetBatch:
    """Renews the address of the sponsor's report; the old address stops working."""
    row = batch_for(actor, batch_id, lock=True)
    row.report_code = new_code(REPORT_LETTERS)
    audit.record(actor.id, "new_report_address", f"internet_batch:{row.id}")
    return row


_NO_BATCH = N_("Chưa chọn đợt gói mạng cho nhu cầu này. Hãy đề xuất lại từ một đợt còn mã.")
_CLOSED = N_("Đợt gói mạng này đã đóng. Hãy đề xuất lại từ một đợt khác.")
_NONE_LEFT = N_("Đợt này không còn mã nào dùng được ít nhất ba ngày nữa. Hãy đề xuất lại từ một đợt khác.")
_NOT_NOW = N_("Gói mạng này không còn mở được. Hãy tải lại trang để xem.")
_UNREADABLE = N_("Mã của gói này không còn đọc được. Hãy báo người phụ trách của phường, xã để được gói khác.")


@command
def give_voucher(need_id: int) -> InternetVoucher:
    """Assigns one voucher of the proposed batch to an approved need.

    Raises Conflict if none is left; the approval is then rolled back too.
    """
    query = sa.select(DeviceNeed).where(DeviceNeed.id == need_id).with_for_update()
    need = db.session.scalar(query.execution_options(populate_existing=True))
    if need is None:
        raise NotFound
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
    publish(VoucherGiven(found.id, need.id, need.receiver_id))
    return found


def _batch(need: DeviceNeed) -> InternetBatch:
    """Returns the open batch of the need's ward or of its city."""
    batch = db.session.get(InternetBatch, need.batch_id, populate_existing=True) if need.batch_id else None
    if batch is None or batch.unit_id not in ancestors(need.ward_id):
        raise Conflict(_NO_BATCH)
    if batch.closed_at is not None:
        raise Conflict(_CLOSED)
    return batch


def _take(batch_id: int, last_day: date) -> InternetVoucher | None:
    """Locks and returns the free voucher that expires soonest.

    Vouchers locked by concurrent commands are skipped.
    """
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
    """Returns the code to the adult who received the voucher; every opening is audited."""
    row = voucher_of(actor, voucher_id, lock=True)
    rate_limits.hit("voucher", actor.id)
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
    """Records that the voucher worked and deletes the code, which has no further use.

    It is idempotent.
    """
    row = voucher_of(actor, voucher_id, lock=True)
    if row.state == "used":
        return row
    if not policy.may_say_how_it_went(True, actor.is_minor, row.state):
        raise Conflict(_NOT_NOW)
    row.state, row.code = "used", None
    row.used_at = row.ended_at = clock.now()
    publish(VoucherUsed(row.id))
    return row


@command
def report_failed_voucher(actor: User, voucher_id: int) -> InternetVoucher:
    """Records that the voucher failed: deletes the code, notifies staff and reopens the need."""
    row = voucher_of(actor, voucher_id, lock=True)
    if row.state == "failed":
        return row
    if not policy.may_say_how_it_went(True, actor.is_minor, row.state):
        raise Conflict(_NOT_NOW)
    row.state, row.code, row.ended_at = "failed", None, clock.now()
    db.session.flush()
    if row.need_id is not None:
        with suppress(Conflict):  # the family has opened a new need meanwhile
            reopen_need(row.need_id)
        publish(VoucherFailed(row.id, row.need_id, row.ward_id or row.batch.unit_id))
    return row
