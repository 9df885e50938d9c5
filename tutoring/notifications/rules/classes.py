"""Notification rules for class work and letters to a class; no notice quotes a note or names a child."""

from datetime import time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.queries import user
from tutoring.classes.letters.events import LetterPublished, LetterWithdrawn
from tutoring.classes.work import queries as work_queries
from tutoring.classes.work.commands import mark_reminded
from tutoring.classes.work.events import WorkSet, WorkWithdrawn
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.states import WorkStates
from tutoring.classes.work.targets import catalogue_of
from tutoring.community.queries import unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.notifications.inbox.commands import notify_many, retract, tell_these
from tutoring.notifications.inbox.names import with_names

PORTION = 20  # works of one job, so that other writers wait only briefly for the lock
AT = time(16, 0)
WORKS = "/works"


def _set(work_id: int) -> str:
    return f"class-work:{work_id}"


def _due(work_id: int) -> str:
    return f"class-work-due:{work_id}"


def _letter(letter_id: int) -> str:
    return f"class-letter:{letter_id}"


@on(WorkSet)
def notify_of_new_work(event: WorkSet) -> None:
    row = work_queries.work(event.work_id)
    say = N_("%(name)s giao 1 bài mới.")
    named = with_names({"name": user(event.by_id)}, say, None)
    notify_many(work_queries.select_recipient_ids(row, but=event.by_id), _set(row.id), say, WORKS, **named)
    if row.audience != "guardians":
        say = N_("%(name)s giao cho con bạn 1 bài mới.")
        parents = work_queries.select_guardians_of_recipients(row, but=event.by_id)
        notify_many(parents, _set(row.id), say, WORKS, **named)


@on(WorkWithdrawn)
def retract_notices_of_withdrawn_work(event: WorkWithdrawn) -> None:
    retract(_set(event.work_id))
    retract(_due(event.work_id))


@on(LetterPublished)
def notify_class_of_letter(event: LetterPublished) -> None:
    say = N_("%(name)s gửi thư tuần cho %(unit)s.")
    named = with_names({"name": user(event.by_id)}, say, None)
    pupils = work_queries.select_pupil_ids(event.unit_id)
    people = sa.union(pupils, work_queries.select_guardian_ids(event.unit_id)).subquery()
    readers = sa.select(people.c.user_id.label("id")).where(people.c.user_id != event.by_id)
    notify_many(
        readers, _letter(event.letter_id), say, f"/letters/{event.letter_id}", unit=unit(event.unit_id).name, **named
    )


@on(LetterWithdrawn)
def retract_notices_of_withdrawn_letter(event: LetterWithdrawn) -> None:
    retract(_letter(event.letter_id))


@jobs.daily("notifications.class_work_days", AT)
def remind_of_work_due_tomorrow(payload: dict[str, Any]) -> None:
    """Reminds those who have not done a work whose day is tomorrow, and the guardians of such pupils; once a work."""
    found = work_queries.works_to_remind(clock.today() + timedelta(days=1), payload.get("after", 0), PORTION)
    for row in found:
        _remind(row)
    if len(found) == PORTION:
        last = found[-1].id
        key = f"notifications.class_work_days:{clock.today()}:{last}"
        jobs.enqueue("notifications.class_work_days", key, clock.now(), after=last)


def _remind(row: ClassWork) -> None:
    catalogue = catalogue_of([row], SOURCE)
    mark_reminded(row.id)
    if not catalogue.target(row.kind, row.target).offered:
        return
    asked = list(db.session.scalars(work_queries.select_recipient_ids(row)))
    states = WorkStates([row], asked, catalogue)
    behind = [one for one in asked if not states.of(row, one).done]
    say = N_("Ngày mai là hạn một bài được giao. Chỗ nào khó, bạn bấm “Nhờ người giúp” nhé.")
    tell_these(behind, _due(row.id), say, WORKS)
    if row.audience != "guardians":
        say = N_("Ngày mai là hạn một bài của con. Con thấy khó thì bấm “Nhờ người giúp”.")
        tell_these(sorted(work_queries.guardian_ids_of_children(behind)), _due(row.id), say, WORKS)
