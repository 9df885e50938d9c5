"""Who may say that somebody holds a skill."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.lessons.conftest import Loads
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills import queries as skills_queries
from tutoring.lessons.skills.models import SkillGrant
from tutoring.policy.lessons import may_grant_skill, may_see_review, may_show_name

SKILL = "thu.vao-lop"


def test_a_teacher_grants_a_pupil_of_the_class_and_it_is_written_down(app: Flask, world: World, small: Loads) -> None:
    with app.app_context():
        db.session.execute(sa.delete(SkillGrant))
        db.session.commit()
        skills_commands.grant_skill(person(world["hang"]), world["minh"], SKILL, 2)
        assert skills_queries.skills_of(world["minh"]) == {SKILL: 2}
        last = db.session.scalars(sa.select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert last is not None
        assert (last.action, last.target, last.facts) == (
            "grant_skill", f"user:{world['minh']}", {"skill": SKILL, "level": 2},
        )  # fmt: skip


def test_holders_hold_at_least_the_level_asked_for(app: Flask, world: World, small: Loads) -> None:
    everyone = {world["minh"], world["an"], world["khoa"]}
    with app.app_context():
        hang = person(world["hang"])
        skills_commands.grant_skill(hang, world["minh"], SKILL, 1)
        skills_commands.grant_skill(hang, world["khoa"], SKILL, 3)
        assert set(db.session.scalars(skills_queries.holding(SKILL, 2))) & everyone == {world["khoa"]}
        assert set(db.session.scalars(skills_queries.holding(SKILL, 1))) & everyone == {world["minh"], world["khoa"]}


def test_a_new_level_takes_the_place_of_the_old_one(app: Flask, world: World, small: Loads) -> None:
    with app.app_context():
        hang = person(world["hang"])
        for level in (3, 1, 1):
            skills_commands.grant_skill(hang, world["minh"], SKILL, level)
        assert skills_queries.skills_of(world["minh"])[SKILL] == 1
        mine = sa.select(sa.func.count()).where(SkillGrant.user_id == world["minh"], SkillGrant.skill_id == SKILL)
        assert db.session.scalar(mine) == 2


def test_two_teachers_at_once_grant_one_skill(app: Flask, world: World, small: Loads) -> None:
    def grant(name: str) -> str:
        with app.app_context():
            try:
                skills_commands.grant_skill(person(world[name]), world["minh"], SKILL, 2)
            except Conflict:
                return "conflict"
            return "granted"

    with ThreadPoolExecutor(4) as threads:
        assert "granted" in set(threads.map(grant, ["hang", "quang", "hang", "quang"]))
    with app.app_context():
        assert [grant.level for grant in skills_queries.grants_of(world["minh"]) if grant.skill_id == SKILL] == [2]


def test_a_skill_can_be_taken_back_twice(app: Flask, world: World, small: Loads) -> None:
    with app.app_context():
        hang = person(world["hang"])
        skills_commands.grant_skill(hang, world["minh"], SKILL, 2)
        skills_commands.revoke_skill(hang, world["minh"], SKILL)
        skills_commands.revoke_skill(hang, world["minh"], SKILL)
        assert SKILL not in skills_queries.skills_of(world["minh"])


@pytest.mark.parametrize("name", ["minh", "lan", "bay", "admin1"])
def test_people_without_a_role_over_somebody_cannot_grant(app: Flask, world: World, small: Loads, name: str) -> None:
    with app.app_context(), pytest.raises(DomainError):
        skills_commands.grant_skill(person(world[name]), world["khoa"], SKILL, 1)


def test_somebody_of_no_shared_unit_does_not_exist(app: Flask, world: World, small: Loads) -> None:
    with app.app_context(), pytest.raises(NotFound):
        skills_commands.grant_skill(person(world["hang"]), world["admin1"], SKILL, 1)
    with app.app_context(), pytest.raises(NotFound):
        skills_commands.grant_skill(person(world["hang"]), 999999, SKILL, 1)


def test_nobody_grants_their_own_skill(app: Flask, world: World, small: Loads) -> None:
    with app.app_context(), pytest.raises(Forbidden):
        skills_commands.grant_skill(person(world["hang"]), world["hang"], SKILL, 3)


def test_unknown_skills_and_levels_are_named(app: Flask, world: World, small: Loads) -> None:
    with app.app_context():
        hang = person(world["hang"])
        with pytest.raises(InvalidInput) as skill:
            skills_commands.grant_skill(hang, world["minh"], "khong-co", 1)
        assert skill.value.field == "skill"
        with pytest.raises(InvalidInput) as level:
            skills_commands.grant_skill(hang, world["minh"], SKILL, 4)
        assert level.value.field == "level"


@pytest.mark.parametrize(
    ("held", "target", "is_self", "may"),
    [
        ({"teacher"}, {"learner"}, False, True),
        ({"coordinator"}, {"teacher"}, False, True),
        ({"teacher"}, {"teacher"}, True, False),
        ({"lead"}, {"officer"}, False, True),
        ({"lead"}, {"learner"}, False, False),
        ({"officer"}, {"helper"}, False, False),
        ({"parent"}, {"learner"}, False, False),
        (set(), {"teacher"}, False, False),
    ],
)
def test_the_rule(held: set[str], target: set[str], is_self: bool, may: bool) -> None:
    assert may_grant_skill(held, target, is_self) is may


def test_who_sees_what_nobody_has_read_yet_and_whose_name_may_stand_in_public() -> None:
    assert may_see_review({"teacher"}) and may_see_review({"coordinator"})
    assert not may_see_review(set()) and not may_see_review({"helper", "learner"})
    assert may_show_name("adult", False)
    assert not may_show_name("adult", True) and not may_show_name("child", True)
