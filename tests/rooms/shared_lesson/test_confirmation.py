"""Who sat beside the learner may say that it was done: seen by the room, written down, never of oneself."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import LESSON, open_pair
from tests.rooms.moderation.test_moderation import lines
from tutoring.accounts.models import User
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.models import SkillGrant
from tutoring.policy.rooms.participation import RoomFacts, may_witness
from tutoring.rooms.models import Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import closure
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
SKILL = "hoc.vao-lop"
BUTTON = "Xác nhận đã làm được bài"


def acts() -> list[tuple[int | None, str, dict[str, object]]]:
    rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "witness").order_by(AuditRow.id))
    return [(row.actor_id, row.target, row.facts) for row in rows]


def held(user_id: int) -> list[tuple[int, str, int | None]]:
    query = sa.select(SkillGrant).where(SkillGrant.user_id == user_id, SkillGrant.revoked_at.is_(None))
    return [(row.level, row.source, row.granted_by_id) for row in db.session.scalars(query)]


@pytest.fixture
def met(who: Who, pair: int) -> int:
    """The room of Minh and Khoa, and both have come."""
    for name in ("minh", "khoa"):
        presence_commands.visit(who(name), pair)
    return pair


def test_a_helper_confirms_once_and_everybody_sees_it(who: Who, met: int) -> None:
    minh, khoa = who("minh").id, who("khoa").id
    for _ in range(2):
        shared_lesson_commands.witness(who("khoa"), met, minh)
    assert lines(met) == ["Khoa xác nhận Minh đã làm được bài này."]
    assert acts() == [(khoa, f"user:{minh}", {"room": met, "lesson": LESSON})]
    assert held(minh) == [(3, "room", khoa)]
    progress = progress_queries.progress_in(minh, LESSON)
    assert progress is not None and progress.mastery == "witnessed"


def test_a_teacher_who_sits_in_confirms_too(who: Who, met: int) -> None:
    db.session.execute(sa.delete(SkillGrant))
    db.session.commit()
    with pytest.raises(NotFound):
        shared_lesson_commands.witness(who("hang"), met, who("minh").id)
    moderation_commands.enter_as_observer(who("hang"), met)
    shared_lesson_commands.witness(who("hang"), met, who("minh").id)
    assert held(who("minh").id) == [(3, "room", who("hang").id)]


def test_a_helper_without_the_skill_cannot(who: Who, met: int) -> None:
    skills_commands.revoke_skill(who("hang"), who("khoa").id, SKILL)
    with pytest.raises(Forbidden):
        shared_lesson_commands.witness(who("khoa"), met, who("minh").id)
    assert acts() == [] and held(who("minh").id) == []


@pytest.mark.parametrize("name", ["minh", "lan"])
def test_learners_and_guardians_cannot(who: Who, met: int, name: str) -> None:
    skills_commands.grant_skill(who("hang"), who("minh").id, SKILL, 3)
    with pytest.raises(Forbidden):
        shared_lesson_commands.witness(who(name), met, who("minh").id)
    assert acts() == []


@pytest.mark.parametrize("name", some("khoa", rest=["lan", "bay"]))
def test_only_a_learner_of_the_room_is_confirmed(who: Who, met: int, name: str) -> None:
    with pytest.raises((InvalidInput, Forbidden)):
        shared_lesson_commands.witness(who("khoa"), met, who(name).id)
    assert acts() == []


def test_who_never_came_has_done_nothing(who: Who, pair: int) -> None:
    with pytest.raises(InvalidInput):
        shared_lesson_commands.witness(who("khoa"), pair, who("minh").id)


def test_strangers_closed_rooms_and_rooms_without_a_lesson(who: Who, met: int, adults: int) -> None:
    with pytest.raises(NotFound):
        shared_lesson_commands.witness(who("bay"), met, who("minh").id)
    presence_commands.visit(who("bay"), adults)
    with pytest.raises(Forbidden):
        shared_lesson_commands.witness(who("lan"), adults, who("bay").id)
    closure.close_room_by_rule(met, "duty")
    with pytest.raises(Conflict):
        shared_lesson_commands.witness(who("khoa"), met, who("minh").id)


def test_what_a_teacher_took_back_a_helper_cannot_give(who: Who, met: int) -> None:
    minh = who("minh").id
    skills_commands.grant_skill(who("hang"), minh, SKILL, 1)
    skills_commands.revoke_skill(who("quang"), minh, SKILL)
    shared_lesson_commands.witness(who("khoa"), met, minh)
    assert held(minh) == []
    moderation_commands.enter_as_observer(who("hang"), met)
    shared_lesson_commands.witness(who("hang"), met, minh)
    assert held(minh) == [(3, "room", who("hang").id)]


@pytest.mark.parametrize(
    ("facts", "holds", "is_self", "may"),
    [
        (RoomFacts(role="helper"), True, False, True),
        (RoomFacts(role="helper"), False, False, False),
        (RoomFacts(role="helper"), True, True, False),
        (RoomFacts(role="helper", closed=True), True, False, False),
        (RoomFacts(role="helper", removed=True), True, False, False),
        (RoomFacts(role="learner"), True, False, False),
        (RoomFacts(role="guardian"), True, False, False),
        (RoomFacts(role="observer", held={"teacher"}), False, False, True),
        (RoomFacts(role="observer", held={"coordinator"}), False, False, True),
        (RoomFacts(role="observer", held={"lead"}, minors=False), True, False, False),
        (RoomFacts(role="observer"), True, False, False),
        (RoomFacts(held={"teacher"}), True, False, False),
    ],
)
def test_the_rule(facts: RoomFacts, holds: bool, is_self: bool, may: bool) -> None:
    assert may_witness(facts, holds, is_self) is may


# ---- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        found = open_pair(world)
        for name in ("minh", "khoa"):
            presence_commands.visit(person(world[name]), found)
        return found


def test_the_button_is_for_the_helper_and_the_teacher_alone(app: Flask, as_: As, world: World, room: int) -> None:
    with app.app_context():
        moderation_commands.enter_as_observer(person(world["hang"]), room)
    for name, there in {"khoa": True, "hang": True, "minh": False, "lan": False}.items():
        client = as_(name)
        assert (BUTTON in client.get(f"/rooms/{room}").text) is there, name
        assert (BUTTON in client.get(f"/rooms/{room}/lesson").text) is there, name
        assert client.get(f"/rooms/{room}/witness").status_code == (200 if there else 403), name
    assert as_("bay").get(f"/rooms/{room}/witness").status_code == 404


def test_looking_confirms_nothing_and_the_press_does(app: Flask, as_: As, world: World, room: int) -> None:
    khoa = as_("khoa")
    page = khoa.get(f"/rooms/{room}/witness").text
    assert "Minh đã tự làm được bài này." in page
    with app.app_context():
        assert acts() == []
    answer = khoa.post(f"/rooms/{room}/witness", data={"user": world["minh"]}, follow_redirects=True)
    assert "Khoa xác nhận Minh đã làm được bài này." in answer.text
    assert "Đã có người thấy làm được" in as_("minh").get(f"/lessons/{LESSON}").text
    assert "Được thấy làm trong phòng học: Em Khoa" in as_("hang").get(f"/skills/{world['minh']}").text


@pytest.mark.parametrize(
    "user",
    some("", "999999999999999999999", rest=["x", "0"]),
)
def test_nobody_chosen_is_said(as_: As, room: int, user: str) -> None:
    answer = as_("khoa").post(f"/rooms/{room}/witness", data={"user": user})
    assert answer.status_code == 422 and "Hãy chọn một người học" in answer.text


def test_a_room_that_is_gone_has_no_lesson_to_confirm(app: Flask, as_: As, room: int) -> None:
    with app.app_context():
        db.session.get_one(Room, room).lesson_slug = None
        db.session.commit()
    assert as_("khoa").get(f"/rooms/{room}/witness").status_code == 403
