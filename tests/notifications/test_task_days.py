"""Whoever has a task of a neighbourhood is reminded on its day, if it is still so on that morning."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tutoring.groups.models import GroupTask
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.groups.tasks.commands import TaskInput
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import enqueue_daily_jobs, run_due
from tutoring.notifications.models import Notice
from tutoring.notifications.rules import groups as rules_groups

DAY = datetime(2026, 11, 5, 0, 30, tzinfo=UTC)  # half past seven on Thursday in Vietnam
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    with app.app_context():
        _clear()
        yield world


@command
def _clear() -> None:
    db.session.execute(sa.delete(Notice))


def task(world: World, title: str, who: str, day: datetime = DAY) -> int:
    with clock.travel(BEFORE):
        written = TaskInput(title, "", clock.local(day).date(), world[who])
        return tasks_commands.write_task(person(world["muoi"]), world["kp3"], written).id


def morning(at: datetime = DAY) -> None:
    with clock.travel(at):
        enqueue_daily_jobs()
        while run_due(200):
            pass


def reminded(world: World, who: str) -> list[str]:
    db.session.expire_all()
    query = sa.select(Notice.key).where(
        Notice.user_id == world[who], Notice.key.endswith(":day"), Notice.read_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Notice.key)))


def test_on_its_day_and_on_no_other_and_once(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_groups, "PORTION", 1)
    first, second = task(inside, "Dán áp phích", "muoi"), task(inside, "Mượn loa", "muoi")
    task(inside, "Xếp ghế", "muoi", DAY + timedelta(days=1))
    morning(BEFORE + timedelta(minutes=30))
    assert reminded(inside, "muoi") == []
    morning()
    morning()
    assert reminded(inside, "muoi") == [f"group-task:{first}:day", f"group-task:{second}:day"]


def test_who_has_not_said_yes_is_not_reminded_and_what_is_done_waits_no_more(inside: World) -> None:
    asked, own = task(inside, "Dán áp phích", "bay"), task(inside, "Mượn loa", "muoi")
    done = task(inside, "Xếp ghế", "muoi")
    with clock.travel(BEFORE):
        row = db.session.get_one(GroupTask, done)
        tasks_commands.move_task(person(inside["muoi"]), done, row.version, "doing")
        tasks_commands.move_task(person(inside["muoi"]), done, db.session.get_one(GroupTask, done).version, "done")
    morning()
    assert reminded(inside, "bay") == [] and reminded(inside, "muoi") == [f"group-task:{own}:day"]
    with clock.travel(DAY):
        row = db.session.get_one(GroupTask, own)
        tasks_commands.move_task(person(inside["muoi"]), own, row.version, "done")
    assert reminded(inside, "muoi") == [] and asked
