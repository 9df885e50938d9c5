"""The routes of voice notes over HTTP: form and script, ranges, and permission at each fetch."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.rooms.conftest import new_id, open_adults, open_pair
from tests.safety.sounds import SPOKEN, without_worker
from tutoring.kernel.db import db
from tutoring.moderation.models import Case
from tutoring.safety.sound_sanitizer import Sound

As = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}
SOUND = Sound(b"OggS" + bytes(996), b"\xff\xf1" + bytes(1998), 12_400, bytes(range(48)))


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    without_worker(monkeypatch, SOUND)


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_pair(world)


def send(client: FlaskClient, room: int, data: bytes = SPOKEN, headers: Any = JSON) -> Any:
    fields = {"client_id": new_id(), "file": (io.BytesIO(data), "tin")}
    return client.post(f"/rooms/{room}/voice-notes", data=fields, headers=headers)


def first(client: FlaskClient, room: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/rooms/{room}/messages", headers=JSON).get_json()["messages"][0]
    return found


def test_a_script_sends_a_note_and_is_told_that_it_waits(as_: As, room: int) -> None:
    answer = send(as_("minh"), room).get_json()
    assert (answer["ok"], answer["seq"], answer["status"]) == (True, 1, "held") and "nghe" in answer["say"]
    assert first(as_("minh"), room)["voice"]["time"] == "0:12"
    assert "voice" not in first(as_("khoa"), room)


def test_the_page_without_scripts_sends_a_file_and_says_why_one_is_refused(as_: As, room: int) -> None:
    page = as_("minh").get(f"/rooms/{room}/voice-notes")
    assert 'type="file"' in page.text and "Người trực nghe trước" in page.text
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    refused = send(as_("minh"), room, b"PK", {})
    assert refused.status_code == 422 and "chỉ nhận bản thu tiếng" in refused.text
    assert send(as_("minh"), room, headers={}).headers["Location"].endswith(f"/rooms/{room}#newest")
    shown = as_("minh").get(f"/rooms/{room}").text
    assert shown.count("<audio controls") == 1 and "voice-notes.css" in shown


def test_who_may_send_none_sees_no_button_and_no_page(as_: As, room: int) -> None:
    for name in ("khoa", "lan"):
        assert 'id="add-voice"' not in as_(name).get(f"/rooms/{room}").text
        assert as_(name).get(f"/rooms/{room}/voice-notes").status_code == 404
        assert send(as_(name), room).status_code == 403
    page = as_("minh").get(f"/rooms/{room}")
    assert 'id="add-voice"' in page.text and "microphone=(self)" in page.headers["Permissions-Policy"]
    assert "voice-notes.css" not in page.text


def test_a_watcher_hears_at_the_desk_and_only_then_lets_it_through(as_: As, room: int) -> None:
    send(as_("minh"), room)
    url = first(as_("minh"), room)["voice"]["url"]
    desk = as_("hang").get("/desk").text
    assert f"{url}.ogg" in desk and f"{url}.m4a" in desk
    as_("hang").post(f"/rooms/{room}/release", data={"seq": 1})
    assert first(as_("khoa"), room)["status"] == "held"
    assert {as_(name).get(f"{url}.ogg").status_code for name in ("khoa", "lan", "an", "bay", "mai")} == {404}
    as_("hang").head(f"{url}.ogg")
    assert as_("hang").get(f"{url}.ogg", headers={"Range": "bytes=0-99"}).status_code == 206
    as_("hang").post(f"/rooms/{room}/release", data={"seq": 1})
    assert first(as_("khoa"), room)["status"] == "held"  # the first bytes are not the note
    assert as_("hang").get(f"{url}.m4a", headers={"Range": "bytes=0-"}).data == SOUND.aac
    as_("hang").post(f"/rooms/{room}/release", data={"seq": 1})
    assert first(as_("khoa"), room)["voice"]["url"] == url
    assert as_("khoa").get(f"{url}.ogg").data == SOUND.opus


def test_a_note_is_fetched_in_ranges_once_and_asked_for_each_time(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_adults(world)
    send(as_("bay"), room)
    url = first(as_("lan"), room)["voice"]["url"] + ".ogg"
    whole = as_("lan").get(url)
    assert whole.headers["Content-Type"] == "audio/ogg" and whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole.headers["Cache-Control"] == "private, no-cache"
    part = as_("lan").get(url, headers={"Range": "bytes=4-99"})
    assert part.status_code == 206 and part.data == SOUND.opus[4:100]
    assert as_("lan").get(url, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    as_("bay").post(f"/rooms/{room}/messages/1/withdraw")
    assert as_("lan").get(url, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 404


def test_the_page_of_a_note_has_its_player_and_no_form_to_edit_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_adults(world)
    send(as_("bay"), room)
    page = as_("bay").get(f"/rooms/{room}/messages/1").text
    assert "<audio controls" in page and "/messages/1/edit" not in page and "player.js" in page
    copy = as_("bay").get(f"/rooms/{room}/export").text
    assert "Tin thoại 0:12" in copy


def test_the_page_of_a_case_plays_the_note_to_who_decides_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_adults(world)
    send(as_("bay"), room)
    url = first(as_("lan"), room)["voice"]["url"]
    as_("lan").post(f"/report/message/{room}/1", data={"what": "scared"})
    with app.app_context():
        case = db.session.scalars(sa.select(Case.id)).one()
    page = as_("muoi").get(f"/desk/cases/{case}").text
    assert f"{url}.ogg" in page and "player.js" in page and "voice-notes.css" in page
    assert as_("muoi").get(f"{url}.ogg").data == SOUND.opus


def test_nobody_signed_in_cannot_even_send_the_bytes(client: FlaskClient, room: int) -> None:
    assert send(client, room, b"\xff" * (2 * 2**20)).status_code in (401, 413)
