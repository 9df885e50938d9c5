"""Drawing over pictures over HTTP: one answer for scripts, a page without any, and nothing for who may not see."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_adults, open_pair
from tests.rooms.test_picture_views import JSON, newest, send
from tests.safety.pictures import photo
from tests.swapped import swapped
from tutoring.kernel.file_storage import FileStorage
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.pictures import commands as pictures_commands

As = Callable[[str], FlaskClient]
SPOT = {"kind": "circle", "at": [500, 500], "radius": 80}


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[None]:
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield


@pytest.fixture
def url(app: Flask, world: World, as_: As) -> str:
    """Where Bảy's picture in the room of adults is marked."""
    with app.app_context():
        room = open_adults(world)
    send(as_("bay"), room)
    return str(newest(as_("bay"), room)["picture"]["url"]) + "/marks"


def room_of(url: str) -> str:
    return url.split("/pictures")[0]


def draw(client: FlaskClient, url: str, *shapes: Any, client_id: Any = None) -> Any:
    sent = {"client_id": client_id or new_id(), "shapes": list(shapes) or [SPOT]}
    return client.post(url, json=sent, headers=JSON)


def form(kind: str, place: str = "2", **more: str) -> dict[str, str]:
    return {"client_id": new_id(), "kind": kind, "place": place, "number": "", "text": "", **more}


def test_a_script_draws_and_the_others_page_shows_layer_and_words(as_: As, url: str) -> None:
    answer = draw(as_("lan"), url, SPOT, {"kind": "arrow", "from": [500, 500], "to": [900, 100]})
    assert (answer.status_code, answer.get_json()["ok"]) == (200, True)
    page = as_("bay").get(room_of(url)).text
    assert "Chị Lan đánh dấu: khoanh tròn ở giữa; mũi tên chỉ vào góc trên bên phải." in page
    layer = re.search(r'<svg class="marks" id="layer-\d+" viewBox="0 0 120 90" aria-hidden="true".*?</svg>', page)
    assert layer is not None and layer[0].count('class="halo"') == layer[0].count('class="line"') == 2
    assert f'href="{url}" data-draw' in page
    assert 'class="theirs"' in layer[0]
    own = as_("lan").get(room_of(url)).text
    assert "Bạn đánh dấu: khoanh tròn ở giữa" in own and 'class="theirs"' not in own


def test_other_json_is_refused(as_: As, url: str) -> None:
    lan = as_("lan")
    for sent in ([], "x", 5, None, {}, {"client_id": new_id()}, {"shapes": [SPOT]}):
        answer = lan.post(url, json=sent, headers=JSON)
        assert answer.status_code == 422 and not answer.get_json()["ok"], sent


def test_a_refusal_says_what_is_wrong(as_: As, url: str) -> None:
    answer = draw(as_("lan"), url, {"kind": "text", "at": [1, 1], "text": "Gọi 0912345678"})
    assert (answer.status_code, answer.get_json()["error"]) == (422, "private")
    assert "số" in answer.get_json()["say"]
    answer = draw(as_("lan"), url, *([SPOT] * 21))
    assert answer.get_json()["say"] == "Mỗi lần gửi được nhiều nhất 20 hình."


def test_what_is_written_on_a_picture_is_text_and_nothing_else(as_: As, url: str) -> None:
    draw(as_("lan"), url, {"kind": "text", "at": [500, 500], "text": "</text><script>1</script>"})
    for page in (as_("bay").get(room_of(url)).text, as_("bay").get(url).text):
        assert "<script>1" not in page and "&lt;/text&gt;&lt;script&gt;1&lt;/script&gt;" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    some(
        (form("arrow"), "mũi tên chỉ vào góc trên bên phải"),
        (form("number", "3", number="7"), "số 7 ở bên trái"),
        rest=[
            (form("arrow", "4"), "mũi tên chỉ vào giữa"),
            (form("circle", "6"), "khoanh tròn ở góc dưới bên trái"),
            (form("text", "7", text=" Bấm vào đây "), "chữ “Bấm vào đây” ở phía dưới"),
        ],
    ),
)
def test_a_page_without_scripts_draws_one_mark_at_a_time(as_: As, url: str, fields: dict[str, str], words: str) -> None:
    lan = as_("lan")
    page = lan.get(url).text
    assert "Chưa có hình nào trên ảnh này." in page and 'name="kind"' in page and 'name="place"' in page
    for _ in range(2):  # sent twice it is one
        answer = lan.post(url, data=fields)
        assert answer.status_code == 302 and answer.headers["Location"] == url
    page = lan.get(url).text
    assert page.count(f"<p>Bạn đánh dấu: {words}.</p>") == 1
    assert f"Chị Lan đánh dấu: {words}." in as_("bay").get(url).text


WRONG = [
    (form("number"), "Số đánh dấu từ 1 đến 20."),
    (form("number", number="x"), "Số đánh dấu từ 1 đến 20."),
    (form("number", number="9" * 5000), "Số đánh dấu từ 1 đến 20."),
    (form("number", number="²"), "Số đánh dấu từ 1 đến 20."),
    (form("text"), "Hãy viết vài chữ trước."),
    (form("text", text="x" * 41), "Chữ trên ảnh dài quá 40 ký tự."),
    (form("text", text="Gọi 0912345678"), "số điện thoại"),
    (form("line"), "Thông tin chưa đúng."),
    (form("arrow", "9"), "Thông tin chưa đúng."),
    (form("arrow", "-1"), "Thông tin chưa đúng."),
    ({"kind": "arrow", "place": "1"}, "Thông tin chưa đúng."),
]


