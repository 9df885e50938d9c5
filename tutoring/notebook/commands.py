"""Commands of the private notebook: write, change, finish, reopen, delete; and the reminder."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.notebook.allowed_text import kept_words
from tutoring.notebook.events import RecheckDue, RecheckObsolete
from tutoring.notebook.models import NotebookEntry
from tutoring.notebook.queries import entry_of
from tutoring.policy.practice.portal import LATEST_REMINDER, MOST_ENTRIES, may_keep_notebook

REMINDS = time(8)
CHANGED_MEANWHILE = "changed_meanwhile"
_JOB = "practice.look_again"
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class EntryInput:
    """The input of a dossier."""

    code: str
    about: str = ""
    handed_in: date | None = None
    look_again: date | None = None


@command
def write_entry(owner: User, written: EntryInput, once: str) -> NotebookEntry:
    """Creates an entry. The same form submitted again (`once`) returns the existing entry."""
    # Serializes the commands of one owner: two devices must not write twice or exceed the limit.
    db.session.get_one(User, owner.id, with_for_update={"key_share": True})
    if not may_keep_notebook(owner.kind, is_owner=True):
        raise NotFound
    known = sa.select(NotebookEntry).where(NotebookEntry.owner_id == owner.id)
    if (row := db.session.scalar(known.where(NotebookEntry.once == once))) is not None:
        return row
    if len(db.session.scalars(known.with_only_columns(NotebookEntry.id)).all()) >= MOST_ENTRIES:
        raise Conflict(N_("Sổ đã đủ %(num)s hồ sơ. Hãy xoá những hồ sơ không cần nữa rồi ghi tiếp."), num=MOST_ENTRIES)
    row = NotebookEntry(owner_id=owner.id, once=once)
    _write(row, written)
    db.session.add(row)
    db.session.flush()
    _remind(row)
    return row


@command
def change_entry(owner: User, entry_id: int, version: int, written: EntryInput) -> NotebookEntry:
    """Overwrites an entry.

    Raises Conflict if it was changed since the submitted page was rendered. A new day moves the reminder.
    """
    row = entry_of(owner, entry_id, lock=True)
    if row.version != version:
        raise Conflict(
            N_("Hồ sơ này vừa được sửa ở một trang khác. Xem lại rồi bấm Lưu lần nữa nếu vẫn muốn ghi như dưới đây."),
            code=CHANGED_MEANWHILE,
        )
    before = row.look_again
    _write(row, written)
    row.version += 1
    if row.look_again != before:
        _cancel_reminder(row, before)
        _remind(row)
    return row


@command
def finish_entry(owner: User, entry_id: int) -> None:
    """Marks a dossier as done: it moves to the end of the notebook, and its reminder is cancelled."""
    row = entry_of(owner, entry_id, lock=True)
    if row.done_at is None:
        row.done_at = clock.now()
        row.version += 1
        _cancel_reminder(row, row.look_again)


@command
def reopen_entry(owner: User, entry_id: int) -> None:
    """Reopens a finished dossier; a day in the future schedules the reminder again."""
    row = entry_of(owner, entry_id, lock=True)
    if row.done_at is not None:
        row.done_at = None
        row.version += 1
        _remind(row)


@command
def delete_entry(owner: User, entry_id: int) -> None:
    """Deletes an entry permanently."""
    _throw_away(entry_of(owner, entry_id, lock=True))


@command
def forget_notebook(user_id: int) -> None:
    """Deletes all entries of a user's notebook."""
    query = sa.select(NotebookEntry).where(NotebookEntry.owner_id == user_id).order_by(NotebookEntry.id)
    for row in db.session.scalars(query.with_for_update()).all():
        _throw_away(row)


def _throw_away(row: NotebookEntry) -> None:
    _cancel_reminder(row, row.look_again)
    db.session.delete(row)


def _write(row: NotebookEntry, written: EntryInput) -> None:
    code, about = kept_words(written.code, "code"), kept_words(written.about, "about")
    if not code:
        raise InvalidInput(N_("Hãy ghi mã hồ sơ."), field="code")
    if written.handed_in is not None and not _EARLIEST <= written.handed_in <= clock.today():
        raise InvalidInput(N_("Ngày nộp phải là hôm nay hoặc một ngày đã qua."), field="handed_in")
    day = written.look_again
    if day is not None and day != row.look_again:  # an unchanged day that has passed meanwhile may stay
        if day <= clock.today():
            raise InvalidInput(N_("Ngày xem lại phải từ ngày mai trở đi."), field="look_again")
        if day - clock.today() > LATEST_REMINDER:
            raise InvalidInput(N_("Hãy chọn ngày xem lại trong vòng hai năm tới."), field="look_again")
    row.code, row.about, row.handed_in, row.look_again = code, about, written.handed_in, day


# ---- the reminder ---------------------------------------------------------------------------------------------


def _key(entry_id: int, day: date) -> str:
    return f"{_JOB}:{entry_id}:{day}"


def _remind(row: NotebookEntry) -> None:
    """Enqueues the reminder of a day in the future."""
    if row.done_at is None and row.look_again is not None and row.look_again > clock.today():
        at = datetime.combine(row.look_again, REMINDS, clock.LOCAL)
        jobs.enqueue(_JOB, _key(row.id, row.look_again), at, entry_id=row.id, day=row.look_again.isoformat())


def _cancel_reminder(row: NotebookEntry, day: date | None) -> None:
    if day is not None:
        jobs.cancel(_key(row.id, day))
        publish(RecheckObsolete(row.id, day))


@jobs.job(_JOB)
def remind(payload: dict[str, Any]) -> None:
    """Notifies the owner if the entry still has this day."""
    row = db.session.get(NotebookEntry, payload["entry_id"])
    day = date.fromisoformat(payload["day"])
    if row is not None and row.done_at is None and row.look_again == day:
        publish(RecheckDue(row.id, row.owner_id, day))
