"""Commands of tasks: write, assign, ask, answer, move.

A version check prevents an outdated page from overwriting a newer change.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import link_hosts
from tutoring.groups.access import led_place
from tutoring.groups.events import TaskAnswered, TaskDone, TaskGiven, TaskLeft
from tutoring.groups.models import GroupTask
from tutoring.groups.tasks.queries import ONGOING, find_possible_assignee, task_for
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy import groups as policy
from tutoring.safety.free_text import OPEN_TO, for_minor

CHANGED_MEANWHILE = "changed_meanwhile"
MAX_AHEAD = timedelta(days=366)
TWICE = timedelta(minutes=2)  # within which the same text counts as the same task sent again


@dataclass(frozen=True)
class TaskInput:
    """The input of a task; without an assignee the task waits for a volunteer."""

    title: str
    details: str = ""
    due: date | None = None
    assignee_id: int | None = None


@command
def write_task(actor: User, unit_id: int, written: TaskInput) -> GroupTask:
    """Creates a task of a unit, with or without an assignee."""
    led_place(actor, unit_id)
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    title, details = _checked(written, unit_id, None)
    if (there := _just_written(unit_id, actor.id, title, details)) is not None:
        return there
    still_open = sa.select(GroupTask.id).where(GroupTask.unit_id == unit_id, GroupTask.state.in_(ONGOING))
    if len(db.session.scalars(still_open.limit(policy.MOST_OPEN_TASKS)).all()) >= policy.MOST_OPEN_TASKS:
        raise Conflict(N_("Đã có quá nhiều việc chưa xong. Hãy kết thúc bớt việc cũ rồi ghi thêm."))
    rate_limits.hit("group_task", actor.id)
    row = GroupTask(unit_id=unit_id, created_by_id=actor.id, title=title, details=details, due=written.due)
    db.session.add(row)
    db.session.flush()
    _give(actor, row, written.assignee_id)
    audit.record(actor.id, "give_task", f"task:{row.id}", unit=unit_id, user=row.assignee_id)
    return row


@command
def change_task(actor: User, task_id: int, version: int, written: TaskInput) -> GroupTask:
    """Overwrites a task, assigns it to another user, or clears the assignee."""
    page = task_for(actor, task_id, lock=True)
    if not page.place.leads:
        raise NotFound
    row = page.row
    _check_version(row, version)
    row.title, row.details = _checked(written, row.unit_id, row.due)
    row.due = written.due
    _changed(row)
    if written.assignee_id != row.assignee_id:
        _give(actor, row, written.assignee_id)
        audit.record(actor.id, "give_task", f"task:{row.id}", unit=row.unit_id, user=row.assignee_id)
    return row


@command
def move_task(actor: User, task_id: int, version: int, state: str) -> GroupTask:
    """Moves a task to another state.

    The assignee who accepted it and the unit's leaders may do so.
    """
    page = task_for(actor, task_id, lock=True)
    row = page.row
    if not policy.may_move_task(page.place.leads, page.mine, row.agreed):
        raise NotFound
    if row.state == state:
        return row  # the same button pressed twice
    _check_version(row, version)
    if state not in policy.next_states(row.state, page.place.leads):
        raise Conflict
    row.state = state
    _changed(row)
    if state == "done":
        publish(TaskDone(row.id, actor.id))
    if state in ("done", "dropped") and row.assignee_id is not None and row.assignee_id != actor.id:
        publish(TaskLeft(row.id, row.assignee_id))
        if not row.agreed:  # it ended before the asked user answered
            row.assignee_id = None
    return row


@command
def answer_task(actor: User, task_id: int, version: int, yes: bool) -> GroupTask:
    """Accepts or declines a task. The assignee may also return it while it is not finished."""
    page = task_for(actor, task_id, lock=True)
    row = page.row
    if not policy.may_answer_task(page.mine):
        raise NotFound
    if yes and row.agreed:
        return row
    _check_version(row, version)
    if row.state not in ONGOING:
        raise Conflict(N_("Việc này đã kết thúc rồi."))
    if yes:
        row.agreed = True
    else:
        row.assignee_id, row.agreed, row.state = None, False, "open"
    _changed(row)
    publish(TaskAnswered(row.id, actor.id, yes))
    return row


@command
def release_tasks(user_id: int) -> None:
    """Releases the unfinished tasks of a user in units to which the user no longer belongs."""
    units = sa.select(GroupTask.unit_id).where(GroupTask.assignee_id == user_id, GroupTask.state.in_(ONGOING))
    for unit_id in db.session.scalars(units.distinct().order_by(GroupTask.unit_id)).all():
        if find_possible_assignee(unit_id, user_id) is None:
            _release(user_id, GroupTask.unit_id == unit_id)


@command
def release_all_tasks(user_id: int) -> None:
    """Releases all unfinished tasks of a user who is erased or suspended, so that none is overlooked."""
    _release(user_id, sa.true())


def _release(user_id: int, where: sa.ColumnElement[bool]) -> None:
    query = sa.select(GroupTask).where(GroupTask.assignee_id == user_id, GroupTask.state.in_(ONGOING), where)
    for row in db.session.scalars(query.order_by(GroupTask.id).with_for_update()).all():
        row.assignee_id, row.agreed, row.state = None, False, "open"
        _changed(row)
        publish(TaskLeft(row.id, user_id))


def _give(actor: User, row: GroupTask, user_id: int | None) -> None:
    """Assigns a task to a user, or asks the user; the previous assignee loses it."""
    if row.assignee_id is not None:
        publish(TaskLeft(row.id, row.assignee_id))
        row.state = "open"
    row.assignee_id, row.agreed = None, False
    if user_id is None:
        return
    someone = find_possible_assignee(row.unit_id, user_id)
    if someone is None:
        raise InvalidInput(N_("Người này không còn trong nhóm. Hãy chọn người khác."), field="assignee")
    asked = not someone.team and user_id != actor.id
    row.assignee_id, row.agreed = user_id, not asked
    db.session.flush()
    if user_id != actor.id:
        publish(TaskGiven(row.id, user_id, actor.id, asked))


def _check_version(row: GroupTask, version: int) -> None:
    if row.version != version:
        raise Conflict(
            N_("Việc này vừa được người khác sửa. Xem lại như dưới đây rồi làm tiếp nếu vẫn muốn."),
            code=CHANGED_MEANWHILE,
        )


def _changed(row: GroupTask) -> None:
    row.version, row.changed_at = row.version + 1, clock.now()


def _checked(written: TaskInput, unit_id: int, due_before: date | None) -> tuple[str, str]:
    title, details = nfc(written.title), nfc(written.details)
    if not title or len(title) > policy.LONGEST_TASK:
        raise InvalidInput(
            N_("Hãy ghi việc cần làm, không quá %(most)s ký tự."), field="title", most=policy.LONGEST_TASK
        )
    if len(details) > policy.LONGEST_DETAILS:
        raise InvalidInput(N_("Phần chi tiết dài quá %(most)s ký tự."), field="details", most=policy.LONGEST_DETAILS)
    hosts = link_hosts(unit_id)
    # Adults alone read it, but most tasks are about children: what lures a child is no task.
    for_minor(title, field="title", allowed=hosts, open_to=OPEN_TO)
    for_minor(details, field="details", allowed=hosts, before=[title], open_to=OPEN_TO)
    due = written.due
    if due is not None and due != due_before and not clock.today() <= due <= clock.today() + MAX_AHEAD:
        raise InvalidInput(N_("Hạn phải từ hôm nay trở đi, trong vòng một năm."), field="due")
    return title, details


def _just_written(unit_id: int, author_id: int, title: str, details: str) -> GroupTask | None:
    query = sa.select(GroupTask).where(
        GroupTask.unit_id == unit_id, GroupTask.created_by_id == author_id, GroupTask.title == title,
        GroupTask.details == details, GroupTask.created_at > clock.now() - TWICE,
    )  # fmt: skip
    return db.session.scalar(query.order_by(GroupTask.id.desc()).limit(1))
