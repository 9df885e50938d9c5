"""The voice note of a waiting request: who records and hears it, its way into the room, its end."""

import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, at, request
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.pairing.erasure import forget_person
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import voice_notes
from tutoring.pairing.requests.models import RequestVoiceNote, voice_note_of
from tutoring.policy.pairing.offers import FIRST_WORD_WITHIN
from tutoring.policy.pairing.requests import may_add_voice_note
from tutoring.rooms.models import Message, VoiceNote
from tutoring.safety import sound_sanitizer
from tutoring.safety.sound_sanitizer import WORKER, Sound

As = Callable[[str], FlaskClient]
SOUND = Sound(b"OggS-opus", b"\xff\xf1-aac", 12_400, bytes(range(48)))


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    def sanitize(data: bytes, note: bool) -> Sound:
        if data != b"spoken":
            raise WORKER.refused("type")
        return SOUND

    monkeypatch.setattr(sound_sanitizer, "sanitize", sanitize)


def add(world: World, asked: int, name: str = "minh") -> None:
    voice_notes.add_voice_note(person(world[name]), asked, b"spoken")


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


def test_the_own_side_alone_hears_it(as_: As, world: World, app: Flask) -> None:
    with app.app_context():
        asked = ask(world)
    minh, page = as_("minh"), f"/requests/{asked}"
    shown = minh.get(page)
    assert 'id="recorder"' in shown.text and "microphone=(self)" in shown.headers["Permissions-Policy"]
    assert 'id="recorder"' not in as_("lan").get(page).text
    refused = minh.post(f"{page}/voice-note", data={"file": (io.BytesIO(b"PK"), "a")}, follow_redirects=True)
    assert "chỉ nhận bản thu tiếng" in refused.text
    json = {"Accept": "application/json"}
    assert minh.post(f"{page}/voice-note", data={"file": (io.BytesIO(b"spoken"), "a")}, headers=json).get_json()["ok"]
    assert f"{page}/voice-note.ogg" in minh.get(page).text
    assert as_("lan").get(f"{page}/voice-note.aac").data == SOUND.aac
    for stranger in ("khoa", "an", "hang"):
        assert as_(stranger).get(f"{page}/voice-note.ogg").status_code == 404
    assert minh.get(f"{page}/voice-note.wav").status_code == 404
    assert "voice-note.ogg" not in minh.post(f"{page}/voice-note/remove", follow_redirects=True).text
    assert minh.get(f"{page}/voice-note.ogg").status_code == 404
