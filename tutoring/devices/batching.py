"""A sponsor's vouchers come in by a file, all of it or nothing; a batch is closed, opened again, and reported on under
an address. Codes go in and never come out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.dialects import postgresql, sqlite

from tutoring.accounts.models import User
from tutoring.accounts.passwords import new_code
from tutoring.community.models import Unit
from tutoring.devices.internet_models import NETWORKS, InternetBatch, InternetVoucher
from tutoring.devices.internet_queries import batch_for, unit_to_bring_to
from tutoring.devices.voucher_reading import Fault, VoucherLine, read_vouchers, same_voucher
from tutoring.kernel import audit, clock, limits, vault
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.errors import Invalid
from tutoring.kernel.text import N_, nfc
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
    limits.hit("act", actor.id)
    sponsor = _sponsor(batch)
    if batch.network not in NETWORKS:
        raise Invalid(field="network")
    for field, value, most in (("gigabytes", batch.gigabytes, 1000), ("days", batch.days, 400)):
        if not 1 <= value <= most:
            raise Invalid(N_("Hãy ghi một số từ 1 đến %(most)s."), field=field, most=most)
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
            raise Invalid(N_("Hãy chọn một đơn vị trong danh sách."), field="sponsor_id")
        return partner.name
    name = " ".join(nfc(batch.sponsor).split())
    if not name:
        raise Invalid(N_("Hãy ghi tên nhà tài trợ, như muốn được nêu công khai."), field="sponsor")
    if len(name) > LONGEST_SPONSOR:
        raise Invalid(N_("Tên dài quá %(most)s ký tự."), field="sponsor", most=LONGEST_SPONSOR)
    return for_minor(name, field="sponsor")


def _write(batch_id: int, lines: Sequence[VoucherLine]) -> int:
    """How many were new. Always in the order of their marks, so that two who bring the same file wait for each other
    rather than in a circle."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    rows = sorted(
        (
            {
                "batch_id": batch_id, "code": one.code, "expires_on": one.expires_on, "state": "free",
                "code_mark": vault.mark(same_voucher(one.code), "voucher"),
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
