"""Commands of class work: set, change, extend, withdraw, restore."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.classes.access import run_class
from tutoring.classes.work import queries as work_queries
from tutoring.classes.work.events import WorkSet, WorkWithdrawn
from tutoring.classes.work.models import ClassWork, ClassWorkPupil
from tutoring.classes.work.targets import may_be_set
from tutoring.community.models import Unit
from tutoring.community.queries import active_unit, link_hosts
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.classes import AUDIENCES, LONGEST_NOTE, MAX_AHEAD, MAX_OPEN_WORKS, WEEK
from tutoring.safety.free_text import OPEN_TO, for_minor

CHANGED_MEANWHILE = "changed_meanwhile"
TWICE = timedelta(minutes=2)  # within which the same work counts as the same form sent again


@dataclass(frozen=True)
class WorkInput:
    """The input of a work. `kind` and `target` count when it is set; a change leaves them."""

    due: date | None
    audience: str = "class"
    note: str = ""
    kind: str = ""
    target: str = ""
    pupils: frozenset[int] = field(default_factory=frozenset)


@command
def set_work(actor: User, unit_id: int, written: WorkInput) -> ClassWork:
    """Sets a work for a class, for some of its pupils or for their guardians, who are notified.

    The same form sent twice sets one work.
    """
    unit = _locked_class(actor, unit_id)
    if not may_be_set(written.kind, written.target):
        raise InvalidInput(N_("Hãy chọn một bài trong danh sách."), field="what")
    note, due, chosen = _checked(unit, written, None)
    standing = work_queries.works_of_unit(unit.id)
    for one in standing:
        alike = (one.kind, one.target, one.audience) == (written.kind, written.target, written.audience)
        if not alike:
            continue
        mine = one.set_by_id == actor.id and one.set_at > clock.now() - TWICE
        if mine and _chosen_of(one) == chosen and (one.note, one.due) == (note, due):
            return one
        _refuse_twice(one)
    _refuse_too_many(len(standing))
    rate_limits.hit("class_work", actor.id)
    row = ClassWork(
        unit_id=unit.id, kind=written.kind, target=written.target, audience=written.audience, due=due, note=note,
        set_by_id=actor.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _write_chosen(row, chosen)
    publish(WorkSet(row.id, unit.id, actor.id))
    return row


def _refuse_twice(standing: ClassWork) -> None:
    """Raises Conflict: the same work stands for the same people. Chosen pupils may differ from one to the next."""
    if standing.audience != "pupils":
        raise Conflict(
            N_("Bài này đang giao đến ngày %(day)s rồi. Muốn thêm ngày, bạn bấm “Thêm một tuần” ở bài đó."),
            day=f"{standing.due:%d/%m}",
        )


def _refuse_if_stands(row: ClassWork, audience: str) -> None:
    for one in work_queries.works_of_unit(row.unit_id):
        if one.id != row.id and (one.kind, one.target, one.audience) == (row.kind, row.target, audience):
            _refuse_twice(one)


@command
def change_work(actor: User, work_id: int, version: int, written: WorkInput) -> ClassWork:
    """Changes the day, the note and the people of a work; who gets it anew is notified.

    Raises Conflict if it was changed since the submitted page was rendered.
    """
    row, unit = _locked(actor, work_id)
    _same_version(row, version)
    if row.withdrawn_at is not None:
        raise Conflict(N_("Bài này đã rút. Hãy giao lại trước khi sửa."))
    note, due, chosen = _checked(unit, written, row)
    other_people = row.audience != written.audience or chosen != _chosen_of(row)
    if row.audience != written.audience:
        _refuse_if_stands(row, written.audience)
    if row.archived and due != row.due:
        _refuse_too_many(work_queries.count_open(unit.id))
    if other_people:
        rate_limits.hit("class_work", actor.id)
    row.note, row.due, row.audience = note, due, written.audience
    _write_chosen(row, chosen)
    _mark_changed(row, actor, "change_class_work")
    if other_people:
        publish(WorkWithdrawn(row.id))
        publish(WorkSet(row.id, row.unit_id, actor.id))
    return row


@command
def extend_work(actor: User, work_id: int, version: int) -> ClassWork:
    """Gives a work one more week, counted from today if its day is over."""
    row, unit = _locked(actor, work_id)
    _same_version(row, version)
    if row.withdrawn_at is not None:
        raise Conflict(N_("Bài này đã rút. Hãy giao lại trước khi sửa."))
    if row.archived:
        _refuse_too_many(work_queries.count_open(unit.id))
    row.due = min(max(row.due, clock.today()) + WEEK, clock.today() + MAX_AHEAD)
    _mark_changed(row, actor, "change_class_work")
    return row


@command
def withdraw_work(actor: User, work_id: int) -> ClassWork:
    """Withdraws a work: it is shown to nobody, and unread notices of it are removed."""
    row, _unit = _locked(actor, work_id, archived_too=True)
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        _mark_changed(row, actor, "withdraw_class_work", always=True)
        publish(WorkWithdrawn(row.id))
    return row


@command
def restore_work(actor: User, work_id: int) -> ClassWork:
    """Sets a work again that was withdrawn by mistake; its day stays."""
    row, unit = _locked(actor, work_id)
    if row.withdrawn_at is not None:
        _refuse_too_many(work_queries.count_open(unit.id))
        _refuse_if_stands(row, row.audience)
        rate_limits.hit("class_work", actor.id)
        row.withdrawn_at = None
        _mark_changed(row, actor, "restore_class_work", always=True)
        if not row.passed:
            publish(WorkSet(row.id, row.unit_id, actor.id))
    return row


@command
def mark_reminded(work_id: int) -> None:
    """Notes that those who had not done a work were reminded, which happens once."""
    db.session.execute(sa.update(ClassWork).where(ClassWork.id == work_id).values(reminded_at=clock.now()))


def _locked_class(actor: User, unit_id: int) -> Unit:
    run_class(actor, unit_id)
    unit = active_unit(unit_id)
    # Serializes the commands of one class: two teachers must not exceed the limit, nor set the same twice.
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    return unit


def _locked(actor: User, work_id: int, *, archived_too: bool = False) -> tuple[ClassWork, Unit]:
    unit_id = work_queries.work(work_id).unit_id
    unit = run_class(actor, unit_id) if archived_too else _locked_class(actor, unit_id)
    return work_queries.work(work_id, lock=True), unit


def _same_version(row: ClassWork, version: int) -> None:
    if row.version != version:
        raise Conflict(
            N_("Bài này vừa được sửa ở một trang khác. Xem lại rồi bấm Lưu lần nữa nếu vẫn muốn ghi như dưới."),
            code=CHANGED_MEANWHILE,
        )


def _refuse_too_many(count: int) -> None:
    if count >= MAX_OPEN_WORKS:
        raise Conflict(
            N_("Lớp đang có %(num)s bài, như vậy là nhiều với các em. Hãy rút bớt bài cũ rồi giao tiếp."),
            num=MAX_OPEN_WORKS,
        )


def _checked(unit: Unit, written: WorkInput, before: ClassWork | None) -> tuple[str, date, frozenset[int]]:
    if written.audience not in AUDIENCES:
        raise InvalidInput(N_("Hãy chọn giao cho ai."), field="audience")
    today, due = clock.today(), written.due
    kept = before is not None and due == before.due
    if due is None or not (kept or today <= due <= today + MAX_AHEAD):
        raise InvalidInput(N_("Hãy chọn một ngày từ hôm nay trở đi, trong vòng sáu tháng."), field="due")
    note = nfc(written.note)
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(N_("Lời dặn dài quá %(most)s ký tự. Hãy viết ngắn hơn."), field="note", most=LONGEST_NOTE)
    if note:
        for_minor(note, field="note", allowed=link_hosts(unit.id), open_to=OPEN_TO)
    return note, due, _checked_pupils(unit, written)


def _checked_pupils(unit: Unit, written: WorkInput) -> frozenset[int]:
    if written.audience != "pupils":
        return frozenset()
    here = frozenset(db.session.scalars(work_queries.select_pupil_ids(unit.id)))
    chosen = written.pupils & here
    if not chosen:
        raise InvalidInput(N_("Hãy chọn ít nhất một học sinh."), field="pupils")
    return chosen


def _chosen_of(row: ClassWork) -> frozenset[int]:
    return work_queries.chosen_of([row.id]).get(row.id, frozenset())


def _write_chosen(row: ClassWork, chosen: Collection[int]) -> None:
    db.session.execute(sa.delete(ClassWorkPupil).where(ClassWorkPupil.work_id == row.id))
    db.session.add_all(ClassWorkPupil(work_id=row.id, user_id=user_id) for user_id in sorted(chosen))
    db.session.flush()


def _mark_changed(row: ClassWork, actor: User, work_act: str, *, always: bool = False) -> None:
    row.changed_at, row.changed_by_id, row.version = clock.now(), actor.id, row.version + 1
    if always or row.set_by_id != actor.id:
        audit.record(actor.id, work_act, f"class_work:{row.id}", unit=row.unit_id)
