"""A locked room, and a room that is closed with a summary: whose act it is, what it stops, who reads what of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tests.rooms.moderation.test_moderation import acts, lines
from tests.safety.pictures import photo
from tutoring.accounts.models import User
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.notifications.models import Notice
from tutoring.policy.rooms.participation import RoomFacts, may_post_message, may_send_picture, silence_code
from tutoring.rooms import queries
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room, SentPicture
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
WHY = "Cả phòng nghỉ một chút."
DONE = "Minh đã vào được lớp. Lần sau tập bật micro."


def locked(who: Who, room_id: int) -> None:
    moderation_commands.lock_writing(who("hang"), room_id, WHY)


def test_in_a_locked_room_watchers_alone_write() -> None:
    for role in ("learner", "helper", "guardian"):
        assert not may_post_message(RoomFacts(role=role, locked=True))
        assert not may_send_picture(RoomFacts(role=role, locked=True), False, False)
    watcher = RoomFacts(role="observer", locked=True, held=frozenset({"teacher"}))
    assert may_post_message(watcher) and may_send_picture(watcher, False, False)
    assert silence_code(RoomFacts(locked=True, muted=True)) == "locked"
    assert (
        silence_code(RoomFacts(locked=True, closed=True)) == "closed" and silence_code(RoomFacts(muted=True)) == "muted"
    )


def test_everybody_reads_why_and_by_whom_and_nobody_but_watchers_writes(who: Who, pair: int) -> None:
    locked(who, pair)
    assert lines(pair)[-1] == "Cô Hằng đã khoá phòng: Cả phòng nghỉ một chút. Mọi người vẫn đọc được."
    assert acts(pair)[-1] == ("lock_room", WHY)
    for name in ("minh", "khoa", "lan"):
        with pytest.raises(Forbidden) as refused:
            messages_commands.post_message(who(name), pair, new_id(), "Em nói thêm")
        assert refused.value.code == "locked"
        assert str(refused.value) == "Phòng đang khoá: Cả phòng nghỉ một chút. Bạn vẫn đọc được."
        with pytest.raises(Forbidden):
            pictures_commands.take_picture(who(name), pair, new_id(), photo())
    assert db.session.scalar(sa.select(sa.func.count(SentPicture.id))) == 0
    assert messages_commands.post_message(who("hang"), pair, new_id(), "Nghỉ năm phút nhé").status == "sent"


def test_what_was_stored_before_the_lock_is_answered_as_before(who: Who, pair: int) -> None:
    client_id = new_id()
    first = messages_commands.post_message(who("minh"), pair, client_id, "Em đây").seq
    locked(who, pair)
    assert messages_commands.post_message(who("minh"), pair, client_id, "Em đây").seq == first


def test_a_lock_ends_by_a_watchers_hand_alone_and_twice_is_once(who: Who, pair: int) -> None:
    locked(who, pair)
    locked(who, pair)
    with clock.travel(clock.now() + timedelta(hours=2)), pytest.raises(Forbidden):
        messages_commands.post_message(who("minh"), pair, new_id(), "Em nói được chưa")
    moderation_commands.unlock_writing(who("quang"), pair)  # another watcher than the one who locked it
    moderation_commands.unlock_writing(who("quang"), pair)
    assert lines(pair)[-1] == "Thầy Quang đã mở khoá. Mọi người viết lại được."
    assert [act for act, _ in acts(pair)] == ["enter_room", "lock_room", "enter_room", "unlock_room"]
    assert messages_commands.post_message(who("minh"), pair, new_id(), "Em nói tiếp").status == "sent"


def test_who_is_muted_stays_so_when_the_room_is_unlocked(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("minh").id, 15, "Lời lẽ")
    locked(who, pair)
    moderation_commands.unlock_writing(who("hang"), pair)
    with pytest.raises(Forbidden) as refused:
        messages_commands.post_message(who("minh"), pair, new_id(), "Em nói")
    assert refused.value.code == "muted"


@pytest.mark.parametrize("name", ["minh", "khoa", "lan"])
def test_who_takes_part_neither_locks_nor_unlocks(who: Who, pair: int, name: str) -> None:
    with pytest.raises(Forbidden):
        moderation_commands.lock_writing(who(name), pair, WHY)
    locked(who, pair)
    with pytest.raises(Forbidden):
        moderation_commands.unlock_writing(who(name), pair)


@pytest.mark.parametrize("name", ["muoi", "mai", "bay", "admin1"])
def test_leads_officers_and_strangers_learn_of_no_room_to_lock(who: Who, pair: int, name: str) -> None:
    with pytest.raises(NotFound):
        moderation_commands.lock_writing(who(name), pair, WHY)
    with pytest.raises(NotFound):
        moderation_commands.unlock_writing(who(name), pair)


def test_a_lead_locks_a_room_of_adults(who: Who, adults: int) -> None:
    moderation_commands.lock_writing(who("muoi"), adults, WHY)
    with pytest.raises(Forbidden):
        messages_commands.post_message(who("bay"), adults, new_id(), "Tôi hỏi")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "Gọi cô số 0912 345 678"])
def test_a_lock_needs_a_short_reason_without_anything_private(who: Who, pair: int, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moderation_commands.lock_writing(who("hang"), pair, reason)
    assert refused.value.field == "reason" and lines(pair) == []


def test_a_locked_room_closes_as_usual_and_its_last_words_are_no_way_around(who: Who, pair: int) -> None:
    locked(who, pair)
    with pytest.raises(InvalidInput) as refused:
        sessions_commands.end_session(who("minh"), pair, "yes", words="Em muốn nói thêm")
    assert refused.value.field == "words"
    sessions_commands.end_session(who("minh"), pair, "yes", thanks=True)
    room = queries.room(pair)
    assert room.closed_at is not None and room.close_reason == "ended"
    with pytest.raises(Conflict):
        moderation_commands.lock_writing(who("hang"), pair, WHY)


# ---- closing with a summary ----------------------------------------------------------------------------------


def notices(user_id: int, key: str) -> list[Notice]:
    return list(db.session.scalars(sa.select(Notice).where(Notice.user_id == user_id, Notice.key == key)))


def test_a_summary_is_kept_with_the_room_and_told_to_all_who_took_part(who: Who, pair: int) -> None:
    moderation_commands.close_room(who("hang"), pair, "Hết giờ", f"  {DONE} ")
    assert queries.room(pair).summary == DONE and acts(pair)[-1] == ("close_room", "Hết giờ")
    for name in ("minh", "khoa", "lan"):
        (told,) = notices(who(name).id, f"summary:{pair}")
        assert told.path == f"/rooms/{pair}/end" and DONE not in str(told.params)
    assert notices(who("hang").id, f"summary:{pair}") == []


def test_without_a_summary_nobody_is_told_of_one(who: Who, pair: int) -> None:
    moderation_commands.close_room(who("hang"), pair, "Hết giờ")
    assert queries.room(pair).summary == "" and notices(who("minh").id, f"summary:{pair}") == []


@pytest.mark.parametrize("summary", ["x" * 401, "Em gọi cô số 0912 345 678 nhé"])
def test_a_summary_too_long_or_with_something_private_closes_nothing(who: Who, pair: int, summary: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moderation_commands.close_room(who("hang"), pair, "Hết giờ", summary)
    assert refused.value.field == "summary" and queries.room(pair).closed_at is None


def test_a_summary_goes_with_the_words_of_the_learner_or_of_who_wrote_it(who: Who, inside: World) -> None:
    for name in ("minh", "hang", "khoa"):
        room_id = open_pair(inside)
        moderation_commands.close_room(who("hang"), room_id, "Hết giờ", DONE)
        with clock.travel(clock.now() + timedelta(days=15)):
            consent_withdrawal.erase_words(inside[name])
        db.session.expire_all()
        assert (db.session.get_one(Room, room_id).summary == "") is (name != "khoa")


# ---- the pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_pair(world)


@pytest.mark.full
def test_locking_and_unlocking_work_by_form_and_the_composer_says_so(as_: As, room: int) -> None:
    hang, minh = as_("hang"), as_("minh")
    assert "Mở khoá phòng" in hang.post(f"/rooms/{room}/lock", data={"reason": WHY}, follow_redirects=True).text
    page = minh.get(f"/rooms/{room}").text
    assert "Phòng đang khoá: Cả phòng nghỉ một chút. Em vẫn đọc được." in page and 'data-state="locked"' in page
    assert 'name="text"' not in page and "Người khoá: cô Hằng" in page
    assert 'name="text"' in (theirs := hang.get(f"/rooms/{room}").text) and "Mở khoá phòng" in theirs
    data = {"client_id": str(uuid.uuid4()), "text": "Em nói"}
    refused = minh.post(f"/rooms/{room}/messages", data=data)
    assert refused.status_code == 403 and "Phòng đang khoá" in refused.text
    said = minh.post(f"/rooms/{room}/messages", json=data, headers={"Accept": "application/json"})
    assert said.get_json()["error"] == "locked"
    assert "Đang khoá" in hang.get("/board").text
    hang.post(f"/rooms/{room}/unlock")
    assert 'name="text"' in minh.get(f"/rooms/{room}").text and "Đang khoá" not in hang.get("/board").text


def test_a_form_with_too_many_parts_unlocks_nothing(app: Flask, as_: As, room: int) -> None:
    hang = as_("hang")
    hang.post(f"/rooms/{room}/lock", data={"reason": WHY})
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="n{n}"\r\n\r\n1\r\n' for n in range(80)) + "--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    assert hang.post(f"/rooms/{room}/unlock", data=parts.encode(), content_type=kind).status_code == 413
    with app.app_context():
        assert queries.room(room).locked_at is not None


def test_a_lock_without_a_reason_says_so_on_the_page(as_: As, room: int) -> None:
    page = as_("hang").post(f"/rooms/{room}/lock", data={"reason": " "}, follow_redirects=True).text
    assert "Hãy ghi lý do ngắn gọn." in page and "đã khoá phòng" not in page


def test_closing_is_looked_at_on_a_page_of_its_own_first(app: Flask, as_: As, room: int) -> None:
    hang, path = as_("hang"), f"/rooms/{room}/close"
    page = hang.get(path)
    assert page.status_code == 200 and "Đóng rồi thì không mở lại được" in page.text
    empty = hang.post(path, data={"reason": "", "summary": DONE})
    assert empty.status_code == 422 and "Hãy ghi lý do ngắn gọn." in empty.text and DONE in empty.text
    private = hang.post(path, data={"reason": "Hết giờ", "summary": "số em 0912 345 678"})
    assert private.status_code == 422 and "số em 0912 345 678" in private.text
    with app.app_context():
        assert queries.room(room).closed_at is None
    assert hang.post(path, data={"reason": "Hết giờ", "summary": DONE}).status_code == 302
    for name in ("minh", "khoa", "lan"):
        end = as_(name).get(f"/rooms/{room}/end").text
        assert DONE in end and "Tóm tắt của cô Hằng" in end
    assert as_("bay").get(f"/rooms/{room}/end").status_code == 404
    assert hang.get(path).status_code == 409


def test_closing_too_often_in_a_row_is_refused(as_: As, app: Flask, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_many(name: str, *_key: object) -> None:
        if name == "act":
            raise RateLimited(retry_after=5)

    monkeypatch.setattr(rate_limits, "hit", too_many)
    assert as_("hang").post(f"/rooms/{room}/close", data={"reason": "Hết giờ"}).status_code == 429
    with app.app_context():
        assert queries.room(room).closed_at is None


@pytest.mark.parametrize("name", ["minh", "lan", "khoa", "muoi", "bay", "admin1"])
def test_the_page_of_closing_opens_for_nobody_else(app: Flask, world: World, as_: As, room: int, name: str) -> None:
    answer = as_(name).get(f"/rooms/{room}/close")
    assert answer.status_code == (404 if name in {"muoi", "bay"} else answer.status_code)
    assert answer.status_code in (403, 404) and "Đóng phòng này?" not in answer.text


def test_a_teacher_who_takes_part_closes_nothing(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        seats = [(world["minh"], "learner"), (world["hang"], "helper")]
        made = sessions_commands.open_room(world["lop6a"], seats, "join-class", minors=True, observed=True).id
        assert person(world["hang"]).state == "active"
    assert as_("hang").get(f"/rooms/{made}/close").status_code == 403
    assert as_("hang").post(f"/rooms/{made}/close", data={"reason": "Hết"}).status_code == 403
