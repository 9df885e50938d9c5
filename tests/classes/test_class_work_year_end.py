"""What becomes of class work at the end of a school year: it goes along with a class, and rests in an archived one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.classes.test_class_work import given
from tests.community.year_ends.years import carried_out, classes_now, planned
from tests.factories import World, person
from tutoring.classes.work import commands as work_commands
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.own_works import works_for, works_of_child
from tutoring.classes.work.queries import works_to_remind
from tutoring.community.year_ends import undo
from tutoring.community.year_ends.commands import Wanted
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict

As = Callable[[str], FlaskClient]


def set_work(world: World, place: str, **other: object) -> int:
    return work_commands.set_work(person(world["hang"]), world[place], given(**other)).id


def place_of(work_id: int) -> int:
    return db.session.scalars(sa.select(ClassWork.unit_id).where(ClassWork.id == work_id)).one()


def seen_by(app: Flask, world: World, name: str) -> list[int]:
    with app.test_request_context():
        return [one.work.id for one in works_for(person(world[name]))]


def test_work_goes_along_and_back_while_it_can_be_set_again(app: Flask, inside: World) -> None:
    stands = set_work(inside, "lop4a")
    withdrawn = set_work(inside, "lop4a", target="ket-noi-wifi-4g")
    work_commands.withdraw_work(person(inside["hang"]), withdrawn)
    old = set_work(inside, "lop4a", kind="help", target="")
    db.session.execute(sa.update(ClassWork).where(ClassWork.id == old).values(due=clock.today() - timedelta(days=20)))
    db.session.commit()
    done = carried_out(inside, planned(inside))
    new = classes_now()["Lớp 5A"].id
    assert [place_of(one) for one in (stands, withdrawn, old)] == [new, new, inside["lop4a"]]
    assert seen_by(app, inside, "an") == seen_by(app, inside, "lan") == [stands]
    later = work_commands.set_work(person(inside["hang"]), new, given(kind="help", target="")).id
    work_commands.withdraw_work(person(inside["hang"]), stands)
    undo.undo_year_end(person(inside["quang"]), inside["truong"], done.id)
    assert place_of(later) == inside["lop4a"] and seen_by(app, inside, "an") == [later]
    work_commands.restore_work(person(inside["hang"]), stands)  # what was withdrawn meanwhile can be set again


def test_work_of_a_class_that_leaves_rests_until_the_move_is_undone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        work = set_work(world, "lop6a", due=clock.today() + timedelta(days=1))
        db.session.execute(sa.update(ClassWork).values(set_at=clock.now() - timedelta(days=2)))
        db.session.commit()
        assert seen_by(app, world, "minh") == [work]
        done = carried_out(world, planned(world, {world["lop6a"]: Wanted("", leaves=True)})).id
        assert place_of(work) == world["lop6a"]  # its pupils stay there for a week
        assert seen_by(app, world, "minh") == seen_by(app, world, "lan") == []
        with app.test_request_context():
            assert works_of_child(person(world["minh"])) == []
        assert works_to_remind(clock.today() + timedelta(days=1), 0, 9) == []
        with pytest.raises(Conflict):
            set_work(world, "lop6a", kind="help", target="")
        with pytest.raises(Conflict):
            work_commands.extend_work(person(world["hang"]), work, 1)
    page = as_("hang").get(f"/units/{world['lop6a']}/works").text.partition("<main")[2]
    assert "Lớp này đã lưu trữ" in page and f"work-{work}" in page
    assert "/edit" not in page and "/withdraw" not in page and "/works/new" not in page
    with app.app_context():
        undo.undo_year_end(person(world["quang"]), world["truong"], done)
        assert seen_by(app, world, "minh") == [work]
    assert "/edit" in as_("hang").get(f"/units/{world['lop6a']}/works").text
