"""A helper's private note on a learner: who reads it, what is refused, and when it is gone."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.rooms.conftest import open_pair
from tutoring.accounts.events import DataErasureDue
from tutoring.accounts.models import User
from tutoring.community.events import HelperStopped
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.pairing.commands import keep_apart
from tutoring.policy.rooms.helper_notes import ENDS_AFTER, PairFacts, may_keep_note, may_read_notes_on_duty
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms import queries as rooms_queries
from tutoring.rooms.helper_notes import commands, queries
from tutoring.rooms.helper_notes.commands import NoteInput
from tutoring.safety.free_text import SaidDanger

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]
WORDS = "Minh nhớ nhanh khi nhìn hình"


def write(who: Who, text: str = WORDS) -> None:
    commands.save_note(who("khoa"), who("minh").id, NoteInput(text, "Ôn cách chụp màn hình"))


def stored(who: Who) -> str:
    note = queries.note_of(who("khoa").id, who("minh").id)
    return note.worked if note else ""


@pytest.mark.parametrize("wrong", ["met", "agreed"])
def test_a_note_needs_a_standing_pair(wrong: str) -> None:
    assert may_keep_note(PairFacts())
    assert not may_keep_note(PairFacts(**{wrong: False}))
    assert not may_keep_note(PairFacts(ended=True)) and not may_keep_note(PairFacts(is_self=True))


def test_staff_read_it_on_duty_alone_and_never_as_one_of_the_pair() -> None:
    teacher = RoomFacts(role="observer", held=frozenset({"teacher"}))
    assert may_read_notes_on_duty(teacher, on_duty=True) and not may_read_notes_on_duty(teacher, on_duty=False)
    for other in (replace(teacher, role="learner"), replace(teacher, held=frozenset({"lead"}), minors=False)):
        assert not may_read_notes_on_duty(other, on_duty=True)


def test_a_second_device_sees_both_versions_and_overwrites_on_purpose(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        pair = open_pair(world)
    khoa, at = as_("khoa"), f"/helper-notes/{world['minh']}?room={pair}"
    assert khoa.post(at, data={"worked": WORDS, "next_time": "", "version": "0"}).location == f"/rooms/{pair}"
    late = khoa.post(at, data={"worked": "Minh thích đọc to", "next_time": "", "version": "0"})
    assert late.status_code == 409 and WORDS in late.text and "Minh thích đọc to" in late.text
    assert re.search(r'<input[^>]* name="version"[^>]* value="1">', late.text)
    assert WORDS in khoa.get("/helper-notes").text
    assert khoa.post(at, data={"worked": "Minh thích đọc to", "version": "1"}).status_code == 302
    assert "Minh thích đọc to" in khoa.get(f"/rooms/{pair}/ready-phrases").text
    assert "Minh thích đọc to" not in khoa.get(f"/rooms/{pair}").text  # in the room only when it is asked for


@pytest.mark.parametrize("text", ["Số của Minh 0903 123 456", "Lần sau rủ Minh kết bạn Zalo, dặn đừng nói ba mẹ"])
def test_contact_data_and_private_offers_are_refused(pair: int, who: Who, text: str) -> None:
    with pytest.raises(InvalidInput):
        write(who, text)
    with pytest.raises(SaidDanger):
        write(who, "Minh nói muốn chết")
    assert stored(who) == ""


def test_only_the_helper_and_teachers_on_duty_read_it_and_each_reading_is_recorded(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        pair = open_pair(world)
    at = f"/helper-notes/{world['minh']}"
    as_("khoa").post(at, data={"worked": WORDS, "version": "0"})
    for other in ("minh", "lan", "muoi"):
        assert as_(other).get(at).status_code == 404
        assert as_(other).post(f"/rooms/{pair}/helper-notes").status_code in (403, 404)
    assert WORDS in as_("hang").post(f"/rooms/{pair}/helper-notes").text  # on duty, as the demonstration has it
    with app.app_context():
        rows = db.session.query(AuditRow).filter_by(action="read_helper_note").all()
        assert [(row.actor_id, row.facts["user"]) for row in rows] == [(world["hang"], world["minh"])]


@command
def said(event: object) -> None:
    publish(event)


@pytest.mark.parametrize("end", ["apart", "stopped", "consent of who learns", "consent of who helps", "long ago"])
def test_it_is_gone_when_the_pair_ends(pair: int, who: Who, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    write(who)
    khoa, minh = who("khoa").id, who("minh").id
    if end == "apart":
        keep_apart(minh, khoa)
    elif end == "stopped":
        said(HelperStopped(khoa))
    elif end == "long ago":
        commands.forget_ended_pairs()
        assert stored(who)
        later = clock.now() + ENDS_AFTER + timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        commands.forget_ended_pairs()
    else:
        said(DataErasureDue(minh if "learns" in end else khoa, "chat", clock.now()))
    assert stored(who) == ""
    if end in ("apart", "long ago"):
        with pytest.raises(NotFound):
            write(who)


def test_a_room_that_went_to_another_helper_is_no_pair(pair: int, who: Who) -> None:
    room = rooms_queries.room(pair)
    assert queries.notes_in_room(who("khoa"), room, [who("minh")])
    room.handed_over = True
    db.session.flush()
    assert not queries.notes_in_room(who("khoa"), room, [who("minh")])
