"""What a passed rehearsal gives, and what it unlocks."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.practice.test_run_pages import NAME
from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.progress import mastery as progress_mastery
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.skills.models import SkillGrant
from tutoring.practice import scenarios
from tutoring.practice.runs import commands
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
LESSON = "nop-ho-so-dau-tien"
BUTTON = "Xác nhận đã làm được bài"


def rehearse(user_id: int, mode: str, walk: str = "suon-se", screen: str = "") -> PracticeRun:
    """Go through a walk in this mode."""
    run = commands.start_run(user_id, NAME, mode, screen=screen)
    for event in scenarios.scenario(NAME).events(walk)[len(run.events) :]:
        run, _state, _step = commands.play(user_id, run.id, len(run.events), {}, event)
    return run


def fall(user_id: int, mode: str) -> PracticeRun:
    """The same way, but into the trap."""
    run = commands.start_run(user_id, NAME, mode)
    for event in scenarios.scenario(NAME).events("suon-se"):
        met = {"choose": "chuyen"} if "choose" in event else event
        run, _state, _step = commands.play(user_id, run.id, len(run.events), {}, met)
    return run


def held(user_id: int) -> list[tuple[str, int, str]]:
    query = sa.select(SkillGrant).where(SkillGrant.user_id == user_id, SkillGrant.revoked_at.is_(None))
    return [(row.skill_id, row.level, row.source) for row in db.session.scalars(query.order_by(SkillGrant.skill_id))]


def mastery(user_id: int) -> str:
    found = progress_queries.progress_in(user_id, LESSON)
    return found.mastery if found is not None else ""


@pytest.mark.parametrize("mode", ["alone", "exam"])
def test_passing_gives_the_level_and_the_skills_of_the_lesson(who: Who, mode: str) -> None:
    lan = who("lan").id
    assert rehearse(lan, mode).passed
    assert mastery(lan) == "practised"
    assert held(lan) == [(skill, 2, "practice") for skill in sorted(catalogue_queries.lesson(LESSON).facts["teaches"])]


def test_what_was_done_with_marks_gives_nothing(who: Who) -> None:
    lan = who("lan").id
    run = rehearse(lan, "together")
    assert run.done and not run.passed
    assert mastery(lan) == "" and held(lan) == []


def test_who_walks_into_the_trap_does_not_pass(who: Who) -> None:
    lan = who("lan").id
    run = fall(lan, "alone")
    assert run.done and not run.passed
    assert mastery(lan) == "" and held(lan) == []


def test_a_run_that_began_in_the_middle_proves_nothing_of_the_whole(who: Who) -> None:
    lan = who("lan").id
    run = rehearse(lan, "exam", screen="theo-doi")
    assert run.in_part and run.done and not run.passed
    assert mastery(lan) == "" and held(lan) == []
    assert rehearse(lan, "exam").passed


def test_a_higher_level_is_never_lowered(who: Who) -> None:
    lan, skills = who("lan").id, catalogue_queries.lesson(LESSON).facts["teaches"]
    progress_mastery.witnessed(lan, LESSON, who("hang").id, by_teacher=True)
    rehearse(lan, "alone")
    assert mastery(lan) == "witnessed" and held(lan) == [(skill, 3, "room") for skill in sorted(skills)]


def open_room(world: World) -> int:
    """Bảy learns the lesson with Lan, who holds what it teaches; both have come."""
    seats = [(world["bay"], "learner"), (world["lan"], "helper")]
    room = sessions_commands.open_room(
        world["kp3"], seats, "portal", lesson_slug=LESSON, step_number=1, minors=False, observed=True
    ).id
    for skill in catalogue_queries.lesson(LESSON).facts["teaches"]:
        _give(world["lan"], skill)
    for name in ("bay", "lan"):
        presence_commands.visit(person(world[name]), room)
    return room


def _give(user_id: int, skill: str) -> None:
    db.session.add(SkillGrant(user_id=user_id, skill_id=skill, level=3))
    db.session.commit()


def test_what_can_be_rehearsed_is_practised_before_it_is_witnessed(who: Who, inside: World) -> None:
    bay, met = who("bay").id, open_room(inside)
    with pytest.raises(InvalidInput, match="phần luyện tập"):
        shared_lesson_commands.witness(who("lan"), met, bay)
    rehearse(bay, "together")
    with pytest.raises(InvalidInput, match="phần luyện tập"):
        shared_lesson_commands.witness(who("lan"), met, bay)
    rehearse(bay, "alone")
    shared_lesson_commands.witness(who("lan"), met, bay)
    assert mastery(bay) == "witnessed"


def test_the_room_says_why_nobody_can_be_confirmed_yet(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        met = open_room(world)
    lan, why = as_("lan"), "cần tự làm đạt trong phần luyện tập"
    page = lan.get(f"/rooms/{met}?show=lesson").text
    assert why in page and BUTTON not in page
    page = lan.get(f"/rooms/{met}/witness").text
    assert why in page and "Tôi đã thấy, xác nhận" not in page
    answer = lan.post(f"/rooms/{met}/witness", data={"user": world["bay"]})
    assert answer.status_code == 422 and "phần luyện tập" in answer.text
    assert why not in as_("bay").get(f"/rooms/{met}?show=lesson").text
    with app.app_context():
        rehearse(person(world["bay"]).id, "exam")
    page = lan.get(f"/rooms/{met}?show=lesson").text
    assert why not in page and BUTTON in page
    assert lan.post(f"/rooms/{met}/witness", data={"user": world["bay"]}).status_code == 302


def test_lessons_lead_to_their_rehearsal(world: World, client: FlaskClient, as_: As) -> None:
    for path in (f"/lessons/{LESSON}", "/lessons", "/lessons/paths/dich-vu-cong"):
        assert "/practice" in client.get(path).text, path
    found = [n for n in range(1, 9) if f"/practice/{NAME}#modes" in client.get(f"/lessons/{LESSON}/{n}").text]
    assert len(found) == 1
    page = client.get(f"/lessons/{LESSON}/{found[0]}").text
    assert "Luyện thử: Tập nộp hồ sơ" in page and "Mục tiêu: Theo dõi đến khi nhận kết quả." in page
    part = client.get(f"/lessons/{LESSON}/{found[0]}?part=step").text
    assert "/practice" in part
    paper = client.get(f"/lessons/{LESSON}/print").text
    assert f"localhost/practice/{NAME}" in paper and f'href="/practice/{NAME}' not in paper
    assert 'href="/practice/' not in client.get("/lessons/bat-may-lam-quen").text


def test_a_rehearsal_can_begin_where_the_lesson_says(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    page = minh.get(f"/practice/{NAME}?screen=theo-doi").text
    assert "bắt đầu từ màn hình “Hồ sơ của tôi”" in page and 'name="screen" value="theo-doi"' in page
    run = minh.post(f"/practice/{NAME}/start", data={"mode": "alone", "screen": "theo-doi"}).location
    assert "Hồ sơ của tôi" in minh.get(run).text
    assert 'name="screen"' not in minh.get(f"/practice/{NAME}?screen=nothing").text
    with app.app_context():
        assert db.session.scalars(sa.select(PracticeRun)).one().in_part


def test_the_level_is_shown_where_levels_are_shown(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        rehearse(world["minh"], "exam")
    assert "Đã tự làm khi luyện tập" in as_("minh").get(f"/lessons/{LESSON}").text
