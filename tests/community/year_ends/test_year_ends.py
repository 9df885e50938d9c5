"""The classes of a school move up: new classes, the same people, what is open goes along; once, and not by others."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.community.units.test_mergers import run_all
from tests.community.year_ends.years import YEAR, carried_out, classes_now, members_of, membership, planned, row_named
from tests.factories import World, person
from tests.statements import asked as statements
from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.models import DutySlot, JoinCode, Membership, Nomination, Unit
from tutoring.community.year_ends import commands, jobs, queries
from tutoring.community.year_ends.commands import Wanted
from tutoring.community.year_ends.models import YearEnd
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands


def test_classes_move_up_with_their_members_and_the_old_ones_keep_their_names(inside: World) -> None:
    before = members_of(inside["lop4a"])
    carried_out(inside, planned(inside))
    now = classes_now()
    assert [(one.name, one.grade, one.school_year) for one in now.values()] == [
        ("Lớp 4A", 4, YEAR), ("Lớp 5A", 5, YEAR), ("Lớp 7A", 7, YEAR), ("Lớp 12A", 12, YEAR)
    ]  # fmt: skip
    assert members_of(now["Lớp 5A"].id) == before and members_of(now["Lớp 4A"].id) == set()
    old = db.session.get_one(Unit, inside["lop4a"])
    assert (old.name, old.archived, old.school_year) == ("Lớp 4A", True, "2026–2027")
    assert members_of(inside["lop4a"]) == set()
    assert person(inside["an"]).grade == 5 and person(inside["khoa"]).grade == 12
    facts = db.session.scalars(sa.select(AuditRow.facts).where(AuditRow.action == "end_school_year")).one()
    assert facts["year"] == YEAR and facts["classes"] == 3 and facts["leaving"] == 0


def test_what_is_open_goes_along_and_what_is_over_stays(inside: World) -> None:
    minh, coordinator = person(inside["minh"]), person(inside["quang"])
    asked = requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt").id
    code = community.create_code(coordinator, inside["lop6a"], "learner").id
    db.session.add(DutySlot(unit_id=inside["lop6a"], user_id=inside["hang"], weekday=1, starts=60, ends=120))
    db.session.commit()
    carried_out(inside, planned(inside))
    new = classes_now()["Lớp 7A"].id
    assert db.session.get_one(HelpRequest, asked).unit_id == new
    assert db.session.get_one(JoinCode, code).unit_id == new
    assert db.session.scalars(sa.select(DutySlot.unit_id).where(DutySlot.starts == 60)).one() == new
    named = sa.select(Nomination.unit_id).where(Nomination.user_id == inside["khoa"])
    assert db.session.scalar(named) != inside["lop11a"]


def test_a_pupil_who_repeats_stays_in_the_grade_with_parents_and_request(inside: World) -> None:
    minh = person(inside["minh"])
    asked = requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt").id
    plan = planned(inside, new=["Lớp 6A", "Lớp 6B"])
    choice = {membership(inside["minh"], inside["lop6a"]).id: row_named(plan, "Lớp 6B").id}
    commands.save_choices(person(inside["quang"]), inside["truong"], inside["lop6a"], plan.version, choice)
    carried_out(inside, db.session.get_one(YearEnd, plan.id))
    now = classes_now()
    assert members_of(now["Lớp 6B"].id) == {(inside["minh"], "learner", "active"), (inside["lan"], "parent", "active")}
    assert members_of(now["Lớp 7A"].id) == set()
    assert person(inside["minh"]).grade == 6
    assert db.session.get_one(HelpRequest, asked).unit_id == now["Lớp 6B"].id


def test_pupils_of_the_last_grade_leave_when_it_can_no_longer_be_undone(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    minh = person(inside["minh"])
    asked = requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt").id
    done = carried_out(inside, planned(inside, {inside["lop6a"]: Wanted("", leaves=True)}))
    assert "Lớp 7A" not in classes_now()
    assert db.session.get_one(Unit, inside["lop6a"]).archived
    assert (inside["minh"], "learner", "active") in members_of(inside["lop6a"])
    assert [one.user_id for one in queries.leavers_of(done)] == [inside["minh"]]
    monkeypatch.setattr(jobs, "PART", 1)
    later = clock.now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    run_all()
    assert members_of(inside["lop6a"]) == set()
    assert db.session.get_one(HelpRequest, asked).state == "cancelled"
    assert [one.user_id for one in queries.leavers_of(done)] == [inside["minh"]]  # for their papers


def test_teachers_go_with_the_class_stay_in_the_grade_or_are_chosen(inside: World) -> None:
    for unit in ("lop4a", "lop6a"):
        db.session.add(Membership(user_id=inside["hang"], unit_id=inside[unit], role="teacher",
                                  confirmed_at=clock.now(), confirmed_by_id=inside["quang"]))  # fmt: skip
    db.session.commit()
    plan = planned(inside, stay=True)
    choice = {membership(inside["hang"], inside["lop6a"], "teacher").id: row_named(plan, "Lớp 12A").id}
    commands.save_choices(person(inside["quang"]), inside["truong"], inside["lop6a"], plan.version, choice)
    carried_out(inside, db.session.get_one(YearEnd, plan.id))
    now = classes_now()
    taught = {name for name, unit in now.items() if (inside["hang"], "teacher", "active") in members_of(unit.id)}
    assert taught == {"Lớp 4A", "Lớp 12A"}


def test_nothing_moves_twice(inside: World) -> None:
    plan = planned(inside)
    carried_out(inside, plan)
    now = {name: members_of(unit.id) for name, unit in classes_now().items()}
    with pytest.raises(NotFound):
        carried_out(inside, plan)
    assert not queries.plan_of(db.session.get_one(Unit, inside["truong"])).classes
    again = planned(inside)
    with pytest.raises(Conflict, match="năm học mới"):
        carried_out(inside, again)
    assert {name: members_of(unit.id) for name, unit in classes_now().items()} == now


def test_the_later_of_two_coordinators_is_refused(inside: World) -> None:
    first = planned(inside)
    seen = first.version
    planned(inside, {inside["lop4a"]: Wanted("Lớp 5C")})
    with pytest.raises(Conflict, match="người khác"):
        commands.carry_out(person(inside["quang"]), inside["truong"], seen)
    with pytest.raises(Conflict, match="người khác"):
        commands.save_choices(person(inside["quang"]), inside["truong"], inside["lop4a"], seen, {})
    assert set(classes_now()) == {"Lớp 4A", "Lớp 6A", "Lớp 11A"}


@pytest.mark.parametrize("name", ["hang", "mai", "muoi", "admin1", "lan"])
def test_others_than_coordinators_of_the_school_move_nothing(inside: World, name: str) -> None:
    plan = planned(inside)
    for act in (
        lambda: planned(inside, by=name),
        lambda: carried_out(inside, plan, by=name),
        lambda: commands.save_choices(person(inside[name]), inside["truong"], inside["lop4a"], plan.version, {}),
        lambda: commands.discard_plan(person(inside[name]), inside["truong"], plan.version),
    ):
        with pytest.raises(NotFound):
            act()
    assert set(classes_now()) == {"Lớp 4A", "Lớp 6A", "Lớp 11A"}


def test_what_does_not_fit_is_refused_beside_its_field(inside: World) -> None:
    for classes, new, field in (
        ({inside["lop4a"]: Wanted("Lớp 7A")}, [], f"name-{inside['lop6a']}"),
        ({inside["lop4a"]: Wanted("  ")}, [], f"name-{inside['lop4a']}"),
        ({}, ["lớp 5a"], "new_names"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            planned(inside, classes, new)
        assert refusal.value.field == field
    plan = planned(inside, new=["Lớp 4A"])
    choice = {membership(inside["an"], inside["lop4a"]).id: row_named(plan, "Lớp 4A").id}
    commands.save_choices(person(inside["quang"]), inside["truong"], inside["lop4a"], plan.version, choice)
    with pytest.raises(InvalidInput, match="ở lại"):
        planned(inside, new=[])  # the class that a pupil repeats in
    with pytest.raises(NotFound):  # a class of another plan
        commands.save_choices(
            person(inside["quang"]), inside["truong"], inside["lop4a"], plan.version,
            {membership(inside["an"], inside["lop4a"]).id: 99_999},
        )  # fmt: skip


def test_the_number_of_statements_does_not_grow_with_the_pupils(app: Flask, inside: World) -> None:
    def cost() -> int:
        plan = planned(inside)
        with statements(app) as seen:
            carried_out(inside, plan)
        return len(seen)

    few = cost()
    db.session.execute(sa.delete(YearEnd))
    for unit in classes_now().values():
        unit.school_year = "2026–2027"
        for number in range(15):
            child = User(kind="child", full_name="Bé", called_name="Bé", username=f"be{unit.id}x{number}", grade=4)
            db.session.add(child)
            db.session.flush()
            db.session.add(Membership(user_id=child.id, unit_id=unit.id, role="learner"))
    db.session.commit()
    assert cost() <= few + 3  # one more class, and its grade
