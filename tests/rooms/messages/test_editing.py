"""What becomes of messages that stand: answered, changed, taken back, and what others make of them in a word."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_adults
from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.queries import changed_since, earlier_texts, load_message_context
from tutoring.rooms.models import Message, MessageVersion, Reaction
from tutoring.rooms.moderation import commands as moderation_commands

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}


def write(author: User, room_id: int, text: str, **more: object) -> int:
    return messages_commands.post_message(author, room_id, new_id(), text, **more).seq  # type: ignore[arg-type]


def seen(viewer: User, room_id: int, seq: int) -> dict[str, object]:
    _room, known = queries.readable_room(viewer, room_id)
    [shape] = rooms_serializers.serialize_messages_for(viewer, known, room_id, [queries.message(room_id, seq)])
    return shape


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


# ---- answering ----------------------------------------------------------------------------------------------


def test_an_answer_shows_the_beginning_of_what_it_answers_as_long_as_that_is_shown(who: Who, pair: int) -> None:
    asked = write(who("minh"), pair, "Bấm vào đâu ạ? " + "dài " * 60)
    answer = write(who("khoa"), pair, "Bấm nút xanh", reply_to=asked)
    assert seen(who("minh"), pair, answer)["reply"] == {
        "seq": asked, "author": str(who("minh").id), "name": "Minh", "text": ("Bấm vào đâu ạ? " + "dài " * 60)[:120]
    }  # fmt: skip
    moderation_commands.hide_message(who("hang"), pair, asked, "Có thông tin riêng")
    assert seen(who("minh"), pair, answer)["reply"] == {"seq": asked, "author": None, "name": None, "text": None}


@pytest.mark.parametrize(
    "reply_to",
    some(99, 2, 3, True, rest=[0, -1, "1"]),
)
def test_what_is_not_shown_or_not_there_cannot_be_answered(who: Who, pair: int, reply_to: object) -> None:
    write(who("minh"), pair, "Chào anh")
    hidden = write(who("minh"), pair, "Ẩn đi")
    moderation_commands.hide_message(
        who("hang"), pair, hidden, "Có thông tin riêng"
    )  # and the line that says so is number 3
    with pytest.raises(InvalidInput) as caught:
        write(who("khoa"), pair, "Vâng", reply_to=reply_to)
    assert caught.value.field == "reply"


# ---- changing -----------------------------------------------------------------------------------------------


def test_the_author_changes_a_message_and_what_it_said_before_is_kept_for_watchers(who: Who, pair: int) -> None:
    seq = write(who("minh"), pair, "Em ở buớc 3")
    messages_commands.edit_message(who("minh"), pair, seq, "Em ở bước 3")
    shape = seen(who("khoa"), pair, seq)
    assert shape["text"] == "Em ở bước 3" and shape["edited"] is True and shape["rev"] == 1
    [before] = earlier_texts([queries.message(pair, seq).id]).values()
    assert [one.text for one in before] == ["Em ở buớc 3"]
    messages_commands.edit_message(who("minh"), pair, seq, "Em ở bước 3")  # the same words change nothing
    assert queries.room(pair).rev == 1


def test_after_five_minutes_a_message_stands(who: Who, pair: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seq, began = write(who("minh"), pair, "Chào"), clock.now()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=4, seconds=55))
    messages_commands.edit_message(who("minh"), pair, seq, "Chào anh")
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=5, seconds=5))
    assert refused(lambda: messages_commands.edit_message(who("minh"), pair, seq, "Chào chị")) == "too_late"
    assert queries.message(pair, seq).text == "Chào anh"


def test_others_and_the_muted_change_nothing(who: Who, inside: World, pair: int) -> None:
    seq = write(who("minh"), pair, "Chào")
    for name in ("khoa", "hang", "quang"):
        with pytest.raises(NotFound):
            messages_commands.edit_message(who(name), pair, seq, "Khác")
    moderation_commands.mute(who("hang"), pair, inside["minh"], 5, "Lời lẽ chưa phù hợp")
    assert refused(lambda: messages_commands.edit_message(who("minh"), pair, seq, "Khác")) == "muted"
    assert refused(lambda: messages_commands.react(who("minh"), pair, seq, "thanks")) == "missing"
    assert queries.message(pair, seq).text == "Chào" and queries.room(pair).rev == 0


@pytest.mark.parametrize("text", ["Gọi em 0912 345 678", "Mã OTP của em là 482913"])
def test_words_that_could_not_be_sent_as_they_are_take_no_place(who: Who, pair: int, text: str) -> None:
    seq = write(who("minh"), pair, "Chào anh")
    with pytest.raises((Conflict, Forbidden)):
        messages_commands.edit_message(who("minh"), pair, seq, text, confirm=True)
    assert queries.message(pair, seq).text == "Chào anh"
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(MessageVersion))


def test_where_each_line_is_watched_nothing_is_changed_past_the_watcher(who: Who, pair: int) -> None:
    seq = write(who("minh"), pair, "Chào anh")
    moderation_commands.hold_everything(who("hang"), pair)
    assert refused(lambda: messages_commands.edit_message(who("minh"), pair, seq, "Chào chị")) == "not_as_it_is"
    held = write(who("minh"), pair, "Đang chờ")
    assert refused(lambda: messages_commands.edit_message(who("minh"), pair, held, "Khác")) == "stands"


@pytest.mark.parametrize("text", ["", "x" * 1001, None, 17])
def test_a_change_has_to_be_a_message(who: Who, pair: int, text: object) -> None:
    seq = write(who("minh"), pair, "Chào")
    with pytest.raises(InvalidInput):
        messages_commands.edit_message(who("minh"), pair, seq, text)  # type: ignore[arg-type]


def test_a_message_is_changed_so_often_and_no_more(who: Who, pair: int) -> None:
    seq = write(who("minh"), pair, "Chào")
    for _ in range(30):
        rate_limits.hit("edit", who("minh").id)
    assert refused(lambda: messages_commands.edit_message(who("minh"), pair, seq, "Chào anh")) == "too_many"
    assert queries.message(pair, seq).text == "Chào"


def test_a_word_is_said_so_often_and_no_more(who: Who, pair: int) -> None:
    seq = write(who("khoa"), pair, "Chào")
    for _ in range(60):
        rate_limits.hit("react", who("minh").id)
    assert refused(lambda: messages_commands.react(who("minh"), pair, seq, "thanks")) == "too_many"
    assert "reactions" not in seen(who("khoa"), pair, seq)


# ---- taking back --------------------------------------------------------------------------------------------


def test_a_message_taken_back_is_seen_by_nobody_and_written_down(who: Who, pair: int) -> None:
    seq = write(who("minh"), pair, "Nhầm rồi")
    for name in ("khoa", "hang"):
        with pytest.raises(NotFound):
            messages_commands.withdraw_message(who(name), pair, seq)
    messages_commands.withdraw_message(who("minh"), pair, seq)
    messages_commands.withdraw_message(who("minh"), pair, seq)  # a second press is no fault
    for name in ("minh", "khoa"):
        shape = seen(who(name), pair, seq)
        assert (shape["text"], shape["author"], shape["withdrawn"]) == (None, None, True)
    assert queries.message(pair, seq).text == "Nhầm rồi"  # for those who watch over the room
    assert refused(lambda: moderation_commands.appeal(who("minh"), pair, seq)) == "conflict"
    acts = db.session.scalars(sa.select(AuditRow.action).where(AuditRow.target == f"room:{pair}")).all()
    assert acts.count("withdraw_message") == 1 and audit.verify().broken_at is None


def test_what_a_watcher_hid_stays_hidden_by_the_watcher(who: Who, pair: int) -> None:
    seq = write(who("minh"), pair, "Không hay")
    moderation_commands.hide_message(who("hang"), pair, seq, "Lời lẽ chưa phù hợp")
    assert refused(lambda: messages_commands.withdraw_message(who("minh"), pair, seq)) == "stands"
    assert "withdrawn" not in seen(who("khoa"), pair, seq)


def test_what_waits_for_a_watcher_can_be_taken_back_and_waits_no_more(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    seq = write(who("minh"), pair, "Thôi ạ")
    messages_commands.withdraw_message(who("minh"), pair, seq)
    with pytest.raises(Conflict):
        moderation_commands.release_message(who("hang"), pair, seq)


# ---- in a word ----------------------------------------------------------------------------------------------


def test_one_word_a_person_which_can_be_changed_and_taken_back(who: Who, inside: World, pair: int) -> None:
    seq = write(who("khoa"), pair, "Bấm nút xanh nhé")
    for word in ("unsure", "done", "done"):
        messages_commands.react(who("minh"), pair, seq, word)
    shape = seen(who("khoa"), pair, seq)
    assert shape["reactions"] == [{"word": "done", "by": [str(inside["minh"])], "names": ["Minh"]}]
    assert queries.room(pair).rev == 2
    messages_commands.react(who("minh"), pair, seq, "")
    assert "reactions" not in seen(who("khoa"), pair, seq)


def test_no_word_for_oneself_for_what_is_hidden_or_from_outside(who: Who, pair: int) -> None:
    seq = write(who("khoa"), pair, "Chào em")
    assert refused(lambda: messages_commands.react(who("minh"), pair, seq, "hate")) == "invalid"
    for name in ("khoa", "quang"):
        with pytest.raises(NotFound):
            messages_commands.react(who(name), pair, seq, "thanks")
    moderation_commands.hide_message(who("hang"), pair, seq, "Lời lẽ chưa phù hợp")
    for number in (seq, seq + 1):  # and the room's own line
        with pytest.raises(NotFound):
            messages_commands.react(who("minh"), pair, number, "thanks")
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Reaction))


# ---- what was missed ----------------------------------------------------------------------------------------


def test_changes_are_asked_for_by_the_last_one_known(who: Who, pair: int) -> None:
    first, second = write(who("khoa"), pair, "Một"), write(who("khoa"), pair, "Hai")
    messages_commands.react(who("minh"), pair, second, "thanks")
    messages_commands.edit_message(who("khoa"), pair, first, "Một nhé")
    assert [one.seq for one in changed_since(pair, second, 0).items] == [second, first]
    assert [one.seq for one in changed_since(pair, second, 1).items] == [first]
    assert [one.seq for one in changed_since(pair, first, 0).items] == [first]
    assert changed_since(pair, second, 2).items == []
    page = changed_since(pair, second, 0, 1)
    assert page.more and [one.rev for one in page.items] == [1]


def test_a_page_of_messages_asks_twice_for_all_that_stands_around_them(who: Who, pair: int) -> None:
    asked = write(who("minh"), pair, "Hỏi")
    for n in range(3):
        seq = write(who("khoa"), pair, f"Trả lời {n}", reply_to=asked)
        messages_commands.react(who("minh"), pair, seq, "got_it")
    newest = queries.messages_after(pair, asked).items
    asked_of: list[str] = []
    note = lambda _line, _cursor, statement, *_: asked_of.append(statement)  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", note)
    found = load_message_context(pair, newest)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked_of) == 2 and len(found.reactions) == 3 and list(found.answered) == [asked]


# ---- pages --------------------------------------------------------------------------------------------------


def test_everything_is_done_by_forms_and_by_json(app: Flask, as_: As, world: World) -> None:
    with app.app_context():
        room_id = open_adults(world)
    lan, muoi = as_("lan"), as_("bay")
    page = f"/rooms/{room_id}"
    lan.post(f"{page}/messages", data={"client_id": new_id(), "text": "Bấm vào đâu ạ?"})
    shown = muoi.get(f"{page}/messages/1").text
    assert "Làm được rồi" in shown and "Trả lời tin này" in shown and "Thu hồi" not in shown
    assert muoi.post(f"{page}/messages/1/react", data={"word": "unsure"}).status_code == 302
    assert "Bấm vào đâu ạ?" in muoi.get(f"{page}?reply=1").text.split('id="answering"')[1][:400]
    muoi.post(f"{page}/messages", data={"client_id": new_id(), "text": "Nút xanh", "reply": "1"})
    answer = lan.get(f"{page}/messages?after=0&rev=0", headers=JSON).get_json()
    assert answer["messages"][1]["reply"]["seq"] == 1 and answer["rev"] == 1 and answer["changes"] == []
    assert [one["seq"] for one in lan.get(f"{page}/messages?after=2&rev=0", headers=JSON).get_json()["changes"]] == [1]
    edited = lan.post(f"{page}/messages/1/edit", data={"text": "Bấm nút nào ạ?"}, headers=JSON).get_json()
    assert edited == {"ok": True}
    wrong = lan.post(f"{page}/messages/1/edit", data={"text": ""})
    assert wrong.status_code == 422 and "Hãy viết gì đó" in wrong.text
    assert "đã sửa" in muoi.get(page).text
    assert lan.post(f"{page}/messages/1/withdraw").status_code == 302
    assert "Tin này đã được thu hồi." in muoi.get(page).text and "Bấm nút nào" not in muoi.get(page).text
    assert muoi.get(f"{page}/messages/1").status_code == 404
    for value in ("x", "9" * 40, "1.5"):
        bad = muoi.post(f"{page}/messages", data={"client_id": new_id(), "text": "a", "reply": value}, headers=JSON)
        assert bad.status_code == 422 and bad.get_json()["error"] == "invalid"


def test_nobody_outside_reads_or_does_anything(app: Flask, as_: As, world: World) -> None:
    with app.app_context():
        room_id = open_adults(world)
    as_("lan").post(f"/rooms/{room_id}/messages", data={"client_id": new_id(), "text": "Chào"})
    minh = as_("minh")
    assert minh.get(f"/rooms/{room_id}/messages/1").status_code == 404
    for act in ("edit", "withdraw", "react"):
        assert minh.post(f"/rooms/{room_id}/messages/1/{act}", data={"text": "x", "word": "thanks"}).status_code == 404
    with app.app_context():
        assert db.session.scalar(sa.select(Message.text).where(Message.room_id == room_id)) == "Chào"
