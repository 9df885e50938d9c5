"""The helper's side in pages: minutes and why they count, load and rest, what a skill would unlock, why shown."""

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.volunteer_minutes.fixtures import at_noon, helped
from tutoring.accounts.models import User
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.queries import lessons_for
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.offers.queries import board_of
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.rooms.volunteer_minutes import MOST_A_DAY_WITH_ONE, REST_AFTER_A_DAY
from tutoring.rooms.volunteer_minutes import commands as volunteer_minutes_commands
from tutoring.rooms.volunteer_minutes.queries import sessions_of

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    with at_noon():
        yield


def words(page: str) -> str:
    body = "<main" + page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


# ---- minutes ---------------------------------------------------------------------------------------------------


def test_nothing_yet_says_what_will_stand_here(as_: As) -> None:
    page = words(as_("khoa").get("/helping/minutes").text)
    assert "Chưa có buổi giúp nào" in page and "Bảy ngày qua" not in page


def test_each_session_says_whether_it_counts_and_why_not(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        helped(world, 40)
        helped(world, 30)
        helped(world, 10)
        helped(world, 10, "")
        helped(world, 10, "nobody")
        struck = helped(world, 10)
        volunteer_minutes_commands.strike(person(world["hang"]), struck.id, "Ngồi cạnh nhau")
    page = words(as_("khoa").get("/helping/minutes").text)
    assert f"Đã được xác nhận {MOST_A_DAY_WITH_ONE} phút." in page
    for reason in (
        "tính 20 phút, phần còn lại quá mức một ngày", "đã xác nhận, nhưng quá số phút tính trong một ngày",
        "người học, hoặc ba mẹ của em nhỏ, chưa trả lời", "bên kia trả lời là chưa có ai giúp",
        "Lý do: Ngồi cạnh nhau",
    ):  # fmt: skip
        assert reason in page
    assert "Cảm ơn nhiều" in page


def test_who_helps_a_lot_is_told_to_rest_and_may_be_left_alone(app: Flask, world: World, as_: As) -> None:
    khoa = as_("khoa")
    with app.app_context():
        for _ in range(REST_AFTER_A_DAY - 1):
            helped(world, 8)
    assert "nghỉ một chút nhé" not in words(khoa.get("/helping/minutes").text)
    with app.app_context():
        helped(world, 8)
    page = words(khoa.get("/helping/minutes").text)
    assert "nghỉ một chút nhé" in page and "Tạm nghỉ, đừng hỏi em" in page
    khoa.post("/helping/presence", data={"word": "away"})
    assert "Đang tạm nghỉ, không ai hỏi em" in words(khoa.get("/helping/minutes").text)


def test_nobody_is_measured_against_another(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        helped(world, 10)
        helped(world, 10, learner="bay")
    page = words(as_("quang").get(f"/units/{world['truong']}/minutes").text)
    assert page.count("giúp") and not re.search(r"xếp hạng|hạng \d|nhiều nhất là|tổng", page.lower())
    assert "Chị Lan" not in words(as_("khoa").get("/helping/minutes").text)


def test_the_learner_answers_later_where_their_requests_stand(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        session = helped(world, 10, "").id
    minh = as_("minh")
    assert "Anh Khoa đã giúp em ngày" in words(minh.get("/requests").text)
    answer = minh.post(f"/helped/{session}", data={"helped": "helped", "back": "/requests"})
    assert answer.location == "/requests" and "Anh Khoa đã giúp em ngày" not in words(minh.get("/requests").text)
    assert "//evil" not in minh.post(f"/helped/{session}", data={"helped": "x", "back": "//evil.example"}).location
    with app.app_context():
        assert sessions_of(world["khoa"])[0].word == "helped"


def test_the_learner_alone_is_asked_and_a_child_not_at_the_end(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = helped(world, 10, "").room_id
    asks = "Hôm nay em đã được giúp chứ?"
    assert "Anh Khoa đã giúp em ngày" in words(as_("minh").get("/requests").text)
    minutes = "Hai bên đã học cùng nhau 10 phút."
    for name, told in (("minh", "Em đã học cùng anh Khoa 10 phút."), ("khoa", minutes), ("lan", minutes)):
        page = words(as_(name).get(f"/rooms/{room}/end").text)
        assert asks not in page and told in page  # a child is not asked it at the end of the room


def test_the_guardian_of_a_young_child_answers_on_the_childs_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():

        @command
        def younger() -> None:
            db.session.get_one(User, world["minh"]).birth_year = clock.today().year - 9

        younger()
        session = helped(world, 10).id
    lan, child = as_("lan"), f"/children/{world['minh']}"
    assert "Con vừa được giúp?" in words(lan.get(child).text)
    assert lan.post(f"/helped/{session}", data={"helped": "helped", "back": child}).location == child
    assert "Con vừa được giúp?" not in words(lan.get(child).text)


def test_staff_strike_on_the_page_of_their_unit(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        session = helped(world, 10).id
    hang, path = as_("hang"), f"/units/{world['lop6a']}/minutes"
    assert "Em Khoa giúp em Minh" in words(hang.get(path).text)
    hang.post(f"/helped/{session}/strike", data={"reason": ""})
    assert "Đã bị bỏ" not in words(hang.get(path).text)
    hang.post(f"/helped/{session}/strike", data={"reason": "Không đúng"})
    assert "Lý do: Không đúng" in words(hang.get(path).text)
    hang.post(f"/helped/{session}/strike", data={"word": "stand"})
    assert "Đã xác nhận" in words(hang.get(path).text)


def test_leads_and_officers_see_rooms_of_adults_alone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        helped(world, 10)
        helped(world, 10, learner="bay")
    for name, unit in (("muoi", "kp3"), ("mai", "phuong")):
        page = words(as_(name).get(f"/units/{world[unit]}/minutes").text)
        assert "Chị Lan giúp" in page and "Khoa" not in page
        assert as_(name).get(f"/units/{world['lop6a']}/minutes").status_code == (200 if name == "mai" else 404)


@pytest.mark.parametrize("path", some("/helping/minutes", "/units/{truong}/minutes", rest=["/helping"]))
def test_what_the_pages_cost_does_not_grow(app: Flask, world: World, as_: As, queries: list[str], path: str) -> None:
    client = as_("khoa" if path.startswith("/helping") else "quang")
    path = path.format(truong=world["truong"])
    found = []
    for rounds in (1, 4):
        with app.app_context():
            for _ in range(rounds):
                helped(world, 4)
        client.get(path)
        queries.clear()
        assert client.get(path).status_code == 200
        found.append(len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]))
    assert found[0] == found[1] <= 26, found


# ---- what a skill would unlock ---------------------------------------------------------------------------------


@command
def _without(user_id: int, *topics: str) -> None:
    db.session.execute(
        sa.update(SkillGrant)
        .where(SkillGrant.user_id == user_id, SkillGrant.skill_id.in_(topics))
        .values(revoked_at=clock.now())
    )


def _ask(world: World, name: str, topic: str) -> None:
    learner = person(world[name])
    requests_commands.ask_for_help(learner, learner, topic, "Bí mật của em")


def test_requests_that_only_a_skill_is_missing_for_are_counted_and_lead_to_its_quiz(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        known = [skill for skill, _ in topics("vi")]
        with_quiz = next(skill for skill in known if lessons_for([skill], "vi").get(skill, ("", "", False))[2])
        _without(world["khoa"], with_quiz)
        for name in ("minh", "an"):
            _ask(world, name, with_quiz)
        board = board_of(person(world["khoa"]), locked=True)
        assert [(one.topic, one.count, one.held) for one in board.locked] == [(with_quiz, 2, 0)]
        assert board.waiting == []
        slug = lessons_for([with_quiz], "vi")[with_quiz][0]
    text = as_("khoa").get("/helping").text
    assert "Có 2 yêu cầu về:" in words(text) and f'href="/lessons/{slug}/quiz"' in text
    assert "Bí mật" not in text and "Minh" not in words(text)
    with app.app_context():
        skills_commands.grant_skill(person(world["hang"]), world["khoa"], with_quiz, 1)
        board = board_of(person(world["khoa"]), locked=True)
        assert board.locked == [] and len(board.waiting) == 2


def test_a_skill_that_a_teacher_took_back_is_no_quizs_to_give(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        known = [skill for skill, _ in topics("vi")]
        topic = next(skill for skill in known if lessons_for([skill], "vi").get(skill, ("", "", False))[2])
        skills_commands.revoke_skill(person(world["hang"]), world["khoa"], topic)
        _ask(world, "minh", topic)
        slug = lessons_for([topic], "vi")[topic][0]
    text = as_("khoa").get("/helping").text
    assert "nhờ thầy cô công nhận" in words(text) and f'href="/lessons/{slug}/quiz"' not in text


def test_what_this_helper_could_not_do_anyway_is_not_locked(app: Flask, world: World) -> None:
    with app.app_context():
        topic = topics("vi")[0][0]
        _without(world["khoa"], topic)
        _ask(world, "minh", topic)
        assert board_of(person(world["khoa"]), locked=True).locked
        avoid(person(world["minh"]), world["khoa"])
        assert board_of(person(world["khoa"]), locked=True).locked == []
        assert board_of(person(world["bay"]), locked=True).locked == []  # vouched for by nobody


def test_a_helper_without_any_skill_sees_what_could_be_unlocked(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        _without(world["khoa"], *[skill for skill, _ in topics("vi")])
        _ask(world, "minh", topics("vi")[0][0])
    page = words(as_("khoa").get("/helping").text)
    assert "Em chưa có kỹ năng nào" in page and "Có 1 yêu cầu về:" in page


def test_the_board_says_why_a_request_is_shown(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        _ask(world, "minh", topics("vi")[0][0])
    assert "Vì sao em thấy yêu cầu này: em biết việc này, cùng trường." in words(as_("khoa").get("/helping").text)
