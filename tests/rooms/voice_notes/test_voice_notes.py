"""Voice notes in rooms: who sends them, who hears them when, and how long they are kept."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.rooms.conftest import new_id
from tests.safety.sounds import SOUND, SPOKEN, recorded, without_worker
from tests.statements import asked
from tutoring.accounts.models import User
from tutoring.kernel import clock, file_storage, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.moderation.cases import evidence
from tutoring.moderation.models import Case, Evidence
from tutoring.moderation.reports.commands import report
from tutoring.policy.rooms.participation import RoomFacts, may_send_voice_note, voice_note_waits
from tutoring.privacy import data_export
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.erasure import consent_withdrawal, retention
from tutoring.rooms.erasure.account_erasure import words_left
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, VoiceNote
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.voice_notes import commands as voice_notes_commands
from tutoring.rooms.voice_notes import queries as voice_notes_queries
from tutoring.rooms.weekly_activity import week_of

Who = Callable[[str], User]
TEACHER = frozenset({"teacher"})
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    without_worker(monkeypatch)


def send(author: User, room_id: int, client_id: str | None = None) -> Message:
    made = voice_notes_commands.take_voice_note(author, room_id, client_id or new_id(), SPOKEN)
    return queries.message(room_id, made.seq)


def refusal(author: User, room_id: int) -> str:
    with pytest.raises(DomainError) as caught:
        send(author, room_id)
    return caught.value.code


def note_of(room_id: int, seq: int) -> VoiceNote:
    found = queries.message(room_id, seq).voice
    assert found is not None
    return found


def hears(viewer: User, room_id: int, note_id: int) -> bool:
    try:
        voice_notes_queries.heard_note(viewer, room_id, note_id, "ogg")
    except NotFound:
        return False
    return True


def hearing(who: Who, room_id: int, note_id: int) -> set[str]:
    people = ("minh", "khoa", "lan", "hang", "quang", "an", "bay", "muoi", "mai", "admin1")
    return {name for name in people if hears(who(name), room_id, note_id)}


def release(watcher: User, room_id: int, seq: int) -> None:
    voice_notes_commands.note_heard(note_of(room_id, seq).id, watcher.id)
    moderation_commands.release_message(watcher, room_id, seq)


def notes() -> int:
    return db.session.scalar(sa.select(sa.func.count(VoiceNote.id))) or 0


# ---- the rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["learner", "helper", "guardian", "observer", None])
def test_near_minors_only_who_learns_speaks_and_among_adults_everybody_who_writes(role: str | None) -> None:
    held = TEACHER if role == "observer" else frozenset[str]()
    assert may_send_voice_note(RoomFacts(role=role, minors=True, held=held)) is (role == "learner")
    assert may_send_voice_note(RoomFacts(role=role, minors=False, held=held)) is (role is not None)


@pytest.mark.parametrize("kind", ["group", "class", "circle", "questions", "desk"])
def test_a_child_speaks_to_a_helper_and_not_to_other_children(kind: str) -> None:
    assert not may_send_voice_note(RoomFacts(role="learner", minors=True, kind=kind))
    assert may_send_voice_note(RoomFacts(role="learner", minors=False, kind=kind))


@pytest.mark.parametrize("shut", ["closed", "muted", "removed", "locked", "resting", "announcing", "talk"])
def test_who_may_not_write_or_talks_of_danger_sends_no_voice_note(shut: str) -> None:
    assert not may_send_voice_note(RoomFacts(role="learner", minors=False, **{shut: True}))


def test_a_note_of_or_near_a_minor_always_waits() -> None:
    assert voice_note_waits(RoomFacts(minors=True), False) and voice_note_waits(RoomFacts(minors=False), True)
    assert not voice_note_waits(RoomFacts(minors=False), False)


# ---- sending ---------------------------------------------------------------------------------------------


def test_a_pupils_note_waits_even_in_a_trusted_pair_and_the_helper_sends_none(who: Who, pair: int) -> None:
    @command
    def trust() -> None:
        queries.room(pair).trusted = True

    trust()
    made = send(who("minh"), pair)
    assert (made.status, made.held_for, made.text) == ("held", "voice", "Tin thoại 0:12")
    for name in ("khoa", "lan"):
        assert refusal(who(name), pair) == "refused"
    moderation_commands.enter_as_observer(who("hang"), pair)
    assert refusal(who("hang"), pair) == "refused"
    assert notes() == 1


def test_notes_among_adults_are_heard_at_once_unless_everything_waits(who: Who, adults: int) -> None:
    assert send(who("bay"), adults).status == "sent" and send(who("lan"), adults).status == "sent"
    moderation_commands.hold_everything(who("muoi"), adults)
    made = send(who("bay"), adults)
    assert (made.status, made.held_for) == ("held", "everything")


def test_the_same_client_id_is_one_note(who: Who, adults: int) -> None:
    client_id = new_id()
    first = send(who("bay"), adults, client_id).seq
    assert send(who("bay"), adults, client_id).seq == first
    moderation_commands.close_room(None, adults, "duty")
    assert voice_notes_commands.take_voice_note(who("bay"), adults, client_id, b"not a sound").seq == first
    assert notes() == 1


def test_for_outsiders_there_is_no_room_and_a_closed_one_takes_none(who: Who, pair: int) -> None:
    assert {refusal(who(name), pair) for name in ("an", "hang", "bay", "admin1")} == {"missing"}
    moderation_commands.mute(who("hang"), pair, who("minh").id, 10, "Nói chuyện riêng")
    assert refusal(who("minh"), pair) == "muted"
    moderation_commands.close_room(None, pair, "duty")
    assert refusal(who("minh"), pair) == "closed"
    assert notes() == 0


def test_where_the_site_takes_no_notes_none_is_sent(who: Who, adults: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_notes_queries, "VOICE_NOTES", lambda: False)
    assert refusal(who("bay"), adults) == "refused"


def test_five_notes_in_a_minute_are_enough(who: Who, adults: int) -> None:
    for _ in range(5):
        voice_notes_commands.clean(who("bay"), SPOKEN)
    assert refusal(who("bay"), adults) == "too_many"
    send(who("lan"), adults)


def test_a_note_cannot_be_edited_into_a_text(who: Who, adults: int) -> None:
    made = send(who("bay"), adults)
    with pytest.raises(DomainError) as caught:
        messages_commands.edit_message(who("bay"), adults, made.seq, "chữ")
    assert caught.value.code == "stands"


# ---- hearing ---------------------------------------------------------------------------------------------


def test_who_hears_a_note_while_it_waits_then_when_released_then_when_hidden(who: Who, pair: int, adults: int) -> None:
    made = send(who("minh"), pair)
    note = note_of(pair, made.seq).id
    assert hearing(who, pair, note) == {"minh", "hang", "quang"}
    assert hearing(who, adults, note) == set()  # by the address of another room nobody comes to it
    release(who("hang"), pair, made.seq)
    assert hearing(who, pair, note) == {"minh", "khoa", "lan", "hang"}
    moderation_commands.hide_message(who("hang"), pair, made.seq, "Có thông tin riêng")
    assert hearing(who, pair, note) == {"hang", "quang"}


def test_a_reported_note_opens_for_who_decides_its_case_while_it_is_open(who: Who, adults: int) -> None:
    made = send(who("bay"), adults)
    note = note_of(adults, made.seq).id
    assert hearing(who, adults, note) == {"bay", "lan"}
    report(who("lan"), "message", f"{adults}/{made.seq}", "scared")
    assert hearing(who, adults, note) == {"bay", "lan", "muoi", "mai"}
    messages_commands.withdraw_message(who("bay"), adults, made.seq)
    assert hearing(who, adults, note) == {"muoi", "mai"}
    _close_cases()
    assert "bay" not in hearing(who, adults, note)


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**31, 2**70])
def test_a_note_or_a_form_of_it_that_does_not_exist_is_missing(who: Who, adults: int, number: int) -> None:
    made = send(who("bay"), adults)
    assert not hears(who("bay"), adults, number)
    with pytest.raises(NotFound):
        voice_notes_queries.heard_note(who("bay"), adults, note_of(adults, made.seq).id, "wav")


def test_nobody_releases_a_note_that_they_have_not_heard(who: Who, pair: int) -> None:
    made = send(who("minh"), pair)
    for heard_by in (None, "quang"):
        if heard_by:
            voice_notes_commands.note_heard(note_of(pair, made.seq).id, who(heard_by).id)
        with pytest.raises(DomainError) as caught:
            moderation_commands.release_message(who("hang"), pair, made.seq)
        assert caught.value.code == "not_heard"
    assert queries.message(pair, made.seq).status == "held"
    release(who("hang"), pair, made.seq)
    assert queries.message(pair, made.seq).status == "sent"


def test_a_second_look_lets_only_through_what_was_heard(who: Who, pair: int) -> None:
    made = send(who("minh"), pair)
    moderation_commands.refuse_message(who("hang"), pair, made.seq, "Không liên quan bài học")
    note = note_of(pair, made.seq)
    assert note.removed_at is not None and hearing(who, pair, note.id) == {"hang", "quang"}
    moderation_commands.appeal(who("minh"), pair, made.seq, "Em hỏi bài ạ")
    with pytest.raises(DomainError) as caught:
        moderation_commands.decide_appeal(who("quang"), pair, made.seq, True, "Đúng bài")
    assert caught.value.code == "not_heard"
    voice_notes_commands.note_heard(note.id, who("quang").id)
    moderation_commands.decide_appeal(who("quang"), pair, made.seq, True, "Đúng bài")
    assert "khoa" in hearing(who, pair, note.id) and note_of(pair, made.seq).removed_at is None


def test_a_payload_leads_to_a_note_only_who_may_hear_it(who: Who, pair: int) -> None:
    made = send(who("minh"), pair)
    message = queries.message(pair, made.seq)
    assert "voice" not in rooms_serializers.serialize_message(message)
    shown = rooms_serializers.serialize_message(message, held_too=True)["voice"]
    assert shown["url"] == f"/rooms/{pair}/voice-notes/{note_of(pair, made.seq).id}"
    assert (shown["time"], shown["seconds"], shown["peaks"]) == ("0:12", 12, list(range(48)))
    release(who("hang"), pair, made.seq)
    assert rooms_serializers.serialize_message(queries.message(pair, made.seq))["voice"] == shown


@pytest.mark.usefixtures("unhurried")
def test_notes_cost_a_page_of_messages_no_query(who: Who, adults: int, queries: list[str]) -> None:
    counts = []
    for _ in range(2):
        send(who("bay"), adults)
        db.session.rollback()
        queries.clear()
        assert all("voice" in rooms_serializers.serialize_message(one) for one in _newest(adults))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@command
def _close_cases() -> None:
    for case in db.session.scalars(sa.select(Case)):
        case.state, case.outcome, case.decided_at = "decided", "none", clock.now()


def _newest(room_id: int) -> list[Message]:
    return queries.messages_before(room_id).items


def test_an_answer_to_a_note_quotes_its_length(who: Who, adults: int) -> None:
    made = send(who("bay"), adults)
    answer = messages_commands.post_message(who("lan"), adults, new_id(), "Dạ con nghe rồi", reply_to=made.seq)
    page = rooms_serializers.serialize_messages_for(
        who("lan"), queries.room_facts(queries.room(adults), who("lan")), adults, _newest(adults)
    )
    [reply] = [one["reply"] for one in page if one["seq"] == answer.seq]
    assert reply["text"] == "Tin thoại 0:12"


# ---- counting, reporting, exporting, forgetting ------------------------------------------------------------


def days_later(days: float) -> None:
    with clock.travel(clock.now() + days * DAY):
        jobs.enqueue_daily_jobs()
        while jobs.run_due():
            pass


def test_a_week_counts_notes_beside_messages(who: Who, pair: int) -> None:
    queries.seat(pair, who("minh").id).joined_at = clock.now()  # type: ignore[union-attr]
    db.session.commit()
    send(who("minh"), pair)
    messages_commands.post_message(who("minh"), pair, new_id(), "Em chào anh")
    [row] = week_of(who("minh").id, clock.now() - DAY, clock.now() + DAY)
    assert (row.counts.messages, row.counts.voice_notes, row.counts.held) == (1, 1, 1)


def test_a_report_keeps_the_digest_of_a_note_and_the_note_while_the_case_is_open(
    app: Flask, who: Who, pair: int
) -> None:
    made = send(who("minh"), pair)
    note = note_of(pair, made.seq).id
    moderation_commands.refuse_message(who("hang"), pair, made.seq, "Lời lẽ chưa phù hợp")
    with asked(app) as statements:
        report(who("minh"), "room", str(pair), "danger")
    assert not [one for one in statements if "FROM voice_note" in one]  # notes come with their messages
    copy = evidence.opened(db.session.scalars(sa.select(Evidence)).one())
    assert copy["messages"][0]["voice"] == note
    assert copy["files"] == [
        {"id": note, "seq": 1, "sha256": evidence.digest_of_sound(SOUND.opus), "size": len(SOUND.opus), "kind": "voice"}
    ]
    days_later(40)
    assert notes() == 1

    _close_cases()
    days_later(41)
    assert notes() == 0


def test_a_refused_note_is_kept_for_thirty_days_and_a_sent_one_longer(who: Who, pair: int) -> None:
    refused, sent = (send(who("minh"), pair).seq for _ in range(2))
    moderation_commands.refuse_message(who("hang"), pair, refused, "Không liên quan bài học")
    release(who("hang"), pair, sent)
    for days, left in ((29, 2), (32, 1), (60, 1)):
        days_later(days)
        assert notes() == left, days


def test_a_note_is_erased_with_the_words_of_its_author(who: Who, adults: int) -> None:
    made = send(who("bay"), adults)
    send(who("lan"), adults)
    with clock.travel(clock.now() + 20 * DAY):
        assert words_left(who("bay").id)
        consent_withdrawal.erase_words(who("bay").id)
        assert not words_left(who("bay").id) and notes() == 1
    assert queries.message(adults, made.seq).status == "hidden"


def test_a_note_and_a_picture_without_a_text_go_with_an_old_session(who: Who, adults: int) -> None:
    send(who("bay"), adults)
    moderation_commands.close_room(None, adults, "duty")
    with clock.travel(clock.now() + 200 * DAY):
        retention.forget_transcripts(clock.now() - DAY)
    assert notes() == 0


def test_the_copy_of_ones_data_holds_the_sound_and_a_guardians_copy_only_what_was_sent(who: Who, pair: int) -> None:
    held, sent = (send(who("minh"), pair).seq for _ in range(2))
    release(who("hang"), pair, sent)
    db.session.rollback()

    def sounds(for_guardian: bool) -> tuple[set[str], list[dict[str, Any]]]:
        name, _size = data_export.make(who("minh").id, for_guardian)
        with zipfile.ZipFile(file_storage.path_of(name)) as archive:
            files = {one for one in archive.namelist() if one.startswith("voice_note/")}
            assert all(archive.read(one) == SOUND.opus for one in files)
            return files, json.loads(archive.read("data.json"))["data"]["voice_note"]

    ids = {seq: note_of(pair, seq).id for seq in (held, sent)}
    own, rows = sounds(False)
    assert own == {f"voice_note/{one}.ogg" for one in ids.values()}
    assert {row["id"] for row in rows} == set(ids.values()) and "opus" not in rows[0]
    guardians, rows = sounds(True)
    assert guardians == {f"voice_note/{ids[sent]}.ogg"} and [row["id"] for row in rows] == [ids[sent]]


@pytest.mark.full
def test_the_sound_is_of_a_real_process(who: Who, adults: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(DomainError) as caught:
        voice_notes_commands.take_voice_note(who("bay"), adults, new_id(), b"PK\x03\x04" + bytes(100))
    assert caught.value.code == "sound"
    made = voice_notes_commands.take_voice_note(who("bay"), adults, new_id(), recorded())
    assert note_of(adults, made.seq).milliseconds > 900
