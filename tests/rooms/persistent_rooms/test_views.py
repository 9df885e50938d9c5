"""Pages of lasting rooms without scripts: opened from the unit's page, found, come into, and what their size costs."""

import re
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import open_pair
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate, ends, nobody_on_duty
from tutoring.accounts.consents import commands as consents_commands
from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms import queries
from tutoring.rooms.models import Message, Reaction, Room, Seat
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands

As = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}


def opened(app: Flask, world: World, name: str, unit: str, kind: str) -> int:
    with app.app_context():
        return persistent_rooms_commands.open_lasting(person(world[name]), world[unit], kind).id


@pytest.fixture
def lop6(app: Flask, world: World) -> int:
    made = opened(app, world, "hang", "lop6a", "class")
    with app.app_context():
        persistent_rooms_commands.take_seat(person(classmate(world, "Tâm")), made)
    return made


def say(client: FlaskClient, room_id: int, text: str) -> int:
    return client.post(f"/rooms/{room_id}/messages", data={"client_id": str(uuid.uuid4()), "text": text}).status_code


def test_a_teacher_opens_it_from_the_units_page(world: World, as_: As) -> None:
    hang, unit = as_("hang"), world["lop6a"]
    page = hang.get(f"/units/{unit}/classes").text
    assert "Phòng của Lớp 6A" in page and "Phụ huynh Lớp 6A" in page and "Hỏi đáp" not in page
    answer = hang.post(f"/units/{unit}/rooms", data={"kind": "class"})
    assert answer.status_code == 302
    assert hang.post(f"/units/{unit}/rooms", data={"kind": "class"}).location == answer.location
    assert f'href="{answer.location}"' in hang.get(f"/units/{unit}/classes").text
    forged = hang.post(f"/units/{unit}/rooms", data={"kind": "questions"})
    assert forged.status_code == 302 and forged.location.endswith(f"/units/{unit}")
    assert "Phòng chung" not in as_("mai").get(f"/units/{unit}/classes").text  # an officer leads no class
    assert "Hỏi đáp Phường Minh Hoạ" in as_("mai").get(f"/units/{world['phuong']}/classes").text


def test_a_pupil_finds_it_and_comes_in_by_opening_it(app: Flask, as_: As, lop6: int) -> None:
    minh = as_("minh")
    assert "Phòng của Lớp 6A" in minh.get("/").text
    hers = as_("hang").get("/rooms").text
    assert "Phòng của Lớp 6A" in hers
    for name in ("an", "khoa", "bay"):
        assert "Phòng của Lớp 6A" not in as_(name).get("/rooms").text
    page = minh.get(f"/rooms/{lop6}").text
    assert "Học sinh Lớp 6A và thầy cô của trường đọc được" in page and 'name="text"' in page
    assert "Kết thúc" not in page and "Rời phòng" in page
    assert minh.get(f"/rooms/{lop6}/end").status_code == 302  # it is no session
    assert say(minh, lop6, "Em chào cô") == 302
    assert say(as_("hang"), lop6, "Cô chào em") == 302
    assert "tin chưa đọc" in minh.get("/rooms").text
    with app.app_context():
        assert [seat.role for seat in queries.seats(lop6)] == ["observer", "learner", "learner"]


@pytest.mark.parametrize(
    "name",
    some("an", "muoi", rest=["khoa", "lan", "bay", "mai", "admin1"]),
)
def test_for_everybody_else_it_is_missing(as_: As, lop6: int, name: str) -> None:
    client = as_(name)
    assert client.get(f"/rooms/{lop6}").status_code == 404
    assert client.get(f"/rooms/{lop6}/messages", headers=JSON).get_json()["error"] == "missing"
    assert say(client, lop6, "Chào") == 404
    assert client.get(f"/rooms/{lop6}/split").status_code in (403, 404)


def test_another_teacher_of_the_school_comes_in_by_the_door(as_: As, lop6: int) -> None:
    quang = as_("quang")
    assert "Vào phòng này?" in quang.get(f"/rooms/{lop6}").text
    quang.post(f"/rooms/{lop6}/enter")
    assert "Thầy Quang đã vào phòng." in as_("minh").get(f"/rooms/{lop6}").text


def test_whoever_left_the_class_finds_it_nowhere(app: Flask, world: World, as_: As, lop6: int) -> None:
    minh = as_("minh")
    assert minh.get(f"/rooms/{lop6}").status_code == 200
    with app.app_context():
        ends(world["minh"], world["lop6a"])
    assert minh.get(f"/rooms/{lop6}").status_code == 404
    assert "Phòng của Lớp 6A" not in minh.get("/rooms").text + minh.get("/").text
    assert say(minh, lop6, "Em đây") == 404


