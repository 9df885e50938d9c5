"""Pages of group sessions: what each person sees, one tap to come and to go, a form that keeps what was typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import announced, parents, pupils, signs_up, stands, states, tomorrow
from tests.parametrize import some
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.models import GroupSession

As = Callable[[str], FlaskClient]


def typed(world: World, **more: str) -> dict[str, str]:
    return {
        "words": "Cùng vào lớp học", "topic": topics("vi")[0][0], "level": "1", "unit": str(world["truong"]),
        "audience": "pupils", "lowest": "4", "highest": "6", "day": tomorrow().date().isoformat(), "time": "18:00",
        "minutes": "45", "places": "6", **more,
    }  # fmt: skip


def fields(app: Flask, world: World, **more: str) -> dict[str, str]:
    with app.app_context():
        return typed(world, **more)


def test_a_teacher_announces_one_and_pupils_see_it(app: Flask, world: World, as_: As) -> None:
    hang = as_("hang")
    assert "Mở buổi học mới" in hang.get("/sessions").text
    assert hang.get("/sessions/new").status_code == 200
    answer = hang.post("/sessions/new", data=fields(app, world), follow_redirects=True)
    assert "Đã mở buổi học" in answer.text and "Bạn hướng dẫn buổi này" in answer.text
    page = as_("minh").get("/sessions").text
    assert "Cùng vào lớp học" in page and "Được Trường Minh Hoạ xác nhận" in page and "Lớp 4 đến lớp 6" in page
    assert "Đăng ký cho An" in (lan := as_("lan").get("/sessions").text) and "Đăng ký cho Minh" in lan
    for name in ("khoa", "bay", "muoi"):  # too old; of another unit
        assert "Cùng vào lớp học" not in as_(name).get("/sessions").text, name
    assert "Cùng vào lớp học" in as_("quang").get("/sessions").text  # who answers for the school


@pytest.mark.parametrize(
    ("wrong", "said"),
    some(
        ({"words": ""}, "Hãy đặt tên cho buổi học."),
        ({"topic": "khong-co"}, "Hãy chọn một mục trong danh sách."),
        ({"places": "9"}, "Hãy ghi một số từ 2 đến 8."),
        rest=[
            ({"words": "Gọi 0912 345 678"}, "số điện thoại"),
            ({"unit": "999999"}, "Hãy chọn một mục trong danh sách."),
            ({"level": "x"}, "Hãy chọn một mục trong danh sách."),
            ({"places": "hai"}, "Hãy ghi một số từ 2 đến 8."),
            ({"lowest": "1"}, "nhiều nhất ba lớp"),
            ({"highest": ""}, "lớp nhỏ trước"),
            ({"day": "2020-01-01"}, "đã qua"),
            ({"day": "mai"}, "Hãy chọn một ngày trong lịch."),
            ({"day": "9999-12-31"}, "60 ngày"),
            ({"time": "25:00"}, "19:30"),
            ({"minutes": "7"}, "Hãy chọn một mục trong danh sách."),
        ],
    ),
)
def test_the_form_keeps_what_was_typed(app: Flask, world: World, as_: As, wrong: dict[str, str], said: str) -> None:
    answer = as_("hang").post("/sessions/new", data=fields(app, world, **{"words": "Tên rất riêng"} | wrong))
    assert answer.status_code == 422 and said in answer.text
    assert "words" in wrong or "Tên rất riêng" in answer.text
    assert 'value="18:00"' in answer.text or "time" in wrong
    with app.app_context():
        assert db.session.query(GroupSession).count() == 0


def test_who_may_not_lead_is_told_so(app: Flask, world: World, as_: As) -> None:
    for name in ("minh", "lan", "khoa", "bay"):
        assert as_(name).get("/sessions/new").status_code == 403
        assert "Mở buổi học mới" not in as_(name).get("/sessions").text
    answer = as_("muoi").post("/sessions/new", data=fields(app, world))
    assert answer.status_code == 422  # none of muoi's units, no skill


def test_one_tap_to_come_and_one_to_go(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        session_id, people = announced(world), pupils(world, 2)
        for one in people:
            signs_up(one, session_id)
    minh = as_("minh")
    assert "Vào danh sách chờ" in minh.get("/sessions").text
    assert "danh sách chờ" in minh.post(f"/sessions/{session_id}/sign-up", follow_redirects=True).text
    assert "Chờ, số 1" in minh.get("/sessions").text
    assert "Minh chờ, số 1" in as_("lan").get("/sessions").text
    assert "đã đăng ký buổi này rồi" in minh.post(f"/sessions/{session_id}/sign-up", follow_redirects=True).text
    lan = as_("lan")
    lan.post(f"/sessions/{session_id}/withdraw", data={"learner": str(people[0])})
    assert "Đã có chỗ" in minh.get("/sessions").text
    assert "Đã rút" in minh.post(f"/sessions/{session_id}/withdraw", follow_redirects=True).text
    for learner in ("x", "99999999999", "-1", str(world["bay"])):
        assert lan.post(f"/sessions/{session_id}/sign-up", data={"learner": learner}).status_code == 404
    with app.app_context():
        assert states(session_id)[world["minh"]] == "gone"


def test_names_are_for_who_runs_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        session_id = announced(world)
        pupils(world, 1)
        signs_up(world["minh"], session_id)
    for name, sees in (("hang", True), ("quang", True), ("an", False)):
        assert ("Minh, lớp 6" in as_(name).get("/sessions").text) == sees, name


def test_the_reason_of_a_cancelling_is_read_by_those_in_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        session_id = announced(world)
        signs_up(world["minh"], session_id)
    hang = as_("hang")
    assert "Hãy ghi lý do" in hang.post(f"/sessions/{session_id}/cancel", follow_redirects=True).text
    hang.post(f"/sessions/{session_id}/cancel", data={"why": "Trường nghỉ học"})
    assert "Trường nghỉ học" in as_("minh").get("/sessions").text
    assert "Trường nghỉ học" not in as_("an").get("/sessions").text
    with app.app_context(), clock.travel(stands(session_id).at + timedelta(days=3)):
        db.session.remove()
        assert "Trường nghỉ học" not in as_("minh").get("/sessions").text


def cost(client: FlaskClient, queries: list[str]) -> int:
    client.get("/sessions")
    queries.clear()
    assert client.get("/sessions").status_code == 200
    return len([one for one in queries if one.startswith(("SELECT", "WITH"))])


@pytest.mark.full
def test_a_page_asks_as_much_of_many_sessions_as_of_one(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    clients: dict[str, Any] = {name: as_(name) for name in ("minh", "lan", "hang", "quang")}
    with app.app_context():
        first = announced(world)
        signs_up(world["minh"], first)
        db.session.remove()
    few = {name: cost(client, queries) for name, client in clients.items()}
    with app.app_context():
        grown = parents(world, 4)
        for n in range(1, 6):
            at = tomorrow() + timedelta(hours=n)
            session_id = announced(world, "hang" if n % 2 else "quang", at=at, pupils=False, lowest=None, highest=None)
            for one in grown:
                signs_up(one, session_id)
        for n, one in enumerate(pupils(world, 3)):
            group_sessions_commands.sign_up(person(one), announced(world, at=tomorrow() + timedelta(days=n + 1)), one)
        db.session.remove()
    many = {name: cost(client, queries) for name, client in clients.items()}
    assert many["minh"] == few["minh"] <= 16 and many["hang"] == few["hang"] and many["quang"] == few["quang"]
    assert many["lan"] <= few["lan"] + 6  # what is asked of each further child of one's own: its consents
