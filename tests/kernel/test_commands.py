"""Commands: one transaction, callbacks after the commit, nothing half done."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tutoring.community.commands import create_unit
from tutoring.community.models import Unit
from tutoring.kernel import events
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db


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
        events.announce(Happened())

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
