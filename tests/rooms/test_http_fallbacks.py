"""The page twins: all that a socket can do, by form and as JSON."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.rooms.conftest import has_said, new_id, open_adults, open_pair
from tutoring.kernel import rate_limits
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.sessions import closure

As = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}
MESSAGE = {"room", "seq", "client_id", "author", "name", "text", "at", "kind", "status", "picture"}


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_pair(world)


def send(client: FlaskClient, room: int, text: object, client_id: object = None) -> tuple[int, dict[str, object]]:
    data = {"client_id": client_id or new_id(), "text": text}
    response = client.post(f"/rooms/{room}/messages", json=data, headers=JSON)
    return response.status_code, response.get_json()


def test_messages_are_sent_and_fetched_as_json(as_: As, room: int, world: World) -> None:
    minh, khoa = as_("minh"), as_("khoa")
    client_id = new_id()
    assert send(minh, room, "Chào anh", client_id) == (200, {"ok": True, "seq": 1, "status": "sent"})
    assert send(minh, room, "khác", client_id) == (200, {"ok": True, "seq": 1, "status": "sent"})
    answer = khoa.get(f"/rooms/{room}/messages?after=0", headers=JSON).get_json()
    [message] = answer["messages"]
    assert set(message) == MESSAGE
    assert (answer["ok"], answer["more"], answer["seq"]) == (True, False, 1)
    assert message["room"] == str(room) and message["author"] == str(world["minh"])
    assert (message["client_id"], message["name"], message["text"]) == (client_id, "Minh", "Chào anh")
    assert (message["kind"], message["status"]) == ("text", "sent")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["at"])
    assert khoa.get(f"/rooms/{room}/messages?after=1", headers=JSON).get_json()["messages"] == []


@pytest.mark.parametrize(
    ("text", "client_id", "status", "code"),
    [
        ("", None, 422, "empty"),
        ("x" * 1001, None, 422, "too_long"),
        (["x"], None, 422, "invalid"),
        ("Chào", "17", 422, "invalid"),
        ("Chào", {"a": 1}, 422, "invalid"),
    ],
)
def test_each_fault_has_its_name_and_words(
    as_: As, room: int, text: object, client_id: object, status: int, code: str
) -> None:
    got, answer = send(as_("minh"), room, text, client_id)
    assert (got, answer["ok"], answer["error"]) == (status, False, code)
    assert answer["say"]


def test_closed_muted_and_missing_have_their_status(app: Flask, as_: As, room: int, world: World) -> None:
    with app.app_context():
        moderation_commands.mute(person(world["hang"]), room, world["minh"], 5, "Lời lẽ")
    assert send(as_("minh"), room, "Chào")[0] == 403
    assert send(as_("minh"), room, "Chào")[1]["error"] == "muted"
    with app.app_context():
        closure.close_room_by_rule(room, "duty")
    assert send(as_("khoa"), room, "Chào")[0] == 409
    assert send(as_("khoa"), room, "Chào")[1]["error"] == "closed"
    for name in ("bay", "an", "quang"):
        client = as_(name)
        assert send(client, room, "Chào")[0] == 404
        assert send(client, room, "Chào")[1]["error"] == "missing"
        assert client.get(f"/rooms/{room}/messages?after=0", headers=JSON).status_code == 404


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30, "", "²"])
def test_a_number_that_is_none_is_invalid(as_: As, room: int, after: str) -> None:
    response = as_("minh").get(f"/rooms/{room}/messages?after={after}", headers=JSON)
    assert (response.status_code, response.get_json()["error"]) == (422, "invalid")


def test_a_body_that_is_no_object_is_invalid(as_: As, room: int) -> None:
    for body in ("[1]", "{", '"x"', "null"):
        response = as_("minh").post(f"/rooms/{room}/messages", data=body, content_type="application/json", headers=JSON)
        assert (response.status_code, response.get_json()["error"]) == (422, "invalid")


def test_a_flood_is_told_when_to_go_on(app: Flask, as_: As, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody new sooner than somebody with three sessions behind them."""
    minh = as_("minh")
    for new, most in ((True, 4), (False, 8)):
        rate_limits.clear()
        monkeypatch.setattr("tutoring.rooms.messages.commands.is_new", lambda _id, new=new: new)
        answers = [send(minh, room, f"tin {n}") for n in range(most + 1)]
        assert [status for status, _ in answers] == [200] * most + [429]
        assert answers[-1][1]["error"] == "too_many" and isinstance(answers[-1][1]["retry_after"], int)


