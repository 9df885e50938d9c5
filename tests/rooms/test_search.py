"""Looking for words in a room, and what is told of what was read."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import has_said, new_id, open_adults, open_pair
from tutoring.accounts.models import User
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.logs import JsonFormatter
from tutoring.rooms import queries, search
from tutoring.rooms.erasure.consent_withdrawal import erase_words
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
pytestmark = pytest.mark.usefixtures("unhurried")


def says(author: User, room_id: int, text: str) -> int:
    return messages_commands.post_message(author, room_id, new_id(), text).seq


def found(room_id: int, typed: str, before: int | None = None) -> list[int]:
    return [hit.message.seq for hit in search.find(room_id, search.words_of(typed), before).items]


# ---- what is found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "seqs"),
    some(
        ("doi mat khau", [3, 1]),
        ("khẩu đổi", [3, 1]),  # in any order
        ("ma kh", []),  # whole words but for the last
        ("hóa", [2]),
        ("%", []),
        rest=[
            ("đổi mật khẩu", [3, 1]),
            ("ĐỔI MẬT KHẨU", [3, 1]),
            ("mat kh", [3, 1]),  # the last word may be unfinished
            ("hoá", [2]),
            ("100%", [4]),
            ("_", []),
            ("đơn", [5]),
            ("nothing", []),
        ],
    ),
)
def test_words_are_found_with_or_without_marks_and_capitals_newest_first(
    who: Who, adults: int, typed: str, seqs: list[int]
) -> None:
    for text in ("Em muốn ĐỔI mật khẩu", "Bài hoá học", "Mật khẩu đã đổi xong", "Đúng 100% rồi", "Nộp\nđơn: ở đây"):
        says(who("lan"), adults, text)
    looked_for = search.words_of(typed)
    assert (found(adults, typed) if looked_for else []) == seqs


def test_nothing_is_found_in_another_room(inside: World, who: Who, adults: int) -> None:
    other = open_adults(inside)
    says(who("lan"), other, "tờ khai")
    assert found(adults, "tờ khai") == [] and found(other, "tờ khai") == [1]


def test_what_the_reader_cannot_see_is_not_found(who: Who, pair: int) -> None:
    khoa, minh, hang = who("khoa"), who("minh"), who("hang")
    masked = says(minh, pair, "Số của mình là 0912 345 678, gọi nhé")
    hidden, taken_back = says(khoa, pair, "lời này sẽ ẩn"), says(khoa, pair, "lời này sẽ thu hồi")
    held = says(khoa, pair, "Kết bạn Zalo với anh đi, nick minhanh2k9")
    moderation_commands.hide_message(hang, pair, hidden, "Lời lẽ chưa phù hợp")
    messages_commands.withdraw_message(khoa, pair, taken_back)
    assert queries.message(pair, held).status == "held" and queries.message(pair, masked).status == "masked"
    assert found(pair, "zalo") == [] and found(pair, "minhanh2k9") == [] and found(pair, "lời này") == []
    assert found(pair, "0912") == [] and found(pair, "gọi") == [masked]
    assert found(pair, "đã ẩn") == []  # a line by the room itself is no message
    moderation_commands.read_original(hang, pair, held, "Cần biết có cho gửi được không")
    moderation_commands.release_message(hang, pair, held, whole=True)
    assert found(pair, "minhanh2k9") == [held]


def test_changed_words_are_found_and_what_stood_there_is_not(who: Who, adults: int) -> None:
    seq = says(who("lan"), adults, "hẹn thứ ba")
    messages_commands.edit_message(who("lan"), adults, seq, "hẹn thứ tư")
    assert found(adults, "thứ tư") == [seq] and found(adults, "thứ ba") == []


def test_what_is_erased_leaves_no_copy(who: Who, adults: int) -> None:
    says(who("lan"), adults, "chim hoàng yến")
    with clock.travel(clock.now() + timedelta(days=400)):
        erase_words(who("lan").id)
    kept = db.session.execute(sa.text("SELECT text, folded FROM message ORDER BY id")).all()
    assert ("", "") in [tuple(row) for row in kept] and not any("hoang" in row.folded for row in kept)


def test_hits_come_page_by_page(who: Who, adults: int) -> None:
    for n in range(45):
        says(who("lan"), adults, f"tờ khai {n}")
    first = search.find(adults, ["khai"])
    second = search.find(adults, ["khai"], first.items[-1].message.seq)
    third = search.find(adults, ["khai"], second.items[-1].message.seq)
    seqs = [hit.message.seq for page in (first, second, third) for hit in page.items]
    assert seqs == list(range(45, 0, -1)) and (first.more, second.more, third.more) == (True, True, False)


# ---- the page ----------------------------------------------------------------------------------------------


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_adults(world)


def fill(room_id: int, author_id: int, count: int) -> None:
    has_said(room_id, author_id, [f"tin {n}" for n in range(1, count + 1)])


def test_a_hit_leads_to_its_place_in_the_history(app: Flask, world: World, as_: As, room: int) -> None:
    with app.app_context():
        fill(room, world["lan"], 350)
    lan = as_("lan")
    page = lan.get(f"/rooms/{room}/search?q=TIN+77").text
    assert "<mark>tin 77</mark>" in page and "<title>Tìm trong phòng" in page
    [link] = re.findall(r'href="(/rooms/\d+\?before=\d+#m77)"', page)
    place = lan.get(link.split("#")[0]).text
    assert 'id="m77"' in place and 'id="m101"' in place and 'id="m52"' in place
    [newest] = re.findall(r'href="(/rooms/\d+#m301)"', lan.get(f"/rooms/{room}/search?q=tin+301").text)
    assert newest == f"/rooms/{room}#m301" and 'id="m301"' in lan.get(f"/rooms/{room}").text
    assert 'id="compose"' not in place and "Xem tin mới hơn" in place
    [newer] = re.findall(r'href="(/rooms/\d+\?before=\d+)">Xem tin mới hơn', place)
    after = lan.get(newer).text
    assert 'id="m102"' in after and 'id="m101"' not in after and 'id="m151"' in after  # without a gap


def test_the_page_says_when_nothing_is_found_and_asks_nothing_without_words(as_: As, room: int) -> None:
    lan = as_("lan")
    assert "Chưa tìm thấy tin nào" in lan.get(f"/rooms/{room}/search?q=zzz").text
    for empty in ("", "?q=", "?q=%25%25", "?before=x"):
        page = lan.get(f"/rooms/{room}/search{empty}")
        assert page.status_code == 200 and "Chưa tìm thấy" not in page.text


def test_who_cannot_read_a_room_cannot_look_for_words_in_it(app: Flask, world: World, as_: As, room: int) -> None:
    with app.app_context():
        pair = open_pair(world)
    for name, where in (("minh", room), ("bay", pair), ("hang", pair), ("khoa", room)):
        assert as_(name).get(f"/rooms/{where}/search?q=a").status_code == 404
    assert app.test_client().get(f"/rooms/{room}/search?q=a").status_code == 302


def test_what_was_looked_for_is_written_down_nowhere(
    app: Flask, as_: As, room: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caplog.handler, "formatter", JsonFormatter())  # the handler is that of all tests
    as_("lan").get(f"/rooms/{room}/search?q=chimhoangyen")
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.text(f'SELECT * FROM "{table.name}"')):
                assert "chimhoangyen" not in str(row)
    assert "chimhoangyen" not in caplog.text


def test_words_are_looked_for_so_often_and_no_more(as_: As, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    rate_limits.clear()
    lan = as_("lan")
    codes = [lan.get(f"/rooms/{room}/search?q=a").status_code for _ in range(41)]
    assert codes == [200] * 40 + [429]


# ---- what was read -----------------------------------------------------------------------------------------


def test_the_first_message_one_has_not_seen_stands_below_a_line(app: Flask, world: World, as_: As, room: int) -> None:
    with app.app_context():
        says(person(world["bay"]), room, "một")
        says(person(world["bay"]), room, "hai")
    lan = as_("lan")
    assert 'id="unread"' not in lan.get(f"/rooms/{room}").text  # to whom all is new, nothing is told
    assert 'id="unread"' not in lan.get(f"/rooms/{room}").text
    with app.app_context():
        says(person(world["lan"]), room, "của mình")
        says(person(world["bay"]), room, "ba")
        says(person(world["bay"]), room, "bốn")
    page = lan.get(f"/rooms/{room}").text
    assert re.search(r'<li class="day" id="unread">Tin mới</li>\s*<li class="msg hue-\w+"[^>]* id="m4"', page)
    assert page.count('id="unread"') == 1 and 'id="unread"' not in lan.get(f"/rooms/{room}").text


def test_lists_tell_how_many_messages_are_new_up_to_ninety_nine(app: Flask, world: World, as_: As, room: int) -> None:
    with app.app_context():
        fill(room, world["bay"], 99)
    assert "99 tin chưa đọc" in as_("lan").get("/rooms").text
    with app.app_context():
        fill(room, world["bay"], 1)
    page = as_("lan").get("/rooms").text
    assert "99+ tin chưa đọc" in page and "100 tin" not in page
    as_("lan").get(f"/rooms/{room}")
    assert "tin chưa đọc" not in as_("lan").get("/rooms").text


def test_of_two_each_sees_whether_the_other_has_read(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        says(person(world["minh"]), room, "Em chào anh")
    seen = re.compile(r'id="seen" data-upto="(\d+)"( hidden)?>')
    assert seen.findall(as_("minh").get(f"/rooms/{room}").text) == [("0", " hidden")]
    as_("lan").get(f"/rooms/{room}")  # the guardian reads too: that is not the other one
    assert seen.findall(as_("minh").get(f"/rooms/{room}").text) == [("0", " hidden")]
    as_("khoa").get(f"/rooms/{room}")
    assert seen.findall(as_("minh").get(f"/rooms/{room}").text) == [("1", "")]
    assert 'id="seen"' not in as_("lan").get(f"/rooms/{room}").text


# ---- a long room -------------------------------------------------------------------------------------------


def plan(statement: str, values: object) -> str:
    """How the database goes about it."""
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    return " ".join(str(row) for row in db.session.connection().exec_driver_sql(explain + statement, values))


@pytest.mark.full
def test_a_long_room_costs_no_more_questions_than_a_short_one_and_each_goes_by_the_room(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    with app.app_context():
        short, long, others = open_adults(world), open_adults(world), [open_adults(world) for _ in range(10)]
        fill(short, world["bay"], 10)
        fill(long, world["bay"], 3_000)
        for one in others:
            fill(one, world["bay"], 300)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    lan = as_("lan")
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        if "FROM message" in statement:
            asked.append((statement, values))

    ways = ("", "?before=9", "/messages?after={near}&rev=0", "/search?q=tin+7", "/search?q=nothing")
    costs: dict[int, list[int]] = {short: [], long: []}
    with app.app_context():
        engine = db.engine
    for room, last in ((short, 10), (long, 3_000)):
        lan.get(f"/rooms/{room}")
        for way in ways:
            if room == long:
                sa.event.listen(engine, "before_cursor_execute", note)
            queries.clear()
            path = f"/rooms/{room}{way}".format(near=last - 5).replace("before=9", f"before={last}")
            assert lan.get(path, headers={"Accept": "application/json"} if "messages" in way else {}).status_code == 200
            costs[room].append(len(queries))
            if room == long:
                sa.event.remove(engine, "before_cursor_execute", note)
    assert costs[long] == costs[short] and max(costs[long]) <= 21, costs  # one of them: whether a call waits
    assert asked
    with app.app_context():
        for statement, values in asked:
            way = plan(statement, values)
            assert not re.search(r"SCAN message|Seq Scan on message\b", way), f"{statement}\n{way}"
            if "DESC" in statement:  # the newest part is read from its end, and no more than that
                assert not re.search(r"TEMP B-TREE|Sort  ", way), f"{statement}\n{way}"
            assert "message.folded" not in statement.split("WHERE")[0]  # only to be looked through


def test_a_page_shows_the_newest_fifty(app: Flask, world: World, as_: As, room: int) -> None:
    with app.app_context():
        fill(room, world["bay"], 120)
    page = as_("lan").get(f"/rooms/{room}").text
    assert page.count(' data-status="sent"') == 50 and 'id="m120"' in page and "before=71" in page
