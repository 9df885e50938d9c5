"""The picture routes over HTTP: one answer for forms and for scripts, and permission at every fetch."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_adults, open_pair
from tests.safety.pictures import SECRET, photo
from tests.swapped import swapped
from tutoring.kernel.file_storage import FileStorage
from tutoring.web import security

As = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[None]:
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_pair(world)


def send(client: FlaskClient, room: int, data: bytes | None = None, headers: Any = JSON, **more: str) -> Any:
    fields = {"client_id": new_id(), "text": "", **more}
    sent = photo() if data is None else data
    return client.post(
        f"/rooms/{room}/pictures", data={**fields, "file": (io.BytesIO(sent), "anh.jpg")}, headers=headers
    )


def newest(client: FlaskClient, room: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/rooms/{room}/messages", headers=JSON).get_json()["messages"][-1]
    return found


@pytest.mark.full
def test_a_script_sends_a_picture_and_is_told_that_it_waits(as_: As, room: int) -> None:
    answer = send(as_("khoa"), room, text="Nút này")
    assert answer.status_code == 200
    assert {**answer.get_json(), "say": ""} == {"ok": True, "seq": 1, "status": "held", "say": ""}
    assert newest(as_("khoa"), room)["picture"]["url"].startswith(f"/rooms/{room}/pictures/")
    seen = newest(as_("minh"), room)
    assert seen["picture"] is None and seen["text"] is None and seen["status"] == "held"


def test_a_released_picture_is_fetched_by_the_room_and_by_nobody_else(as_: As, room: int) -> None:
    send(as_("khoa"), room)
    url = newest(as_("khoa"), room)["picture"]["url"]
    waits = {name: as_(name).get(url, headers=JSON) for name in ("khoa", "hang", "minh", "lan", "an", "bay", "mai")}
    assert {name: answer.status_code for name, answer in waits.items()} == {
        "khoa": 200, "hang": 200, "minh": 404, "lan": 404, "an": 404, "bay": 404, "mai": 404,
    }  # fmt: skip
    nowhere = as_("minh").get(f"/rooms/{room}/pictures/999999", headers=JSON)
    assert waits["minh"].data == nowhere.data == waits["an"].data
    as_("hang").post(f"/rooms/{room}/release", data={"seq": 1})
    answer = as_("minh").get(url)
    assert answer.status_code == 200 and answer.data[:4] == b"RIFF" and SECRET not in answer.data
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer.headers["Cache-Control"]
    as_("hang").post(f"/rooms/{room}/hide", data={"seq": 1, "reason": "Có thông tin riêng"})
    assert {as_(name).get(url).status_code for name in ("khoa", "minh", "hang")} == {404}


def test_a_picture_whose_file_is_gone_is_missing(as_: As, room: int, tmp_path: Path) -> None:
    send(as_("khoa"), room)
    url = newest(as_("khoa"), room)["picture"]["url"]
    for file in (tmp_path / "media").rglob("*"):
        if file.is_file():
            file.unlink()
    assert as_("khoa").get(url).status_code == 404


def test_a_page_without_scripts_sends_a_picture_and_says_what_is_wrong(as_: As, room: int) -> None:
    khoa = as_("khoa")
    page = khoa.get(f"/rooms/{room}").text
    assert 'enctype="multipart/form-data"' in page and 'href="#picture"' in page
    answer = send(khoa, room, headers={}, text="Nút này")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"/rooms/{room}#newest")
    page = khoa.get(f"/rooms/{room}").text
    assert "Đang chờ người trực xem trước khi gửi." in page and 'alt="Nút này"' in page
    answer = send(khoa, room, b"<svg/>", headers={})
    assert answer.status_code == 302 and answer.headers["Location"].endswith("#picture")
    assert "Chỉ gửi được ảnh JPEG, PNG hoặc WEBP" in khoa.get(f"/rooms/{room}").text
    assert send(khoa, room, b"", headers={}).status_code == 302
    assert "Hãy chọn một ảnh trước khi gửi." in khoa.get(f"/rooms/{room}").text


def test_a_new_pupil_finds_no_button_for_pictures(as_: As, room: int) -> None:
    assert 'href="#picture"' not in as_("minh").get(f"/rooms/{room}").text
    answer = send(as_("minh"), room)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "refused")


@pytest.mark.full
def test_the_teacher_sees_a_picture_at_the_desk_and_on_its_own_page(as_: As, room: int) -> None:
    send(as_("khoa"), room)
    url = newest(as_("khoa"), room)["picture"]["url"]
    hang = as_("hang")
    assert f'src="{url}"' in hang.get("/desk").text
    assert f'src="{url}"' in hang.get(f"/rooms/{room}/messages/1").text
    assert "Em Khoa gửi ảnh" in hang.get("/desk").text


@pytest.mark.full
def test_among_adults_a_picture_is_seen_at_once(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_adults(world)
    assert send(as_("bay"), room).get_json()["status"] == "sent"
    assert as_("lan").get(newest(as_("lan"), room)["picture"]["url"]).status_code == 200


def test_only_the_picture_route_takes_more_than_other_pages_and_only_so_much(as_: As, room: int) -> None:
    khoa = as_("khoa")
    assert send(khoa, room, b"\xff" * (2 * 2**20)).status_code == 422
    answer = send(khoa, room, b"\xff" * (9 * 2**20))
    assert (answer.status_code, answer.get_json()["error"]) == (413, "too_long")
    large = khoa.post(f"/rooms/{room}/messages", data={"text": "x" * 70_000}, headers=JSON)
    assert large.status_code == 413
    many = khoa.post(f"/rooms/{room}/pictures", data={"text": "x" * 70_000}, headers=JSON)
    assert many.status_code == 413


@pytest.mark.parametrize(
    "filling",
    some(b"\r\n", rest=[b"\r", b"\n", b"\0"]),
)
def test_a_picture_comes_through_whatever_its_bytes_are(as_: As, room: int, filling: bytes) -> None:
    """What might begin the end of the form, at the end of each piece in which it is read."""
    assert send(as_("khoa"), room, photo() + filling * (300_000 // len(filling))).status_code == 200


def test_nobody_signed_in_cannot_even_send_the_bytes(client: FlaskClient, room: int) -> None:
    assert send(client, room, b"\xff" * (2 * 2**20)).status_code in (401, 413)


def test_a_view_that_takes_files_is_known_to_the_limits(app: Flask) -> None:
    marked = {name for name, view in app.view_functions.items() if hasattr(view, "most_bytes")}
    assert marked == {
        "rooms.send_picture", "rooms.send_voice_note", "pairing.add_picture", "pairing.add_voice_note", "pairing.ask",
        "pairing.speak_answer",
        "community.imports",
        "devices.add_picture",
        "devices.new_batch", "community.class_list", "lessons.step_recordings", "lessons.write_lesson",
        "lessons.write_step", "lessons.keep_form", "lessons.write_quiz", "lessons.keep_quiz",
        "site_setup.identity", "site_setup.name_site",
    }  # fmt: skip
    assert app.config["MAX_CONTENT_LENGTH"] == 64 * security.KIB
