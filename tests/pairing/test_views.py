"""Pages of asking and helping."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.home.demo_accounts import cards
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.queries import find_step
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries

As = Callable[[str], FlaskClient]
LESSON = "vao-lop-bang-duong-dan"


def topic(app: Flask) -> str:
    with app.app_context():
        return topics("vi")[0][0]


def asked(app: Flask, world: World, name: str = "minh") -> int:
    with app.app_context():
        learner = person(world[name])
        return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id


def state(app: Flask, request_id: int) -> str:
    with app.app_context():
        return db.session.get_one(HelpRequest, request_id).state


def test_stuck_at_a_step_fills_in_the_request(app: Flask, as_: As) -> None:
    with app.app_context():
        step = find_step(LESSON, 2, "vi")
        assert step is not None and step.stuck is not None
    page = as_("minh").get(f"/ask?lesson={LESSON}&step=2").text
    assert step.stuck["ask"] in page
    assert f'value="{LESSON}"' in page


def test_a_form_keeps_what_was_typed_and_says_what_is_missing(as_: As) -> None:
    answer = as_("minh").post("/ask", data={"words": "Em không thấy lớp", "urgency": "3", "device": "android"})
    assert answer.status_code == 422
    assert "Em không thấy lớp" in answer.text and "Hãy chọn việc cần giúp." in answer.text


def test_too_many_words_are_refused_beside_the_field(app: Flask, as_: As) -> None:
    data = {"topic": topic(app), "words": "a" * 501, "urgency": "1", "device": "android"}
    answer = as_("minh").post("/ask", data=data)
    assert answer.status_code == 422 and "Hãy viết ngắn hơn" in answer.text and "a" * 501 in answer.text


def test_from_asking_to_the_room_without_javascript(app: Flask, world: World, as_: As) -> None:
    minh, khoa = as_("minh"), as_("khoa")
    data = {
        "topic": topic(app),
        "words": "Em bị kẹt",
        "urgency": "3",
        "device": "android",
        "lesson": LESSON,
        "step": "2",
    }
    page = minh.post("/ask", data=data).location
    assert "đang đứng thứ" in minh.get(page).text
    assert "Em bị kẹt" in khoa.get("/helping").text
    assert khoa.post(f"{page}/claim").status_code == 302
    shown = minh.get(page).text
    assert "Anh Khoa sẵn sàng giúp" in shown and "Cô Hằng ở Lớp 11A giới thiệu" in shown
    room = minh.post(f"{page}/answer", data={"word": "accept"}).location
    assert room.startswith("/rooms/")
    assert minh.get(room).status_code == khoa.get(room).status_code == 200


def test_whoever_comes_second_is_told_and_shown_the_next(app: Flask, world: World, as_: As) -> None:
    first, second = asked(app, world, "minh"), asked(app, world, "lan")
    assert as_("khoa").post(f"/requests/{first}/claim").status_code == 302
    quang = as_("quang")
    quang.post(f"/requests/{first}/claim")
    board = quang.get("/helping").text
    assert "Một người khác vừa nhận" in board and f"/requests/{second}/claim" in board


def test_a_busy_helper_is_told_what_to_finish_first(app: Flask, world: World, as_: As) -> None:
    first, second = asked(app, world, "minh"), asked(app, world, "lan")
    khoa = as_("khoa")
    khoa.post(f"/requests/{first}/claim")
    khoa.get("/helping")  # the words of the claim are read
    khoa.post(f"/requests/{second}/claim")
    assert "trả yêu cầu đó lại hàng chờ, rồi nhận tiếp." in khoa.get("/helping").text
    room = as_("minh").post(f"/requests/{first}/answer", data={"word": "accept"}).location
    khoa.post(f"/requests/{second}/claim")
    page = khoa.get("/helping").text
    assert f'Kết thúc phòng đó rồi nhận tiếp. <a href="{room}">' in page
    assert state(app, second) == "waiting"


def test_an_open_room_comes_over_a_password_that_is_typed(app: Flask, world: World, as_: As) -> None:
    request_id = asked(app, world, "an")
    path = f"/requests/{request_id}"
    as_("hang").post(f"{path}/claim")
    as_("an").post(f"{path}/answer", data={"word": "accept"})
    assert " data-now>" not in as_("an").get(path).text
    as_("lan").post(f"{path}/guardian", data={"word": "accept"})
    assert 'id="state" data-live="request" aria-live="polite" data-now>' in as_("an").get(path).text


def test_a_request_is_seen_by_the_learner_the_guardian_and_the_helper_alone(app: Flask, world: World, as_: As) -> None:
    request_id = asked(app, world)
    path = f"/requests/{request_id}"
    assert as_("minh").get(path).status_code == as_("lan").get(path).status_code == 200
    for name in ("khoa", "an", "bay", "muoi", "mai", "admin1"):
        assert as_(name).get(path).status_code == 404, name
    as_("khoa").post(f"{path}/claim")
    assert as_("khoa").get(path).status_code == 200


def test_the_guardian_says_yes_on_the_childs_phone_with_the_own_password(app: Flask, world: World, as_: As) -> None:
    request_id = asked(app, world, "an")
    as_("hang").post(f"/requests/{request_id}/claim")
    an = as_("an")
    an.post(f"/requests/{request_id}/answer", data={"word": "accept"})
    wrong = {"guardian": world["lan"], "password": "sai rồi", "word": "accept"}
    an.post(f"/requests/{request_id}/guardian", data=wrong)
    assert "Mật khẩu của ba mẹ chưa đúng" in an.get(f"/requests/{request_id}").text
    assert state(app, request_id) == "offered"
    right = {**wrong, "password": card(app, "lan")}
    assert an.post(f"/requests/{request_id}/guardian", data=right).location.startswith("/rooms/")
    assert state(app, request_id) == "helping"


def card(app: Flask, name: str) -> str:
    with app.app_context():
        return next(card.passphrase for card in cards() if card.username == name)


def test_nobody_else_answers_as_the_guardian(app: Flask, world: World, as_: As) -> None:
    request_id = asked(app, world, "an")
    as_("hang").post(f"/requests/{request_id}/claim")
    data = {"guardian": world["hang"], "password": card(app, "hang"), "word": "accept"}
    assert as_("an").post(f"/requests/{request_id}/guardian", data=data).status_code == 404
    assert as_("bay").post(f"/requests/{request_id}/guardian", data=data).status_code == 404


def test_cancelling_says_so_and_tells_the_helper(app: Flask, world: World, as_: As) -> None:
    request_id = asked(app, world)
    as_("khoa").post(f"/requests/{request_id}/claim")
    minh = as_("minh")
    minh.post(f"/requests/{request_id}/cancel", data={"reason": "tự làm được rồi"})
    assert "Đã huỷ yêu cầu" in minh.get("/requests").text
    assert "Người học đã huỷ" in as_("khoa").get("/notices").text
    with app.app_context():
        assert queries.history(request_id)[-1].why == "tự làm được rồi"


def test_a_wrong_word_is_refused(app: Flask, world: World, as_: As) -> None:
    request_id = asked(app, world)
    as_("khoa").post(f"/requests/{request_id}/claim")
    assert as_("minh").post(f"/requests/{request_id}/answer", data={"word": "maybe"}).status_code == 422
    assert state(app, request_id) == "offered"
