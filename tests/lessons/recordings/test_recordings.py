"""Teachers record sentences, a second person releases them, and a step plays once all its sentences are released."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tests.safety.sounds import recorded
from tutoring.accounts.erasure import erase_account
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.content import Step
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals.models import LessonEditor
from tutoring.lessons.recordings import commands, jobs, queries
from tutoring.lessons.recordings.models import SentenceRecording, StepRecording
from tutoring.safety import sound_sanitizer
from tutoring.safety.sound_sanitizer import Sound
from tutoring.web import visitor_cache

SLUG = "vao-lop"
PAGE = f"/writing/recordings/{SLUG}/1"
TEACHER = frozenset({"teacher"})


@pytest.fixture(scope="module")
def sound() -> Sound:
    return sound_sanitizer.sanitize(recorded(0.5, 0.2))


@pytest.fixture
def editor(app: Flask, world: World, small: Loads) -> Iterator[int]:
    """Hằng and Quang are lesson editors; both may record too."""
    with app.app_context():
        proposals_commands.name_editor(person(world["quang"]), world["hang"], True)
        with db.session.begin_nested():  # no coordinator names themself, and there is one coordinator here
            db.session.add(LessonEditor(user_id=world["quang"]))
        db.session.commit()
    visitor_cache.forget()
    yield world["hang"]
    visitor_cache.forget()


def step() -> queries.ReadStep:
    return queries.read_step(SLUG, 1, "vi")


def record(world: World, who: str, sound: Sound, sentences: slice = slice(None)) -> list[int]:
    """Records sentences of the first step; returns the ids."""
    actor, here = person(world[who]), step()
    return [
        commands.record_sentence(actor, TEACHER, SLUG, here.step_id, "vi", one.digest, sound).id
        for one in here.sentences[sentences]
    ]


def decide(world: World, who: str, ids: list[int], release: bool = True, note: str = "") -> int:
    held = TEACHER if who == "hang" else frozenset({"coordinator"})
    return commands.decide_recordings(person(world[who]), held, SLUG, step().step_id, "vi", ids, release, note)


def audio(page: str) -> list[str]:
    return re.findall(r'<source src="(/lessons/[^"]+)"', page)


def test_a_step_plays_once_every_sentence_is_released_by_another_person(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    client = app.test_client()
    with app.app_context():
        ids = record(world, "hang", sound)
        assert len(ids) > 1
        with pytest.raises(Conflict):
            decide(world, "hang", ids)  # never one's own
        assert decide(world, "quang", ids[:1]) == 1 and not commands.join_step(SLUG, 1, "vi")
        assert decide(world, "quang", ids) == len(ids) - 1 and commands.join_step(SLUG, 1, "vi")
    visitor_cache.forget()
    opus, aac = audio(client.get(f"/lessons/{SLUG}/1").text)
    for address, kind in ((opus, "audio/ogg"), (aac, "audio/aac")):
        answer = client.get(address, headers={"Range": "bytes=0-3"})
        assert (answer.status_code, answer.mimetype, len(answer.data)) == (206, kind, 4)
    assert client.get(opus.replace(".ogg", "0.ogg")).status_code == 404
    assert client.get(opus.replace("sound-vi", "sound-en")).status_code == 404


def test_a_withdrawn_recording_is_silent_at_once(app: Flask, world: World, editor: int, sound: Sound) -> None:
    with app.app_context():
        ids = record(world, "hang", sound)
        decide(world, "quang", ids)
        commands.join_step(SLUG, 1, "vi")
    client = app.test_client()
    visitor_cache.forget()
    opus, _aac = audio(client.get(f"/lessons/{SLUG}/1").text)
    teacher = client_of(app, world["hang"])
    assert teacher.post(PAGE, data={"act": "withdraw", "recording": ids[0]}).status_code == 302
    assert audio(client.get(f"/lessons/{SLUG}/1").text) == [] and client.get(opus).status_code == 404


def test_a_changed_sentence_loses_its_recording(
    app: Flask, world: World, editor: int, sound: Sound, small: Loads
) -> None:
    with app.app_context():
        decide(world, "quang", record(world, "hang", sound))
        commands.join_step(SLUG, 1, "vi")
        digest = step().sentences[0].digest
    _first, *others = banks.three_steps()
    changed = banks.step("lay", 1, "Lấy đường dẫn từ cô giáo", "Mở nhóm lớp. Tìm tin nhắn của thầy cô.")
    small(banks.bank(banks.lesson(SLUG, changed, *others, version=2), banks.small().lessons[1]))
    visitor_cache.forget()
    assert audio(app.test_client().get(f"/lessons/{SLUG}/1").text) == []
    with app.app_context(), pytest.raises(Conflict):
        commands.record_sentence(person(world["hang"]), TEACHER, SLUG, step().step_id, "vi", digest, sound)


def test_a_returned_sentence_says_why_and_its_next_recording_replaces_it(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    with app.app_context():
        ids = record(world, "hang", sound, slice(1))
        with pytest.raises(InvalidInput):
            decide(world, "quang", ids, release=False)
        with pytest.raises(InvalidInput):
            decide(world, "quang", ids, release=False, note="Gọi tôi 0901234567 rồi đọc lại")
        assert decide(world, "quang", ids, release=False, note="Đọc chậm hơn một chút.") == 1
    page = client_of(app, world["hang"]).get(PAGE).text
    assert "Đọc chậm hơn một chút." in page
    assert "Đọc chậm hơn một chút." not in client_of(app, world["quang"]).get(PAGE).text
    with app.app_context():
        record(world, "hang", sound, slice(1))
        assert db.session.scalars(sa.select(SentenceRecording.state)).all() == ["waiting"]


def test_a_colleague_does_not_overwrite_what_waits(app: Flask, world: World, editor: int, sound: Sound) -> None:
    with app.app_context():
        record(world, "hang", sound, slice(1))
        with pytest.raises(Conflict):
            record(world, "quang", sound, slice(1))


def test_others_neither_record_nor_hear_what_waits(app: Flask, world: World, editor: int, sound: Sound) -> None:
    with app.app_context():
        (waiting,) = record(world, "hang", sound, slice(1))
        for held in (frozenset({"helper"}), frozenset({"learner"}), frozenset({"site_admin"})):
            with pytest.raises(NotFound):
                commands.record_sentence(person(world["khoa"]), held, SLUG, step().step_id, "vi", "x", sound)
    for name in ("khoa", "minh", "lan"):
        client = client_of(app, world[name])
        for address in ("/writing/recordings", PAGE, f"/writing/recordings/sentences/{waiting}.ogg"):
            assert client.get(address).status_code in (403, 404), (name, address)
    assert app.test_client().get(f"/writing/recordings/sentences/{waiting}.ogg").status_code in (302, 401, 404)


def test_the_form_takes_a_file_with_the_consent_alone(app: Flask, world: World, editor: int) -> None:
    client = client_of(app, world["hang"])
    with app.app_context():
        digest = step().sentences[0].digest

    def send(**more: str) -> tuple[int, str]:
        form = {"act": "record", "sentence": digest, "file": (io.BytesIO(recorded(0.5, 0.2)), "sound"), **more}
        answer = client.post(PAGE, data=form, headers={"Accept": "application/json"})
        return answer.status_code, answer.json.get("say", "") if answer.json else ""

    assert send()[0] == 422
    assert send(agreed="1") == (200, "")
    page = client.get(PAGE).text
    assert page.count("Chờ nghe") == 1
    assert "microphone=(self)" in client.get(PAGE).headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/writing/recordings").headers["Permissions-Policy"]


def test_an_erased_teacher_leaves_no_voice(app: Flask, world: World, editor: int, sound: Sound) -> None:
    with app.app_context():
        decide(world, "quang", record(world, "hang", sound))
        commands.join_step(SLUG, 1, "vi")
        erase_account(world["hang"])
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SentenceRecording)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StepRecording)) == 0
    visitor_cache.forget()
    assert audio(app.test_client().get(f"/lessons/{SLUG}/1").text) == []


def test_the_night_joins_what_is_missing(app: Flask, world: World, editor: int, sound: Sound) -> None:
    with app.app_context():
        decide(world, "quang", record(world, "hang", sound))
        assert db.session.scalar(sa.select(StepRecording.id)) is None
        jobs.clean_up({})
        assert db.session.scalar(sa.select(StepRecording.id)) is not None


def test_odd_addresses_get_the_usual_page(app: Flask, world: World, editor: int) -> None:
    client: FlaskClient = client_of(app, world["hang"])
    assert client.get("/writing/recordings?lang=en").status_code == 200
    assert client.get(f"/writing/recordings/{SLUG}?lang=xx").status_code == 200
    assert client.get(f"/writing/recordings/{SLUG}/99").status_code == 404
    assert client.post(PAGE, data={"act": "release", "recording": "x"}).status_code == 409
    assert client.post(PAGE, data={"act": "nothing"}).status_code == 422


# ---- one's own recordings -------------------------------------------------------------------------------------


OWN = "/account/recordings"


def end_roles(app: Flask, user_id: int) -> None:
    with app.app_context():
        ended = {"state": "ended", "ended_at": clock.now()}
        db.session.execute(sa.update(Membership).where(Membership.user_id == user_id).values(ended))
        db.session.commit()


def test_a_former_teacher_hears_and_deletes_the_own_recordings_alone(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    with app.app_context():
        mine, other = record(world, "hang", sound, slice(1)), record(world, "quang", sound, slice(1, 2))
        decide(world, "quang", mine)
    end_roles(app, world["hang"])
    client = client_of(app, world["hang"])
    assert client.get(PAGE).status_code in (403, 404)
    assert OWN in client.get("/account").text
    page = client.get(OWN).text
    assert f"sentences/{mine[0]}.ogg" in page and f"sentences/{other[0]}.ogg" not in page
    assert client.get(f"/writing/recordings/sentences/{mine[0]}.ogg").status_code == 200
    assert client.get(f"/writing/recordings/sentences/{other[0]}.ogg").status_code == 404
    for wrong in (str(other[0]), "999999", "x", ""):
        assert client.post(OWN, data={"recording": wrong}).status_code == 404, wrong
    assert client.post(OWN, data={"recording": mine[0]}).status_code == 302
    assert f"sentences/{mine[0]}.ogg" not in client.get(OWN).text
    with app.app_context():
        assert list(db.session.scalars(sa.select(SentenceRecording.id))) == other
    assert OWN not in client.get("/account").text  # nothing left to delete
    assert app.test_client().get(OWN).status_code == 302


def test_what_is_released_stays_closed_to_who_may_not_record(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    with app.app_context():
        ids = record(world, "hang", sound, slice(1))
        decide(world, "quang", ids)
    for name, status in (("quang", 200), ("khoa", 404), ("minh", 404), ("lan", 404)):
        assert client_of(app, world[name]).get(f"/writing/recordings/sentences/{ids[0]}.ogg").status_code == status


def test_all_own_recordings_go_at_once_and_their_steps_fall_silent(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    with app.app_context():
        decide(world, "quang", record(world, "hang", sound))
        commands.join_step(SLUG, 1, "vi")
        record(world, "quang", sound, slice(1))
    end_roles(app, world["hang"])
    client = client_of(app, world["hang"])
    visitor_cache.forget()
    assert audio(app.test_client().get(f"/lessons/{SLUG}/1").text)
    assert client.post(OWN, data={"all": "1"}).status_code == 302
    assert audio(app.test_client().get(f"/lessons/{SLUG}/1").text) == []
    with app.app_context():
        assert set(db.session.scalars(sa.select(SentenceRecording.recorded_by_id))) == {world["quang"]}
        assert db.session.scalar(sa.select(StepRecording.id)) is None


def test_a_recording_that_is_not_released_leaves_the_step_of_a_colleague(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    with app.app_context():
        ids = record(world, "hang", sound)
        decide(world, "quang", ids)
        commands.join_step(SLUG, 1, "vi")
        decide(world, "hang", record(world, "quang", sound, slice(1)), release=False, note="Đọc chậm hơn một chút.")
        record(world, "quang", sound, slice(1, 2))
        assert commands.withdraw_own_recordings(person(world["quang"])) == 2
        assert stored() == set(ids) and db.session.scalar(sa.select(StepRecording.id)) is not None
        record(world, "quang", sound, slice(1))
        erase_account(world["quang"])
        assert stored() == set(ids) and db.session.scalar(sa.select(StepRecording.id)) is not None
    visitor_cache.forget()
    assert audio(app.test_client().get(f"/lessons/{SLUG}/1").text)


# ---- a voice ends with its text and its withdrawal --------------------------------------------------------------


def change(small: Loads, version: int, first: Step) -> None:
    _first, *others = banks.three_steps()
    small(banks.bank(banks.lesson(SLUG, first, *others, version=version), banks.small().lessons[1]))


NEW = banks.step("lay", 1, "Lấy đường dẫn từ cô giáo", "Câu hoàn toàn mới.")


def night(monkeypatch: pytest.MonkeyPatch, now: datetime, days: float) -> None:
    """The nightly work, so many days after `now`."""
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=days))
    db.session.rollback()  # a job begins without the reads of before
    jobs.clean_up({})


def stored() -> set[int]:
    return set(db.session.scalars(sa.select(SentenceRecording.id)))


def test_a_recording_is_kept_for_thirty_days_from_the_night_that_missed_its_sentence(
    app: Flask, world: World, editor: int, sound: Sound, small: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        ids, now = set(record(world, "hang", sound)), clock.now()
        db.session.execute(sa.update(SentenceRecording).values(recorded_at=now - timedelta(days=400)))
        db.session.commit()
        change(small, 2, NEW)
        night(monkeypatch, now, 0)
        night(monkeypatch, now, 29)  # an old recording of a sentence that left a month ago at most
        assert stored() == ids
        change(small, 3, banks.three_steps()[0])
        night(monkeypatch, now, 31)  # the sentence came back, so the days begin anew
        change(small, 4, NEW)
        night(monkeypatch, now, 32)
        night(monkeypatch, now, 61)
        assert stored() == ids
        night(monkeypatch, now, 62)
        assert stored() == set()


def test_the_sound_of_a_changed_step_goes_in_the_next_night(
    app: Flask, world: World, editor: int, sound: Sound, small: Loads
) -> None:
    with app.app_context():
        decide(world, "quang", record(world, "hang", sound))
        commands.join_step(SLUG, 1, "vi")
        change(small, 2, NEW)
        jobs.clean_up({})
        assert db.session.scalar(sa.select(StepRecording.id)) is None


def test_a_withdrawal_that_meets_a_release_leaves_no_sound(
    app: Flask, world: World, editor: int, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        ids = record(world, "hang", sound)
        decide(world, "quang", ids[1:])
        read = queries.recording

        def released_meanwhile(recording_id: int) -> SentenceRecording:
            row = read(recording_id)  # waits, as its teacher's page said
            meanwhile = sa.update(SentenceRecording).where(SentenceRecording.id == row.id).values(state="released")
            db.session.execute(meanwhile, execution_options={"synchronize_session": False})
            db.session.add(joined_of(ids))
            return row

        monkeypatch.setattr(queries, "recording", released_meanwhile)
        commands.withdraw_recording(person(world["hang"]), TEACHER, ids[0])
        assert db.session.scalar(sa.select(StepRecording.id)) is None


def test_a_second_press_on_delete_finds_nothing(
    app: Flask, world: World, editor: int, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        (id,) = record(world, "hang", sound, slice(1))
        read = queries.recording

        def deleted_meanwhile(recording_id: int) -> SentenceRecording:
            row = read(recording_id)
            gone = sa.delete(SentenceRecording).where(SentenceRecording.id == row.id)
            db.session.execute(gone, execution_options={"synchronize_session": False})
            return row

        monkeypatch.setattr(queries, "recording", deleted_meanwhile)
        with pytest.raises(NotFound):
            commands.withdraw_recording(person(world["hang"]), TEACHER, id)


def joined_of(ids: list[int]) -> StepRecording:
    here = step()
    return StepRecording(
        lesson_slug=SLUG, step_id=here.step_id, lang="vi", text_digest=here.text_digest, parts=" ".join(map(str, ids)),
        milliseconds=1, opus=b"OggS", aac=b"AAC",
    )  # fmt: skip


def test_an_erasure_that_meets_a_release_leaves_no_sound(app: Flask, world: World, editor: int, sound: Sound) -> None:
    with app.app_context():
        db.session.add(joined_of(record(world, "hang", sound)))  # the release is not seen yet
        db.session.commit()
        erase_account(world["hang"])
        assert db.session.scalar(sa.select(StepRecording.id)) is None


def test_what_a_lesson_notes_of_its_sounds_is_what_their_addresses_need(
    app: Flask, world: World, editor: int, sound: Sound
) -> None:
    with app.app_context():
        decide(world, "quang", record(world, "hang", sound))
        commands.join_step(SLUG, 1, "vi")
        noted = db.session.get_one(Lesson, SLUG).recordings
        assert set(noted[step().step_id]["vi"]) == {"text", "bytes"}