def test_a_child_without_a_yes_is_told_why_the_class_is_shut(app: Flask, world: World, as_: As, lop6: int) -> None:
    minh, an = as_("minh"), as_("an")
    with app.app_context():
        consents_commands.withdraw(person(world["lan"]), world["minh"], "chat")
    assert "Em vào được khi ba mẹ và em đồng ý" in minh.get("/rooms").text
    assert minh.get(f"/rooms/{lop6}").status_code == 404
    assert "Em vào được khi ba mẹ" not in an.get("/rooms").text  # no room stands open there


@pytest.mark.full
def test_announcements_by_form_and_what_a_pupil_can_do(app: Flask, as_: As, lop6: int) -> None:
    hang, minh = as_("hang"), as_("minh")
    page = hang.post(f"/rooms/{lop6}/announce", data={"on": "1"}, follow_redirects=True).text
    assert "Cho mọi người viết" in page and 'name="text"' in page
    assert say(hang, lop6, "Mai học lúc 7 giờ") == 302
    page = minh.get(f"/rooms/{lop6}").text
    assert "Phòng này đang chỉ để thông báo" in page and 'name="text"' not in page and 'data-state="announcing"' in page
    refused = minh.post(
        f"/rooms/{lop6}/messages", json={"client_id": str(uuid.uuid4()), "text": "Dạ"}, headers=JSON
    ).get_json()
    assert refused["error"] == "locked" and "chỉ để thông báo" in refused["say"]
    one = minh.get(f"/rooms/{lop6}/messages/3").text
    assert "Đã hiểu" in one and "Trả lời" not in one
    assert minh.post(f"/rooms/{lop6}/messages/3/react", data={"word": "got_it"}).status_code == 302
    assert "Đã hiểu: Em Minh" in hang.get(f"/rooms/{lop6}").text
    assert minh.post(f"/rooms/{lop6}/announce", data={"on": "0"}).status_code in (403, 404)
    hang.post(f"/rooms/{lop6}/announce", data={"on": "0"})
    assert 'name="text"' in minh.get(f"/rooms/{lop6}").text


@pytest.mark.full
def test_a_room_that_rests_says_so_in_place_of_the_field(app: Flask, as_: As, lop6: int) -> None:
    minh = as_("minh")
    assert 'name="text"' in minh.get(f"/rooms/{lop6}").text
    with app.app_context():
        nobody_on_duty()
    page = minh.get(f"/rooms/{lop6}").text
    assert 'data-state="resting"' in page and "Chưa có thầy cô trực" in page and 'name="text"' not in page
    assert 'name="text"' not in as_("hang").get(f"/rooms/{lop6}").text
    assert "data-reacts" not in page


@pytest.mark.full
def test_splitting_by_checkboxes_keeps_what_was_chosen(app: Flask, world: World, as_: As, lop6: int) -> None:
    hang = as_("hang")
    assert "Chưa đủ người" in hang.get(f"/rooms/{lop6}/split").text
    as_("minh").get(f"/rooms/{lop6}")
    with app.app_context():
        tam = queries.seats(lop6)[1].user_id
    data = {"user": [str(world["minh"]), str(tam)], "title": ""}
    page = hang.post(f"/rooms/{lop6}/split", data=data)
    assert page.status_code == 422 and "Hãy ghi phòng nhỏ để làm gì." in page.text and page.text.count(" checked") == 2
    answer = hang.post(f"/rooms/{lop6}/split", data={**data, "title": "Luyện micro"})
    assert answer.status_code == 302
    side = answer.location
    page = as_("minh").get(f"/rooms/{lop6}").text
    assert "Sang phòng nhỏ “Luyện micro”" in page and f'href="{side}"' in page
    assert "Về phòng chung" in as_("minh").get(side).text
    assert "mời em sang một phòng nhỏ" in as_("minh").get("/notices").text
    assert "Phòng nhỏ" in as_("minh").get("/rooms").text
    assert hang.post(f"{side}/close", data={"reason": "Xong", "summary": "Đã bật được."}).status_code == 302
    assert "Đã làm: Đã bật được." in as_("minh").get(f"/rooms/{lop6}").text
    assert "Đã bật được." in as_("minh").get(f"{side}/end").text


def test_numbers_that_are_none_choose_nobody(as_: As, lop6: int) -> None:
    page = as_("hang").post(f"/rooms/{lop6}/split", data={"user": ["x", "-1", "9" * 30], "title": "Luyện"})
    assert page.status_code == 422


