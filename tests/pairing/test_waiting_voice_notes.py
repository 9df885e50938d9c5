"""The voice note of a waiting request: who records and hears it, its way into the room, its end."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, at, request
from tests.safety.sounds import SOUND, SPOKEN, without_worker
from tutoring.kernel import clock, file_storage
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound, RateLimited
from tutoring.notifications.models import Notice
from tutoring.pairing.erasure import forget_person
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import voice_notes
from tutoring.pairing.requests.models import RequestVoiceNote, voice_note_of
from tutoring.policy.pairing.offers import FIRST_WORD_WITHIN
from tutoring.policy.pairing.requests import may_add_voice_note
from tutoring.privacy import data_export
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, VoiceNote
from tutoring.rooms.voice_notes import queries as rooms_voice_notes

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    without_worker(monkeypatch)


def add(world: World, asked: int, name: str = "minh") -> None:
    voice_notes.add_voice_note(person(world[name]), asked, SPOKEN)


def notes() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(RequestVoiceNote)) or 0


def test_for_a_minor_only_who_learns_speaks() -> None:
    assert may_add_voice_note(True, True) and not may_add_voice_note(True, False) and may_add_voice_note(False, False)


def test_a_note_goes_into_the_room_of_its_request_and_waits_there(inside: World) -> None:
    asked = ask(inside)
    add(inside, asked)
    add(inside, asked)  # in place of the first
    assert notes() == 1
    offers_commands.claim(person(inside["khoa"]), asked)
    with pytest.raises(Conflict):
        add(inside, asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    at(clock.now())
    own = sa.select(Message).where(Message.author_id == inside["minh"]).order_by(Message.seq)
    _words, posted = db.session.scalars(own).all()
    assert (posted.status, posted.held_for, posted.text) == ("held", "voice", "Tin thoại 0:12")
    copy = db.session.scalars(sa.select(VoiceNote)).one()
    assert copy.message_id == posted.id and (copy.opus, copy.aac, copy.peaks) == (SOUND.opus, SOUND.aac, SOUND.peaks)
    at(clock.now() + FIRST_WORD_WITHIN * 2)
    assert request(asked).stage == "waiting" and notes() == 1  # nobody wrote there: a note that was brought is no word


def opened(world: World) -> int:
    """A request whose room has just opened, with a note on its way there."""
    asked = ask(world)
    add(world, asked)
    offers_commands.claim(person(world["khoa"]), asked)
    requests_commands.answer(person(world["minh"]), asked, "accept")
    return asked


def brought() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(VoiceNote)) or 0


def test_a_note_that_comes_too_quickly_is_brought_later(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise RateLimited("", retry_after=10)

    opened(inside)
    with monkeypatch.context() as patch:
        patch.setattr(messages_commands, "post_message", refuse)
        at(clock.now())
    assert brought() == 0
    at(clock.now() + timedelta(minutes=2))
    assert brought() == 1


def test_the_author_of_a_note_that_the_room_refuses_is_told(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(inside)
    monkeypatch.setattr(rooms_voice_notes, "VOICE_NOTES", lambda: False)
    at(clock.now())
    told = sa.select(Notice.user_id).where(Notice.say.contains("chưa vào được phòng học"))
    assert brought() == 0 and db.session.scalars(told).all() == [inside["minh"]]


def test_a_guardians_copy_has_no_waiting_note(inside: World) -> None:
    add(inside, ask(inside))
    db.session.rollback()
    for for_guardian in (False, True):
        name, _size = data_export.make(inside["minh"], for_guardian)
        with zipfile.ZipFile(file_storage.path_of(name)) as archive:
            kept = [one for one in archive.namelist() if one.startswith("waiting_voice_note/")]
            assert len(kept) == (0 if for_guardian else 1)
            rows = json.loads(archive.read("data.json"))["data"].get("waiting_voice_note", [])
            assert len(rows) == len(kept)


def test_with_the_end_of_a_request_or_account_its_note_is_forgotten(inside: World) -> None:
    first = ask(inside)
    add(inside, first)
    requests_commands.cancel(person(inside["minh"]), first)
    assert notes() == 0
    add(inside, ask(inside))
    forget_person(inside["minh"])
    assert notes() == 0


def test_others_and_a_guardian_in_a_childs_place_add_none(inside: World) -> None:
    asked = ask(inside)
    with pytest.raises(NotFound):
        add(inside, asked, "khoa")
    with pytest.raises((NotFound, Forbidden)):
        add(inside, asked, "lan")
    assert voice_note_of(asked) is None


def test_of_a_minors_request_only_who_spoke_hears_it_and_takes_it_back(as_: As, world: World, app: Flask) -> None:
    with app.app_context():
        asked = ask(world)
    minh, page = as_("minh"), f"/requests/{asked}"
    shown = minh.get(page)
    assert 'id="recorder"' in shown.text and "microphone=(self)" in shown.headers["Permissions-Policy"]
    assert 'id="recorder"' not in as_("lan").get(page).text
    refused = minh.post(f"{page}/voice-note", data={"file": (io.BytesIO(b"PK"), "a")}, follow_redirects=True)
    assert "chỉ nhận bản thu tiếng" in refused.text
    json = {"Accept": "application/json"}
    assert minh.post(f"{page}/voice-note", data={"file": (io.BytesIO(SPOKEN), "a")}, headers=json).get_json()["ok"]
    assert f"{page}/voice-note.ogg" in minh.get(page).text
    assert minh.get(f"{page}/voice-note.m4a").data == SOUND.aac
    assert "voice-note" not in as_("lan").get(page).text  # a guardian may be what the note is about
    as_("lan").post(f"{page}/voice-note/remove")
    for stranger in ("lan", "khoa", "an", "hang"):
        assert as_(stranger).get(f"{page}/voice-note.ogg").status_code == 404
    assert minh.get(f"{page}/voice-note.wav").status_code == 404
    assert "voice-note.ogg" not in minh.post(f"{page}/voice-note/remove", follow_redirects=True).text
    assert minh.get(f"{page}/voice-note.ogg").status_code == 404
