"""Commands: one transaction, callbacks after the commit, nothing half done."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError

from tutoring.community.commands import create_unit
from tutoring.community.models import Unit
from tutoring.kernel import events
from tutoring.kernel.commands import after_commit, best_effort, command
from tutoring.kernel.db import db, is_sqlite


def units() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) or 0


@command
def two_units(seen: list[int], fail: bool = False) -> None:
    create_unit(None, "a", "city", "A")
    after_commit(lambda: seen.append(units()))
    create_unit(None, "b", "city", "B")
    if fail:
        raise ValueError


def test_a_command_called_by_a_command_joins_it(app: Flask) -> None:
    seen: list[int] = []
    with app.app_context():
        two_units(seen)
        assert units() == 2
    assert seen == [2]


def test_an_exception_undoes_everything_and_calls_nobody_back(app: Flask) -> None:
    seen: list[int] = []
    with app.app_context():
        with pytest.raises(ValueError):
            two_units(seen, fail=True)
        assert units() == 0
    assert seen == []


def test_a_callback_that_fails_does_not_undo_the_change(app: Flask) -> None:
    @command
    def run() -> None:
        create_unit(None, "a", "city", "A")
        after_commit(lambda: 1 / 0)

    with app.app_context():
        run()
        assert units() == 1


def test_a_reaction_that_fails_undoes_the_command(app: Flask) -> None:
    class Happened:
        pass

    @events.on(Happened)
    def refuse(_event: Happened) -> None:
        raise ValueError

    @command
    def run() -> None:
        create_unit(None, "a", "city", "A")
        events.publish(Happened())

    with app.app_context():
        with pytest.raises(ValueError):
            run()
        assert units() == 0


def test_rows_read_before_are_fresh_inside_the_command(app: Flask) -> None:
    @command
    def name_of(unit: Unit) -> str:
        return unit.name

    with app.app_context():
        unit = create_unit(None, "a", "city", "A")
        assert unit.name == "A"
        with db.engine.begin() as other:
            other.execute(sa.update(Unit).values(name="B"))
        assert name_of(unit) == "B"


def test_callbacks_belong_inside_a_command(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError):
        after_commit(print)


def test_commands_that_wait_for_each_other_both_come_to_an_end(app: Flask) -> None:
    with app.app_context():
        two_units([])
        ids = list(db.session.scalars(sa.select(Unit.id).order_by(Unit.id)))
        one_at_a_time = is_sqlite()
    both_hold_one, met = threading.Barrier(2, timeout=60), set[str]()
    failed: list[BaseException] = []

    @command
    def rename(order: list[int], name: str) -> None:
        for unit_id in order:
            db.session.execute(sa.update(Unit).where(Unit.id == unit_id).values(name=name))
            if name not in met and not one_at_a_time:  # SQLite lets one in at a time; a second try goes alone
                met.add(name)
                both_hold_one.wait()

    def run(order: list[int], name: str) -> None:
        with app.app_context():
            try:
                rename(order, name)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=run, args=(ids[::step], f"tên {step}")) for step in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert failed == [] and (one_at_a_time or len(met) == 2)
    with app.app_context():
        assert len(set(db.session.scalars(sa.select(Unit.name)))) == 1


class _Deadlock(Exception):
    sqlstate = "40P01"


def test_a_command_is_not_tried_for_ever_and_no_other_error_is_tried_again(app: Flask) -> None:
    tries: list[str] = []

    @command
    def never(error: Exception) -> None:
        tries.append("")
        raise OperationalError("UPDATE", {}, error)

    with app.app_context():
        with pytest.raises(OperationalError):
            never(_Deadlock())
        assert 1 < len(tries) < 10
        tries.clear()
        with pytest.raises(OperationalError):
            never(Exception("disk full"))
        assert len(tries) == 1


def test_what_is_only_noted_along_the_way_does_not_keep_anybody_from_reading(app: Flask) -> None:
    @command
    def note() -> None:
        db.session.execute(sa.text("INSERT INTO no_such_table VALUES (1)"))

    with app.app_context():
        best_effort(note)
        assert db.session.scalar(sa.text("SELECT 1")) == 1
        with pytest.raises(DBAPIError):
            command(best_effort)(note)  # as a part of something else it undoes that