def test_a_circle_and_questions_can_be_taken_along_a_class_not(app: Flask, world: World, as_: As, lop6: int) -> None:
    circle = opened(app, world, "hang", "lop6a", "circle")
    lan = as_("lan")
    assert "Tải nội dung phòng" in lan.get(f"/rooms/{circle}").text
    say(lan, circle, "Chào cô")
    assert "Chị Lan: Chào cô" in lan.get(f"/rooms/{circle}/export").text
    minh = as_("minh")
    assert "Tải nội dung phòng" not in minh.get(f"/rooms/{lop6}").text
    assert minh.get(f"/rooms/{lop6}/export").status_code == 404


def test_the_board_lists_it_after_sessions_and_names_nobody(app: Flask, world: World, as_: As, lop6: int) -> None:
    as_("minh").get(f"/rooms/{lop6}")
    with app.app_context():
        open_pair(world)
    page = as_("quang").get("/board").text
    assert "Phòng của Lớp 6A" in page and page.index("Khoa") < page.index("Phòng của Lớp 6A")
    (row,) = (one for one in page.split('<li class="line')[1:] if "Phòng của Lớp 6A" in one)
    assert "Minh" not in row.split("</li>")[0] and "Phòng của Lớp 6A" not in as_("mai").get("/board").text


def test_the_desk_by_form(app: Flask, world: World, as_: As) -> None:
    bay, desk = as_("bay"), f"/desk/{world['phuong']}"
    assert desk in bay.get("/rooms").text and desk not in as_("minh").get("/rooms").text
    assert "Vào hỏi" in bay.get(desk).text
    room = bay.post(desk).location
    assert "Trở lại phòng hỏi của bạn" in bay.get(desk).text
    page = bay.get(room).text
    assert ("Quầy hỏi Phường Minh Hoạ" in page and "cô Mai" in page.lower()) or "Cô Mai" in page
    assert as_("lan").get(room).status_code == 404
    with app.app_context():
        nobody_on_duty()
    empty = as_("lan").post(desk)
    assert empty.status_code == 409 and "Quầy chưa có người trực" in empty.text
    assert as_("minh").get(desk).status_code == 404


# ---- what size costs ---------------------------------------------------------------------------------------------


@command
def crowd(world: World, room_id: int, size: int) -> None:
    """Residents who all have come in, written and reacted to one message."""
    users = [
        {"kind": "adult", "full_name": f"Cư Dân {n}", "called_name": f"Dân {n}", "username": f"cu.dan.{n}"}
        for n in range(size)
    ]
    db.session.execute(sa.insert(User), users)
    ids = list(db.session.scalars(sa.select(User.id).where(User.username.startswith("cu.dan.")).order_by(User.id)))
    member = {"unit_id": world["kp3"], "role": "learner"}
    db.session.execute(sa.insert(Membership), [{"user_id": id, **member} for id in ids])
    seat = {"room_id": room_id, "role": "learner", "joined_at": clock.now()}
    db.session.execute(sa.insert(Seat), [{"user_id": id, **seat} for id in ids])
    first = db.session.scalars(sa.select(Message.id).where(Message.room_id == room_id, Message.seq == 2)).one()
    db.session.execute(sa.insert(Reaction), [{"message_id": first, "user_id": id, "word": "thanks"} for id in ids])
    newest = queries.room(room_id).last_seq
    told = [
        {"room_id": room_id, "seq": newest + n + 1, "author_id": id, "client_id": str(uuid.uuid4()), "text": "Chào"}
        for n, id in enumerate(ids[:40])
    ]
    db.session.execute(sa.insert(Message), told)
    db.session.execute(sa.update(Room).where(Room.id == room_id).values(last_seq=newest + len(told)))


@pytest.mark.full
def test_a_page_of_a_room_of_thousands_costs_what_one_of_few_costs(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    """`queries` here are the statements that were asked."""
    room_id = opened(app, world, "muoi", "kp3", "questions")
    bay, muoi = as_("bay"), as_("muoi")
    bay.get(f"/rooms/{room_id}")
    say(bay, room_id, "Chào bà con")
    paths = [f"/rooms/{room_id}", "/rooms", "/"]

    def costs() -> list[tuple[int, int]]:
        found = []
        for client in (bay, muoi):
            for path in paths:
                client.get(path)
                queries.clear()
                page = client.get(path)
                assert page.status_code == 200
                found.append((len(queries), len(page.text)))
        return found

    few = costs()
    with app.app_context():
        crowd(world, room_id, 2000)
    many = costs()
    for (asked, _), (asked_now, _size) in zip(few, many, strict=True):
        assert asked_now <= asked + 2
    page = bay.get(f"/rooms/{room_id}").text
    assert len(page) < 120_000 and page.count("Dân 19") < 20  # only those whose words are shown are named
    assert "2000" in re.sub(r"\s", "", page) and page.count("Dân") < 400
    queries.clear()
    assert say(bay, room_id, "Cảm ơn bà con") == 302
    assert not [one for one in queries if "FROM seat" in one and "seat.user_id" not in one]
