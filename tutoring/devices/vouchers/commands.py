"""A sponsor's vouchers come in by a file, all of it or nothing; a batch is closed, opened again, and reported on under
an address. Codes go in and never come out here.

A voucher goes to one need; its family alone opens the code, and says whether it worked.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tutoring.accounts.credentials.passwords import new_code
from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import ancestors
from tutoring.devices.events import VoucherFailed, VoucherGiven, VoucherUsed
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.transitions import meet_need, reopen_need
from tutoring.devices.vouchers.csv_reader import Fault, VoucherLine, read_vouchers, same_voucher
from tutoring.devices.vouchers.models import NETWORKS, InternetBatch, InternetVoucher
from tutoring.devices.vouchers.queries import batch_for, unit_to_bring_to, voucher_of
from tutoring.kernel import audit, clock, encryption, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices import vouchers as policy
from tutoring.safety.free_text import for_minor

AT_ONCE = 500
REPORT_LETTERS = 16
LONGEST_SPONSOR = 80


@dataclass(frozen=True)
class NewBatch:
    """What is known of all vouchers of a file; `expires_on` for those that have no day of their own."""

    sponsor: str
    sponsor_id: int | None
    network: str
    gigabytes: int
    days: int
    expires_on: date | None = None


@dataclass(frozen=True)
class Imported:
    """What came of a file: nothing of it is written where there are faults, or where every code is `known`."""

    batch_id: int | None
    added: int = 0
    known: int = 0
    faults: tuple[Fault, ...] = ()


@command
def import_vouchers(actor: User, unit_id: int, batch: NewBatch, text: str) -> Imported:
    """Write a file of vouchers; codes that came in before, by whatever file, add nothing."""
    place = unit_to_bring_to(actor, unit_id)
    rate_limits.hit("act", actor.id)
    sponsor = _sponsor(batch)
    if batch.network not in NETWORKS:
        raise InvalidInput(field="network")
    for field, value, most in (("gigabytes", batch.gigabytes, 1000), ("days", batch.days, 400)):
        if not 1 <= value <= most:
            raise InvalidInput(N_("Hãy ghi một số từ 1 đến %(most)s."), field=field, most=most)
    read = read_vouchers(text, clock.today(), batch.expires_on)
    if read.faults:
        return Imported(None, faults=tuple(read.faults))
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
        return Imported(None, known=known)
    audit.record(actor.id, "import_vouchers", f"internet_batch:{row.id}", added=added, known=known)
    return Imported(row.id, added, known)


def _sponsor(batch: NewBatch) -> str:
    """The public name: of a partner of the site, or as it is written down."""
    if batch.sponsor_id is not None:
        partner = db.session.get(Unit, batch.sponsor_id)
        if partner is None or partner.kind != "partner":
            raise InvalidInput(N_("Hãy chọn một đơn vị trong danh sách."), field="sponsor_id")
        return partner.name
    name = " ".join(nfc(batch.sponsor).split())
    if not name:
        raise InvalidInput(N_("Hãy ghi tên nhà tài trợ, như muốn được nêu công khai."), field="sponsor")
    if len(name) > LONGEST_SPONSOR:
        raise InvalidInput(N_("Tên dài quá %(most)s ký tự."), field="sponsor", most=LONGEST_SPONSOR)
    return for_minor(name, field="sponsor")


def _write(batch_id: int, lines: Sequence[VoucherLine]) -> int:
    """How many were new. Always in the order of their marks, so that two who bring the same file wait for each other
    rather than in a circle."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    rows = sorted(
        (
            {
                "batch_id": batch_id, "code": one.code, "expires_on": one.expires_on, "state": "free",
                "code_mark": encryption.blind_index(same_voucher(one.code), "voucher"),
            }
            for one in lines
        ),
        key=lambda row: str(row["code_mark"]),
    )  # fmt: skip
    statement = insert(InternetVoucher).on_conflict_do_nothing().returning(InternetVoucher.id)
    added = 0
    for at in range(0, len(rows), AT_ONCE):
        added += len(db.session.execute(statement, rows[at : at + AT_ONCE]).all())
    return added


@command
def close_batch(actor: User, batch_id: int) -> InternetBatch:
    """Nothing is given out of it any more; what families have stays theirs."""
    row = batch_for(actor, batch_id, lock=True)
    if row.closed_at is None:
        row.closed_at = clock.now()
        audit.record(actor.id, "close_batch", f"internet_batch:{row.id}")
    return row


@command
def open_batch(actor: User, batch_id: int) -> InternetBatch:
    """Closed by mistake: vouchers are given out of it again."""
    row = batch_for(actor, batch_id, lock=True)
    if row.closed_at is not None:
        row.closed_at = None
        audit.record(actor.id, "open_batch", f"internet_batch:{row.id}")
    return row


@command
def new_report_address(actor: User, batch_id: int) -> InternetBatch:
    """Another address for the sponsor's report; whoever has the old one reads nothing any more."""
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
    """One voucher of the batch that was proposed, for a need that two people approved; raises Conflict when there is
    none, and then the need is not approved either."""
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
    """Of the need's ward or of its city, and open."""
    batch = db.session.get(InternetBatch, need.batch_id, populate_existing=True) if need.batch_id else None
    if batch is None or batch.unit_id not in ancestors(need.ward_id):
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
    """It worked: the code is of no use to anybody any more and goes at once. Said twice it is said once."""
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
        publish(VoucherFailed(row.id, row.need_id, row.ward_id or row.batch.unit_id))
    return row