def test_what_is_wrong_is_said_and_what_was_typed_stays(as_: As, url: str) -> None:
    lan = as_("lan")
    for fields, said in WRONG:
        answer = lan.post(url, data=fields)
        assert answer.status_code == 422 and said in answer.text, fields
        if fields.get("text"):
            assert f'value="{fields["text"]}"' in answer.text
        assert "Chưa có hình nào trên ảnh này." in lan.get(url).text, fields


@pytest.mark.full
def test_the_author_takes_back_and_a_watcher_hides_with_a_reason(as_: As, url: str) -> None:
    one, two = (draw(as_("lan"), url).get_json()["marks"] for _ in range(2))
    page = as_("lan").get(url).text
    assert page.count("/take-back") == 2 and "/hide" not in page
    assert "/take-back" not in as_("bay").get(url).text
    assert as_("bay").post(f"{url}/{one}/take-back").status_code == 404
    assert as_("lan").post(f"{url}/{one}/take-back").headers["Location"] == url
    muoi = as_("muoi")
    assert muoi.post(f"{room_of(url)}/enter").status_code == 302
    page = muoi.get(url).text
    assert f"{url}/{two}/hide" in page and "/take-back" not in page
    assert muoi.post(f"{url}/{two}/hide", data={"reason": ""}, headers=JSON).status_code == 422
    assert muoi.post(f"{url}/{two}/hide", data={"reason": "Lời lẽ chưa phù hợp"}).status_code == 302
    assert as_("lan").post(f"{url}/{one}/hide", data={"reason": "Sai chỗ"}, headers=JSON).status_code == 404
    assert "Chưa có hình nào trên ảnh này." in as_("bay").get(url).text


def test_nobody_sees_marks_whose_picture_they_may_not_see(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    send(as_("khoa"), room)
    url = newest(as_("khoa"), room)["picture"]["url"] + "/marks"
    text = "Nút màu xanh lá"
    draw(as_("khoa"), url, {"kind": "text", "at": [500, 500], "text": text})
    nowhere = f"/rooms/{room}/pictures/999999/marks"
    for name in ("minh", "lan", "an", "bay", "mai"):
        client = as_(name)
        assert client.get(url, headers=JSON).data == client.get(nowhere, headers=JSON).data
        assert draw(client, url).get_json()["error"] == "missing"
        assert text not in client.get(f"/rooms/{room}", follow_redirects=True).text
    assert text in as_("khoa").get(f"/rooms/{room}").text
    hang = as_("hang")
    for path in ("/desk", f"/rooms/{room}/messages/1", url):  # who decides on the picture sees what was drawn on it
        assert text in hang.get(path).text
    hang.post(f"/rooms/{room}/release", data={"seq": 1})
    assert text in as_("minh").get(f"/rooms/{room}").text
    hang.post(f"/rooms/{room}/hide", data={"seq": 1, "reason": "Có thông tin riêng"})
    for name in ("khoa", "minh", "hang"):
        assert text not in as_(name).get(f"/rooms/{room}").text
        assert as_(name).get(url).status_code == 404


def test_a_page_says_why_nobody_draws_now(as_: As, url: str) -> None:
    draw(as_("lan"), url)
    muoi = as_("muoi")
    muoi.post(f"{room_of(url)}/hold", data={"on": "1"})
    answer = draw(as_("lan"), url)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "held")
    page = as_("lan").get(url).text
    assert "Thầy cô đang xem từng tin trong phòng này" in page and 'name="kind"' not in page
    talk = as_("lan").get(room_of(url)).text
    assert "data-draw" not in talk and "Xem các hình đánh dấu" in talk
    muoi.post(f"{room_of(url)}/hold", data={"on": "0"})
    muoi.post(f"{room_of(url)}/close", data={"reason": "Hết giờ"})
    assert draw(as_("lan"), url).get_json()["error"] == "closed"
    assert "Buổi học đã kết thúc nên không vẽ thêm được." in as_("lan").get(url).text


@pytest.mark.full
def test_the_tools_come_with_the_marks_page_alone(as_: As, url: str) -> None:
    assert 'id="mark-tools"' in as_("lan").get(url).text
    talk = as_("lan").get(room_of(url)).text
    assert "mark-tools" not in talk and not re.search(r'(src|href)="[^"]*rooms/pictures/annotations\.js', talk)


@pytest.mark.full
def test_what_the_marks_page_costs(as_: As, url: str, queries: list[str]) -> None:
    lan = as_("lan")
    for _ in range(3):
        draw(lan, url)
    lan.get(url)
    queries.clear()
    assert lan.get(url).status_code == 200
    asked = [statement for statement in queries if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
    assert len(asked) <= 12, "\n".join(asked)


@pytest.mark.full
def test_the_page_and_the_script_say_that_words_of_risk_wait(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        moderation_commands.enter_as_observer(person(world["hang"]), room)
        pictures_commands.take_picture(person(world["hang"]), room, new_id(), photo())
    khoa = as_("khoa")
    url = str(newest(khoa, room)["picture"]["url"]) + "/marks"
    answer = khoa.post(url, data=form("text", "4", text="Đừng kể mẹ nhé"), follow_redirects=True)
    assert "Thầy cô trực đang xem" in answer.text
    answer = draw(khoa, url, {"kind": "text", "at": [500, 500], "text": "Gửi ảnh em đi"})
    assert (answer.status_code, answer.get_json()["error"]) == (409, "waits")