def test_nobody_signed_in_gets_nothing(client: FlaskClient, room: int) -> None:
    assert client.get(f"/rooms/{room}/messages", headers=JSON).get_json()["error"] == "signed_out"
    assert client.post(f"/rooms/{room}/messages", json={}, headers=JSON).status_code == 401
    assert client.get(f"/rooms/{room}").status_code == 302


def test_a_form_without_its_token_is_refused(app: Flask, as_: As, room: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        minh = as_("minh")
        assert minh.post(f"/rooms/{room}/messages", data={"text": "Chào", "client_id": new_id()}).status_code == 400
        token = re.search(r'name="csrf" content="([^"]+)"', minh.get(f"/rooms/{room}").text)
        assert token is not None
        headers = {**JSON, "X-CSRFToken": token.group(1)}
        sent = minh.post(f"/rooms/{room}/messages", json={"text": "Chào", "client_id": new_id()}, headers=headers)
        assert sent.get_json() == {"ok": True, "seq": 1, "status": "sent"}
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


# ---- pages -------------------------------------------------------------------------------------------------


def form_id(page: str) -> str:
    found = re.search(r'name="client_id" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_two_people_chat_by_form_alone(as_: As, room: int) -> None:
    minh, khoa = as_("minh"), as_("khoa")
    page = minh.get(f"/rooms/{room}").text
    data = {"client_id": form_id(page), "text": "Em không thấy <b>lớp</b>"}
    for _ in range(2):  # pressed twice
        response = minh.post(f"/rooms/{room}/messages", data=data)
        assert response.status_code == 302 and response.location.endswith(f"/rooms/{room}#newest")
    page = khoa.get(f"/rooms/{room}").text
    assert page.count("Em không thấy &lt;b&gt;lớp&lt;/b&gt;") == 1
    assert form_id(page) != data["client_id"]


def test_a_refused_form_keeps_what_was_typed_and_says_why(as_: As, room: int) -> None:
    minh = as_("minh")
    client_id = form_id(minh.get(f"/rooms/{room}").text)
    response = minh.post(f"/rooms/{room}/messages", data={"client_id": client_id, "text": "dài " * 300})
    assert response.status_code == 422
    assert "dài " * 299 in response.text and "Tin dài quá 1000 ký tự" in response.text
    assert form_id(response.text) == client_id
    assert 'aria-describedby="text-error"' in response.text


def test_the_page_says_who_is_here_who_can_read_and_whom_to_call(as_: As, room: int) -> None:
    as_("khoa").get(f"/rooms/{room}")
    page = as_("minh").get(f"/rooms/{room}").text
    people = re.search(r'<p id="people".*?</p>', page, re.S)
    assert people is not None
    said = re.sub("<[^>]+>", "", people.group(0))
    assert said == "Đang ở đây: Minh (em), Anh Khoa (người giúp). Đang vắng: Chị Lan (phụ huynh)."
    assert "Báo về anh Khoa" in page
    assert "Cô Hằng" in page and "phụ huynh có thể đọc phòng này" in page
    assert 'href="tel:111"' in page
    assert "Kết thúc" in page and "Bước sau" not in page and "Giữ trật tự" not in page


def test_messages_with_markup_and_quotes_are_text(as_: As, room: int) -> None:
    for text in ('<script>alert("1")</script>', "' onload='x", "{{ 7*7 }}"):
        assert send(as_("minh"), room, text)[0] == 200
    page = as_("khoa").get(f"/rooms/{room}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "{{ 7*7 }}" in page


def test_the_helper_moves_the_step_by_form_and_the_lesson_pane_follows(as_: As, room: int) -> None:
    khoa, minh = as_("khoa"), as_("minh")
    assert "Bước sau" in khoa.get(f"/rooms/{room}").text
    response = khoa.post(f"/rooms/{room}/follow", data={"step": "3"})
    assert response.location.endswith(f"/rooms/{room}#lesson")
    assert 'data-step="3"' in minh.get(f"/rooms/{room}/lesson").text
    assert minh.post(f"/rooms/{room}/follow", data={"step": "4"}, headers=JSON).status_code == 403


def test_a_teacher_finds_a_door_first_and_is_seen_inside(as_: As, room: int) -> None:
    assert send(as_("minh"), room, "riêng tư")[0] == 200
    hang = as_("hang")
    door = hang.get(f"/rooms/{room}").text
    assert "Vào phòng này?" in door and "riêng tư" not in door
    assert hang.get(f"/rooms/{room}/messages", headers=JSON).status_code == 404
    hang.post(f"/rooms/{room}/enter")
    page = hang.get(f"/rooms/{room}").text
    assert "riêng tư" in page and "Giữ trật tự" in page
    assert "Cô Hằng đã vào phòng." in as_("minh").get(f"/rooms/{room}").text


def test_leads_and_officers_find_no_door_to_a_childrens_room(as_: As, room: int) -> None:
    for name in ("muoi", "mai", "bay"):
        assert as_(name).get(f"/rooms/{room}").status_code == 404
        assert as_(name).post(f"/rooms/{room}/enter").status_code == 404


def test_every_act_of_a_teacher_works_by_form(as_: As, room: int, world: World) -> None:
    hang, minh = as_("hang"), as_("minh")
    hang.post(f"/rooms/{room}/mute", data={"user": world["minh"], "minutes": "15", "reason": "Lời lẽ"})
    page = minh.get(f"/rooms/{room}").text
    assert "tạm ngừng viết đến" in page and "Lý do: Lời lẽ" in page and 'name="text"' not in page
    hang.post(f"/rooms/{room}/unmute", data={"user": world["minh"]})
    hang.post(f"/rooms/{room}/hold", data={"on": "1"})
    seqs = [send(minh, room, text)[1]["seq"] for text in ("tin giữ lại", "ba", "bốn")]
    assert "tin giữ lại" not in as_("khoa").get(f"/rooms/{room}").text
    hang.post(f"/rooms/{room}/release", data={"seq": seqs[0]})
    hang.post(f"/rooms/{room}/refuse", data={"seq": seqs[1], "reason": "Không hợp"})
    hang.post(f"/rooms/{room}/hold", data={"on": "0"})
    hang.post(f"/rooms/{room}/hide", data={"seq": seqs[0], "reason": "Không hợp"})
    shown = {m["seq"]: m["status"] for m in minh.get(f"/rooms/{room}/messages", headers=JSON).get_json()["messages"]}
    assert [shown[seq] for seq in seqs] == ["hidden", "hidden", "held"]
    hang.post(f"/rooms/{room}/remove", data={"user": world["khoa"], "reason": "Hỏi số điện thoại"})
    assert as_("khoa").get(f"/rooms/{room}").status_code == 404
    assert "Lý do: Hỏi số điện thoại" in as_("khoa").get("/rooms").text
    assert "Hỏi số điện thoại" not in minh.get(f"/rooms/{room}").text
    hang.post(f"/rooms/{room}/close", data={"reason": "Hết việc"})
    assert "Thầy cô đã đóng phòng này" in minh.get(f"/rooms/{room}").text


def test_an_act_without_a_reason_says_so_on_the_page(as_: As, room: int, world: World) -> None:
    hang = as_("hang")
    hang.post(f"/rooms/{room}/enter")
    response = hang.post(f"/rooms/{room}/remove", data={"user": world["minh"], "reason": " "}, follow_redirects=True)
    assert "Hãy ghi lý do ngắn gọn." in response.text
    assert as_("minh").get(f"/rooms/{room}").status_code == 200


def test_the_session_ends_by_form_with_feedback_from_both(as_: As, room: int) -> None:
    minh, khoa = as_("minh"), as_("khoa")
    assert "Kết thúc và gửi" in khoa.get(f"/rooms/{room}/end").text
    response = khoa.post(f"/rooms/{room}/end", data={"words": "Em làm tốt lắm"})
    assert response.status_code == 422 and "Em làm tốt lắm" in response.text
    minh.post(f"/rooms/{room}/end", data={"felt": "well", "thanks": "y", "words": "Em vào được lớp rồi"})
    page = khoa.get(f"/rooms/{room}/end").text
    assert "Cảm ơn nhiều!" in page and "Em vào được lớp rồi" in page
    khoa.post(f"/rooms/{room}/end", data={"solved": "yes"})
    assert "Mọi người nói gì" in minh.get(f"/rooms/{room}/end").text
    assert "chưa tới một phút" in minh.get(f"/rooms/{room}/end").text


def test_my_rooms_are_listed_with_what_is_new_or_say_that_there_are_none(
    app: Flask, as_: As, room: int, world: World
) -> None:
    send(as_("minh"), room, "Chào anh")
    page = as_("khoa").get("/rooms").text
    assert "Minh, Chị Lan" in page and "1 tin chưa đọc" in page
    as_("khoa").get(f"/rooms/{room}")
    assert "tin chưa đọc" not in as_("khoa").get("/rooms").text
    assert "Chưa có phòng học nào" in as_("bay").get("/rooms").text


@pytest.mark.usefixtures("unhurried")
def test_older_messages_have_their_own_page(app: Flask, as_: As, room: int, world: World) -> None:
    with app.app_context():
        has_said(room, world["minh"], [f"tin thứ {n + 1}." for n in range(130)])
    khoa = as_("khoa")
    page = khoa.get(f"/rooms/{room}").text
    assert "tin thứ 80." not in page and "tin thứ 81." in page and f"/rooms/{room}?before=81" in page
    older = khoa.get(f"/rooms/{room}?before=81").text
    assert "tin thứ 80." in older and 'name="text"' not in older and "Về tin mới nhất" in older


def test_a_page_visit_is_presence_and_leaving_by_form_ends_it(app: Flask, as_: As, room: int) -> None:
    minh = as_("minh")
    minh.get(f"/rooms/{room}")
    with app.app_context():
        assert [seat.user.called_name for seat in presence_queries.present(room)] == ["Minh"]
    assert minh.post(f"/rooms/{room}/leave").location.endswith("/rooms")
    with app.app_context():
        assert presence_queries.present(room) == []


def test_the_pages_speak_english_too(as_: As, room: int) -> None:
    minh = as_("minh")
    minh.set_cookie("language", "en")
    for path in ("/rooms", f"/rooms/{room}", f"/rooms/{room}/end"):
        assert minh.get(path).status_code == 200


@pytest.mark.usefixtures("unhurried")
def test_the_number_of_queries_of_a_page_does_not_grow_with_messages(
    app: Flask, world: World, queries: list[str]
) -> None:
    with app.app_context():
        room = open_adults(world)
    lan = client_of(app, world["lan"])
    lan.get(f"/rooms/{room}")
    queries.clear()
    lan.get(f"/rooms/{room}")
    few = len(queries)
    with app.app_context():
        for _ in range(30):
            messages_commands.post_message(person(world["bay"]), room, new_id(), "Chào")
            messages_commands.post_message(person(world["lan"]), room, new_id(), "Chào chú")
    lan.get(f"/rooms/{room}")
    queries.clear()
    lan.get(f"/rooms/{room}")
    assert len(queries) <= few + 1 <= 40
