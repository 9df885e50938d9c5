"""A word of its own in each private text: it stands in its own column alone, and on no page of who may not read it."""

import logging
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.published_answers import solved
from tests.queues.desk import draw, make_queue
from tests.rooms.conftest import new_id, open_pair
from tests.safety.sounds import SPOKEN, without_worker
from tutoring.kernel.db import db
from tutoring.rooms.helper_notes import commands as helper_notes_commands
from tutoring.rooms.helper_notes.commands import NoteInput
from tutoring.rooms.ready_phrases import commands as ready_phrases_commands
from tutoring.rooms.voice_notes import commands as voice_notes_commands
from tutoring.safety.sound_sanitizer import Sound

As = Callable[[str], FlaskClient]
NOTE, PHRASE, PROBLEM, ANSWER, SOUND = "kaxuro", "vemolu", "zibando", "pokerati", "tulameso"
WORDS = (NOTE, PHRASE, PROBLEM, ANSWER, SOUND)
PLACES = {  # the only columns of each word; the folded ones are what the search reads
    NOTE: {"helper_note.worked"},
    PHRASE: {"ready_phrase.text"},
    PROBLEM: {"published_answer.problem", "published_answer.folded", "published_answer.folded_title"},
    ANSWER: {"published_answer.answer", "published_answer.folded"},
    SOUND: {"voice_note.opus", "voice_note.aac"},
}
READERS: dict[str, set[str]] = {  # which words each of them may read; the others of the place and strangers read none
    "khoa": {NOTE, PHRASE, PROBLEM, ANSWER},
    "minh": {PROBLEM, ANSWER},
    "lan": {PROBLEM, ANSWER},
    "hang": set(), "quang": set(), "an": set(), "bay": set(), "muoi": set(), "mai": set(), "": set(),
}  # fmt: skip


def in_database(word: str) -> set[str]:
    """Returns the columns that hold the word, of all tables."""
    found = set()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if word in text:
                        found.add(f"{table.name}.{column.name}")
    return found


def pages(room_id: int, answer_id: int, learner_id: int) -> list[str]:
    """Returns where such words could come out: lists, searches, room, step, desk, notices, one's own data."""
    searches = [f"{at}?q={words}" for at in ("/search", "/lessons/search") for words in ("man+hinh+trang", "nhin+hinh")]
    return [
        "/", "/helping", "/rooms", f"/rooms/{room_id}", f"/rooms/{room_id}/older?before=99", f"/rooms/{room_id}/end",
        f"/rooms/{room_id}/phrases", f"/helper-notes/{learner_id}", "/answers", "/answers/review",
        f"/answers/{answer_id}", f"/answers/{answer_id}/review", solved.STEP, f"{solved.STEP}/answers", "/desk",
        "/desk/live", "/notices", "/account", "/account/data", "/sitemap.xml", "/service-worker.js", *searches,
    ]  # fmt: skip


def test_each_private_word_stands_in_its_column_and_before_its_readers_alone(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    without_worker(monkeypatch, Sound(b"OggS" + SOUND.encode(), b"ftyp" + SOUND.encode(), 12_400, bytes(48)))
    with app.app_context():
        khoa, minh = person(world["khoa"]), person(world["minh"])
        room = open_pair(world)
        helper_notes_commands.save_note(khoa, minh.id, NoteInput(f"Nhìn hình thì nhớ {NOTE}", ""))
        ready_phrases_commands.add_own_phrase(khoa, f"Mình thử lại {PHRASE} nhé.")
        answer = solved.write(world, f"{solved.ANSWER} Rồi chờ {ANSWER}.", f"{solved.PROBLEM} {PROBLEM}")
        voice_notes_commands.take_voice_note(minh, room, new_id(), SPOKEN)
        make_queue(world)
        token = draw(world)[0].token
        learner = minh.id
        db.session.commit()
        assert {word: in_database(word) for word in WORDS} == PLACES
        assert in_database(token) == {"queue_ticket.token"}
    read = dict.fromkeys(READERS, "")
    for name in READERS:
        client = as_(name) if name else app.test_client()
        for place in pages(room, answer, learner):
            read[name] += client.get(place, follow_redirects=True).text
    seen = {name: {word for word in (*WORDS, token) if word in text} for name, text in read.items()}
    assert all(seen[name] <= READERS[name] for name in READERS), seen
    assert seen["minh"] == seen["lan"] == {PROBLEM, ANSWER}  # the test can fail
    assert not [word for word in (*WORDS, token) if word in caplog.text]
    with app.app_context():  # neither notices nor the audit chain nor the search took a word over meanwhile
        assert {word: in_database(word) for word in WORDS} == PLACES
