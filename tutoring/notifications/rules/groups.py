"""Notification rules for neighbourhood and ward pages; no notice quotes their content."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.queries import user
from tutoring.community.queries import unit
from tutoring.groups.announcements.queries import select_recipients
from tutoring.groups.events import PostNotified, PostWithdrawn, TaskAnswered, TaskDone, TaskGiven, TaskLeft
from tutoring.groups.models import GroupTask
from tutoring.groups.tasks.queries import ONGOING
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify, notify_many, retract

PORTION = 200


def _post(post_id: int) -> str:
    return f"group-post:{post_id}"


def _task(task_id: int, what: str) -> str:
    return f"group-task:{task_id}:{what}"


def _answered(task_id: int) -> None:
    """Marks the notices that ask for an answer as read."""
    mark_handled(_task(task_id, "asked"), _task(task_id, "given"), _task(task_id, "day"))


def _path(task_id: int) -> str:
    return f"/groups/tasks/{task_id}"


@on(PostNotified)
def notify_members_of_announcement(event: PostNotified) -> None:
    people = select_recipients(event.unit_id, but=event.by_id)
    say = N_("%(unit)s có thông báo mới. Mở trang để đọc.")
    notify_many(people, _post(event.post_id), say, f"/groups/{event.unit_id}", unit=unit(event.unit_id).name)


@on(PostWithdrawn)
def retract_announcement_notices(event: PostWithdrawn) -> None:
    retract(_post(event.post_id))


@on(TaskGiven)
def notify_assignee_of_task(event: TaskGiven) -> None:
    place = unit(db.session.get_one(GroupTask, event.task_id).unit_id).name
    say = N_("%(unit)s nhờ bạn một việc. Mở để trả lời.") if event.asked else N_("%(unit)s giao bạn một việc.")
    key = _task(event.task_id, "asked" if event.asked else "given")
    notify(event.user_id, key, say, _path(event.task_id), again=True, unit=place)


@on(TaskLeft)
def settle_task_notices(event: TaskLeft) -> None:
    _answered(event.task_id)


@on(TaskAnswered)
def notify_giver_of_task_answer(event: TaskAnswered) -> None:
    _answered(event.task_id)
    mark_handled(_task(event.task_id, "no" if event.yes else "yes"))  # the earlier answer no longer applies
    task = db.session.get_one(GroupTask, event.task_id)
    say = N_("%(name)s nhận việc bạn nhờ ở %(unit)s.") if event.yes else N_("%(name)s chưa làm được việc ở %(unit)s.")
    if task.created_by_id != event.user_id:
        notify(
            task.created_by_id, _task(task.id, "yes" if event.yes else "no"), say, _path(task.id), again=True,
            name=user(event.user_id), unit=unit(task.unit_id).name,
        )  # fmt: skip


@on(TaskDone)
def notify_giver_of_done_task(event: TaskDone) -> None:
    _answered(event.task_id)
    task = db.session.get_one(GroupTask, event.task_id)
    if task.created_by_id != event.by_id:
        notify(
            task.created_by_id, _task(task.id, "done"), N_("%(name)s đã làm xong một việc của %(unit)s."),
            _path(task.id), again=True, name=user(event.by_id), unit=unit(task.unit_id).name,
        )  # fmt: skip


@jobs.daily("notifications.task_days", time(7, 0))
def remind_assignees_of_due_tasks(payload: dict[str, Any]) -> None:
    """Reminds users of their unfinished tasks that are due today.

    The query runs that very morning, so a task that was moved, done or reassigned causes no reminder. It works in
    portions, so that other writers wait only briefly for the lock.
    """
    today = clock.today()
    query = (
        sa.select(GroupTask)
        .where(
            GroupTask.due == today, GroupTask.state.in_(ONGOING), GroupTask.agreed,
            GroupTask.id > payload.get("after", 0),
        )
        .order_by(GroupTask.id)
        .limit(PORTION)
    )  # fmt: skip
    found = db.session.scalars(query).all()
    midnight = datetime.combine(today + timedelta(days=1), time(0), clock.LOCAL)
    say = N_("Hôm nay là hạn một việc của bạn ở %(unit)s. Mở để xem.")
    for task in found:
        if task.assignee_id is not None:
            place = unit(task.unit_id).name
            key = _task(task.id, "day")
            notify(task.assignee_id, key, say, _path(task.id), again=True, worth_until=midnight, unit=place)
    if len(found) == PORTION:
        last = found[-1].id
        jobs.enqueue("notifications.task_days", f"notifications.task_days:{today}:{last}", clock.now(), after=last)
