"""Commands for importing units in bulk: upload a file, review its check, start writing it.

The background work is in `jobs.py`. If any line is wrong, nothing of the file is written.
"""

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.accounts.models import User
from tutoring.community.bulk_import import csv_reader as reading
from tutoring.community.bulk_import.jobs import JOB
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.events import ImportMoved
from tutoring.community.queries import roles_of
from tutoring.kernel import audit, clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.csv_files import decoded
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import community as policy

KEPT_FOR_LOOKING = 20


# ---- user commands --------------------------------------------------------------------------------------------


@command
def send_file(actor: User, kind: str, file_name: str, data: bytes) -> int:
    """Stores an uploaded file, enqueues its check and returns the id of the import.

    Raises InvalidInput if the file is not text or too large.
    """
    if not policy.may_import_units(roles_of(actor.id)):
        raise Forbidden
    rate_limits.hit("act", actor.id)
    if kind not in reading.COLUMNS:
        raise InvalidInput(field="kind")
    if not data:
        raise InvalidInput(N_("Hãy chọn một tệp."), field="file")
    if len(data) > reading.MOST_BYTES:
        raise InvalidInput(N_("Tệp lớn quá. Hãy chia thành vài tệp dưới 4 MB."), field="file")
    text = decoded(data)
    if text is None or "\x00" in text:
        raise InvalidInput(N_("Không đọc được chữ trong tệp. Trong Excel hãy chọn Lưu dưới dạng, kiểu CSV UTF-8."),
                      field="file")  # fmt: skip
    made = UnitImport(by_id=actor.id, kind=kind, file_name=" ".join(file_name.split())[:80] or "tep.csv", text=text)
    db.session.add(made)
    db.session.flush()
    _work_later(made)
    return made.id


@command
def write_import(actor: User, import_id: int) -> None:
    """Starts writing a checked file; a second call does nothing."""
    row = _held(actor, import_id)
    if row.state in {"writing", "done"}:
        return
    if row.state != "ready":
        raise Conflict(N_("Tệp này chưa ghi được. Hãy xem lại các dòng có lỗi."))
    row.state, row.done = "writing", 0
    audit.record(actor.id, "import_units", f"unit_import:{row.id}", kind=row.kind, **row.counts)
    _work_later(row)


@command
def try_again(actor: User, import_id: int) -> None:
    """Enqueues the work again after it failed; what was written stays written."""
    row = _held(actor, import_id)
    if row.state in {"checking", "writing"}:
        _work_later(row)


@command
def discard_import(actor: User, import_id: int) -> None:
    """Discards a file of which nothing was written."""
    row = _held(actor, import_id)
    if row.state in {"writing", "done"}:
        raise Conflict(N_("Tệp này đang được ghi hoặc đã ghi xong."))
    row.state, row.text, row.finished_at = "discarded", "", clock.now()


def imports_of(actor: User) -> list[UnitImport]:
    """Returns the newest files this user sent."""
    query = sa.select(UnitImport).where(UnitImport.by_id == actor.id).order_by(UnitImport.id.desc())
    return list(db.session.scalars(query.limit(KEPT_FOR_LOOKING)))


def unit_import(actor: User, import_id: int, text: bool = False) -> UnitImport:
    """Returns an import for its sender; raises NotFound for any other user."""
    query = sa.select(UnitImport).where(UnitImport.id == import_id)
    found = db.session.scalar(query.options(undefer(UnitImport.text)) if text else query)
    if found is None or found.by_id != actor.id or not policy.may_import_units(roles_of(actor.id)):
        raise NotFound
    return found


def gave_up(row: UnitImport) -> bool:
    """Returns whether the work on it failed for good and must be enqueued again."""
    query = sa.select(jobs.Job.id).where(jobs.Job.key == _key(row), jobs.Job.failed_at.is_not(None))
    return row.state in {"checking", "writing"} and db.session.scalar(query) is not None


def _held(actor: User, import_id: int) -> UnitImport:
    unit_import(actor, import_id)
    query = sa.select(UnitImport).where(UnitImport.id == import_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _key(row: UnitImport) -> str:
    return f"units:{row.id}:{row.state}:{row.round}"


def _work_later(row: UnitImport) -> None:
    row.round += 1
    jobs.enqueue(JOB, _key(row), clock.now(), import_id=row.id)
    publish(ImportMoved(row.id, row.by_id))
