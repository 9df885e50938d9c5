"""An answer that is spoken: among adults only, heard by the learner's side, erased with the words."""

import io
import re
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
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.pairing.fallbacks import spoken_answers
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.requests.models import SpokenAnswer
from tutoring.policy.pairing.fallbacks import LATER_AFTER, may_speak_answer
from tutoring.privacy import data_export

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    without_worker(monkeypatch)


def owed(world: World, name: str = "lan") -> int:
    """A request that nobody took at once."""
    asked = ask(world, name)
    at(clock.now() + timedelta(minutes=LATER_AFTER, seconds=1))
    return asked


def speak(world: World, asked: int) -> None:
    spoken_answers.speak_answer(person(world["hang"]), asked, SPOKEN)


def sounds() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(SpokenAnswer)) or 0


def test_an_answer_is_spoken_among_adults_alone(inside: World) -> None:
    assert [may_speak_answer(*minors) for minors in ((False, False), (True, False), (False, True))] == [
        True,
        False,
        False,
    ]
    asked = owed(inside, "minh")
    with pytest.raises(NotFound):
        speak(inside, asked)
    assert request(asked).stage == "waiting"


def test_it_stands_as_the_one_answer_and_goes_with_its_words(inside: World) -> None:
    asked = owed(inside)
    speak(inside, asked)
    [answer] = queries.answers_to(asked)
    assert (request(asked).stage, answer.words, sounds()) == ("answered", "Tin thoại 0:12", 1)
    with pytest.raises(Conflict):
        speak(inside, asked)
    for name, count in (("hang", 1), ("lan", 0)):
        db.session.rollback()
        file, _size = data_export.make(inside[name], for_guardian=False)
        with zipfile.ZipFile(file_storage.path_of(file)) as archive:
            assert sum(one.startswith("spoken_answer/") for one in archive.namelist()) == count
    requests_commands.forget_words(inside["hang"])
    assert sounds() == 0


def test_it_is_sent_from_the_page_and_heard_on_the_request_s(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked, of_a_minor = owed(world), owed(world, "minh")
    hang, page = as_("hang"), f"/requests/{asked}"
    assert 'id="recorder"' not in hang.get(f"/requests/{of_a_minor}/write").text
    shown = hang.get(f"{page}/write")
    assert 'id="recorder"' in shown.text and "microphone=(self)" in shown.headers["Permissions-Policy"]
    refused = hang.post(f"{page}/write/spoken", data={"file": (io.BytesIO(b"PK"), "a")}, follow_redirects=True)
    assert "chỉ nhận bản thu tiếng" in refused.text
    sent = {"data": {"file": (io.BytesIO(SPOKEN), "a")}, "headers": {"Accept": "application/json"}}
    assert hang.post(f"{page}/write/spoken", **sent).get_json() == {"ok": True, "to": "/helping"}
    lan = as_("lan").get(page).text
    assert f"{page}/answers/1.ogg" in lan and "đã trả lời bằng tin thoại" in lan and "player.js" in lan
    assert as_("lan").get(f"{page}/answers/1.m4a").data == SOUND.aac
    gone = [as_("khoa").get(f"{page}/answers/1.ogg"), as_("lan").get(f"{page}/answers/1.mp3")]
    assert [one.status_code for one in gone] == [404, 404]


def test_who_hears_it_reports_it_and_who_decides_hears_it_meanwhile(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked = owed(world)
        speak(world, asked)
    page, sound, here = f"/requests/{asked}", f"/requests/{asked}/answers/1.ogg", "/report/reply/1"
    shown = as_("lan").get(here).text
    assert here in as_("lan").get(page).text and "Báo câu trả lời của" in shown and f'href="{page}"' in shown
    assert [as_(name).get(here).status_code for name in ("hang", "khoa", "quang")] == [404, 404, 404]
    assert as_("quang").get(sound).status_code == 404
    assert as_("lan").post(here, data={"what": "other", "words": "Lời nói khó nghe"}).status_code == 303
    [case] = set(re.findall(r"/desk/cases/\d+", as_("quang").get("/desk").text))
    shown = as_("quang").get(case).text
    assert sound in shown and "player.js" in shown and "Câu trả lời cho một yêu cầu" in shown
    assert as_("quang").get(sound).data == SOUND.opus
    assert [as_(name).get(sound).status_code for name in ("khoa", "bay", "muoi")] == [404, 404, 404]
    decided = as_("quang").post(f"{case}/decide", data={"outcome": "none", "words": "Đã nghe.", "reply": "Cảm ơn bạn."})
    assert decided.status_code == 302
    assert as_("quang").get(sound).status_code == 404
