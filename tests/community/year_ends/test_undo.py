"""A move is undone within a week: all is as it was, and what changed since is shown and stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.community.units.test_mergers import run_all
from tests.community.year_ends.years import carried_out, classes_now, members_of, membership, planned, row_named
from tests.factories import World, person
from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import JoinCode, Membership, Unit
from tutoring.community.units import archive
from tutoring.community.year_ends import commands, queries, undo
from tutoring.community.year_ends.commands import Wanted
from tutoring.community.year_ends.models import YearEnd
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands


def undone(world: World, done: YearEnd, by: str = "quang") -> YearEnd:
    return undo.undo_year_end(person(world[by]), world["truong"], done.id)


def _rows(table: type, *but: str) -> list[tuple[object, ...]]:
    columns = [column for column in sa.inspect(table).columns if column.key not in but]
    return [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(columns[0]))]


def test_all_is_as_it_was(inside: World) -> None:
    minh = person(inside["minh"])
    requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt")
    community.create_code(person(inside["quang"]), inside["lop4a"], "learner")
    tables = (Unit, Membership, HelpRequest, JoinCode)
    before = [_rows(table) for table in tables]
    grades = _rows(User, "updated_at")
    plan = planned(inside, {inside["lop11a"]: Wanted("", leaves=True)}, ["Lớp 6A"])
    choice = {membership(inside["minh"], inside["lop6a"]).id: row_named(plan, "Lớp 6A").id}
    commands.save_choices(person(inside["quang"]), inside["truong"], inside["lop6a"], plan.version, choice)
    done = carried_out(inside, db.session.get_one(YearEnd, plan.id))
    assert [_rows(table) for table in tables] != before
    assert not queries.changes_since(done).any
    undone(inside, done)
    assert [_rows(table) for table in tables] == before
    assert _rows(User, "updated_at") == grades
    acts = db.session.scalars(sa.select(AuditRow.action).order_by(AuditRow.id)).all()
    assert acts.count("undo_school_year") == 1
    undone(inside, done)  # a second time changes nothing
    assert [_rows(table) for table in tables] == before
    carried_out(inside, planned(inside))  # and it can be done anew
    assert "Lớp 5A" in classes_now()


def test_who_left_stays_out_and_who_came_goes_along(inside: World) -> None:
    done = carried_out(inside, planned(inside))
    new, quang = classes_now(), person(inside["quang"])
    community.end_member(quang, membership(inside["an"], new["Lớp 5A"].id).id)
    use_code(person(inside["bay"]), community.create_code(quang, new["Lớp 7A"].id, "parent").code)
    archive.rename_unit(quang, new["Lớp 12A"].id, "Lớp 12 chọn")
    changes = queries.changes_since(done)
    assert [one.user_id for one in changes.left] == [inside["an"]]
    assert [one.user_id for one in changes.came] == [inside["bay"]]
    assert [one.name for one in changes.renamed] == ["Lớp 12 chọn"] and not changes.reopened
    undone(inside, done)
    assert (inside["an"], "learner", "active") not in members_of(inside["lop4a"])
    assert {user_id for user_id, role, _state in members_of(inside["lop6a"]) if role == "parent"} == {
        inside["lan"], inside["bay"]
    }  # fmt: skip
    assert set(classes_now()) == {"Lớp 4A", "Lớp 6A", "Lớp 11A"}


def test_a_beginners_class_with_members_stays(inside: World) -> None:
    done = carried_out(inside, planned(inside))
    code = community.create_code(person(inside["quang"]), classes_now()["Lớp 4A"].id, "parent").code
    use_code(person(inside["bay"]), code)
    undone(inside, done)
    assert [one.name for one in db.session.scalars(sa.select(Unit).where(Unit.school_year == "2027–2028"))] == [
        "Lớp 4A"
    ]


def test_a_pupil_confirmed_in_the_new_class_stays_confirmed(inside: World) -> None:
    old = membership(inside["an"], inside["lop4a"])
    old.state, old.confirmed_at, old.confirmed_by_id = "waiting", None, None
    db.session.commit()
    done = carried_out(inside, planned(inside))
    community.confirm_member(person(inside["hang"]), membership(inside["an"], classes_now()["Lớp 5A"].id).id)
    assert [one.user_id for one in queries.changes_since(done).confirmed] == [inside["an"]]
    undone(inside, done)
    again = membership(inside["an"], inside["lop4a"])
    assert (again.state, again.confirmed_by_id) == ("active", inside["hang"]) and again.confirmed_at is not None


def test_an_old_class_taken_up_by_hand_prevents_it(inside: World) -> None:
    done = carried_out(inside, planned(inside))
    archive.restore_unit(person(inside["quang"]), inside["lop4a"])
    with pytest.raises(Conflict, match="mở lại riêng"):
        undone(inside, done)
    archive.archive_unit(person(inside["quang"]), inside["lop4a"])
    undone(inside, done)
    assert set(classes_now()) == {"Lớp 4A", "Lớp 6A", "Lớp 11A"}


def test_it_ends_after_a_week(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    done = carried_out(inside, planned(inside))
    later = clock.now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Conflict, match="quá hạn"):
        undone(inside, done)
    run_all()
    assert db.session.get_one(YearEnd, done.id).closed_at is not None


@pytest.mark.parametrize("name", ["hang", "mai", "admin1", "lan"])
def test_others_undo_nothing(inside: World, name: str) -> None:
    done = carried_out(inside, planned(inside))
    with pytest.raises(NotFound):
        undone(inside, done, by=name)
    with pytest.raises(NotFound):  # a plan of no school of theirs
        undo.undo_year_end(person(inside["quang"]), inside["phuong"], done.id)
    assert "Lớp 5A" in classes_now()
