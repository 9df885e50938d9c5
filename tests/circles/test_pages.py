"""The pages of circles, as people open them and press their buttons."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.circles.parents import LESSON, called, parent
from tests.factories import World, client_of, person
from tests.parametrize import some
from tests.test_audience_notices import said_before
from tutoring.circles import commands as circles_commands
from tutoring.circles.models import Answer, Topic
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.db import db
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands

As = Callable[[str], FlaskClient]


@pytest.fixture
def hoa(app: Flask, world: World) -> FlaskClient:
    """Another mother of class 4A, signed in."""
    with app.app_context():
        made = parent(world, "Hoa")
    return client_of(app, made)


@pytest.fixture
def circle(world: World) -> str:
    return f"/circles/{world['lop4a']}"


def ask(client: FlaskClient, circle: str, title: str, text: str = "Máy vẫn bật loa.", **more: str) -> str:
    """Where one is led after asking."""
    answer = client.post(f"{circle}/ask", data={"title": title, "text": text, "lesson": "", **more})
    return str(answer.location or "")


def newest(app: Flask, column: object) -> int:
    with app.app_context():
        return int(db.session.scalars(sa.select(sa.func.max(column))).one())


def test_a_mother_asks_and_another_answers(app: Flask, world: World, as_: As, hoa: FlaskClient, circle: str) -> None:
    lan = as_("lan")
    assert "Chưa ai hỏi ở đây" in lan.get(circle).text
    topic = ask(lan, circle, "Con không nghe được tiếng cô", lesson=LESSON)
    assert re.fullmatch(rf"{circle}/topics/\d+", topic)
    page = hoa.get(topic).text
    assert "Con không nghe được tiếng cô" in page and "Vào lớp bằng đường dẫn" in page and "Chị Lan" in page
    answer = hoa.post(topic, data={"text": "Bấm hình micro ở góc dưới."})
    assert answer.location.startswith(topic + "#a")
    assert "Bấm hình micro ở góc dưới." in lan.get(topic).text
    assert "1 trả lời" in lan.get(circle).text


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(as_: As, circle: str) -> None:
    lan = as_("lan")
    page = lan.post(f"{circle}/ask", data={"title": "Gọi em 0912345678", "text": "Kể thêm ở đây", "lesson": ""})
    assert page.status_code == 422 and 'id="title-error"' in page.text
    assert "Gọi em 0912345678" in page.text and "Kể thêm ở đây" in page.text
    page = lan.post(f"{circle}/ask", data={"title": "", "text": "Kể thêm ở đây", "lesson": "khong-co"})
    assert page.status_code == 422 and 'id="lesson-error"' in page.text


def test_similar_topics_are_offered_before_one_more_stands_there(as_: As, hoa: FlaskClient, circle: str) -> None:
    first = ask(as_("lan"), circle, "Con không nghe được tiếng cô")
    typed = {"title": "Bé nhà em không nghe tiếng cô giáo", "text": "Máy tính bảng.", "lesson": ""}
    page = hoa.post(f"{circle}/ask", data=typed)
    assert page.status_code == 200 and "Có chủ đề gần giống" in page.text and first in page.text
    assert "Máy tính bảng." in page.text
    second = ask(hoa, circle, typed["title"], typed["text"], sure="1")
    assert second.startswith(f"{circle}/topics/") and second != first


@pytest.mark.full
def test_finding_and_filters_work_by_their_links(as_: As, hoa: FlaskClient, circle: str) -> None:
    lan = as_("lan")
    ask(lan, circle, "Con không nghe được tiếng cô", lesson=LESSON)
    ask(hoa, circle, "Mấy giờ con nên tắt máy")
    found = lan.get(f"{circle}?q=khong nghe").text
    assert "Con không nghe được tiếng cô" in found and "Mấy giờ con nên tắt máy" not in found
    mine = hoa.get(f"{circle}?show=mine").text
    assert "Mấy giờ con nên tắt máy" in mine and "Con không nghe được tiếng cô" not in mine
    of_lesson = hoa.get(f"{circle}?lesson={LESSON}").text
    assert "Con không nghe được tiếng cô" in of_lesson and "Mấy giờ con nên tắt máy" not in of_lesson
    assert "Chưa tìm thấy chủ đề nào" in lan.get(f"{circle}?q=xe dap").text
    for odd in (
        "before=x",
        "before=2026-01-01,1",
        "before=2026-01-01T00:00:00%2B00:00,x",
        "show=x",
        "lesson=" + "a" * 900,
    ):
        assert lan.get(f"{circle}?{odd}").status_code == 200, odd


@pytest.mark.full
def test_every_button_of_an_answer_does_what_it_says(app: Flask, as_: As, hoa: FlaskClient, circle: str) -> None:
    lan, hang = as_("lan"), as_("hang")
    topic = ask(lan, circle, "Con không nghe được tiếng cô")
    hoa.post(topic, data={"text": "Bấm hình micro."})
    at = f"/circles/answers/{newest(app, Answer.id)}"
    assert lan.post(f"{at}/helped").location.startswith(topic)
    page = lan.get(topic).text
    assert "giúp được 1 người" in page and "Đã giúp được tôi" in page
    lan.post(f"{at}/helped", data={"undo": "1"})
    assert "giúp được 1 người" not in lan.get(topic).text
    hang.post(f"{at}/pin")
    assert "Thầy cô ghim" in lan.get(topic).text and "Thầy cô đã ghim" in lan.get(circle).text
    hang.post(f"{at}/pin", data={"undo": "1"})
    assert "Thầy cô ghim" not in lan.get(topic).text
    assert "Đã ẩn" not in hang.post(f"{at}/hide", data={"reason": ""}).text
    hang.post(f"{at}/hide", data={"reason": "Nói về bé khác"})
    assert "Bấm hình micro." not in lan.get(topic).text
    assert "Nói về bé khác" in hoa.get(topic).text
    hang.post(f"{at}/hide", data={"undo": "1"})
    hoa.post(f"{at}/edit", data={"text": "Bấm hình micro rồi chờ."})
    assert "Bấm hình micro rồi chờ." in lan.get(topic).text and "đã sửa" in lan.get(topic).text
    hoa.post(f"{at}/withdraw")
    assert "Bấm hình micro" not in lan.get(topic).text and "Đăng lại" in hoa.get(topic).text
    hoa.post(f"{at}/withdraw", data={"undo": "1"})
    assert "Bấm hình micro" in lan.get(topic).text


def test_who_may_not_is_told_so_and_strangers_find_nothing(app: Flask, as_: As, hoa: FlaskClient, circle: str) -> None:
    topic = ask(as_("lan"), circle, "Con không nghe được tiếng cô")
    hoa.post(topic, data={"text": "Bấm hình micro."})
    at = f"/circles/answers/{newest(app, Answer.id)}"
    for method, path in (("post", f"{at}/pin"), ("get", f"{at}/hide"), ("get", f"{at}/to-lesson")):
        assert getattr(as_("lan"), method)(path).status_code in (403, 404)
    for name in ("minh", "muoi", "mai", "bay", "khoa"):
        client = as_(name)
        for path in (circle, f"{circle}/ask", topic, f"{at}/edit"):
            assert client.get(path).status_code == 404, (name, path)
        for path in (topic, f"{at}/helped", f"{at}/suggest", f"{at}/agree", f"{at}/withdraw"):
            assert client.post(path, data={"text": "Chào"}).status_code == 404, (name, path)


def test_a_topic_is_in_its_own_circle_alone(world: World, as_: As, circle: str) -> None:
    topic = ask(as_("lan"), circle, "Con không nghe được tiếng cô")
    number = topic.rsplit("/", 1)[1]
    assert as_("lan").get(f"/circles/{world['lop6a']}/topics/{number}").status_code == 404


def test_a_teacher_opens_a_session_from_the_topics_page(
    app: Flask, world: World, as_: As, hoa: FlaskClient, circle: str
) -> None:
    lan, hang = as_("lan"), as_("hang")
    topic = ask(lan, circle, "Con không nghe được tiếng cô", lesson=LESSON)
    hoa.post(f"/circles/topics/{topic.rsplit('/', 1)[1]}/wish")
    page = hang.get(topic).text
    assert "1 ba mẹ muốn có buổi học trực tiếp" in page
    link = re.search(r'href="(/sessions/new\?[^"]+)"', page)
    assert link is not None
    form = hang.get(link[1].replace("&amp;", "&")).text
    assert 'value="Con không nghe được tiếng cô"' in form
    assert re.search(r'<option selected value="hoc\.vao-lop"', form)
    assert re.search(rf'<option selected value="{world["truong"]}"', form)
    assert re.search(r'value="adults" checked', form)
    origin = re.search(r'name="origin"[^>]* value="([^"]+)"', form)
    assert origin is not None
    day = clock.today() + timedelta(days=1)
    typed = {
        "words": "Cùng nhau nghe tiếng cô", "topic": "hoc.vao-lop", "level": "1", "unit": str(world["truong"]),
        "audience": "adults", "day": day.isoformat(), "time": "19:00", "minutes": "45",
        "places": "6", "lowest": "", "highest": "", "origin": origin[1],
    }  # fmt: skip
    assert hang.post("/sessions/new", data=typed).status_code == 302
    assert newest(app, Topic.session_id) == newest(app, GroupSession.id)
    assert "Cùng nhau nghe tiếng cô" in lan.get(topic).text
    assert "Có buổi học trực tiếp về chủ đề bạn đã xin" in hoa.get("/notices").text


def test_a_new_session_without_a_topic_is_as_before(as_: As) -> None:
    hang = as_("hang")
    assert re.search(r'value="pupils" checked', hang.get("/sessions/new").text)
    odd = hang.get("/sessions/new?topic=khong-co&unit=999&audience=all&words=" + "a" * 500).text
    assert re.search(r'value="pupils" checked', odd) and f'value="{"a" * 80}"' in odd


@pytest.mark.full
def test_ways_lead_there_from_the_unit_the_room_and_the_start_page(
    app: Flask, world: World, as_: As, circle: str
) -> None:
    ask(as_("lan"), circle, "Con không nghe được tiếng cô")
    unit = as_("hang").get(f"/units/{world['lop4a']}/classes").text
    assert f'href="{circle}"' in unit and "1 câu chưa có trả lời" in unit
    assert f'href="{circle}"' not in as_("mai").get(f"/units/{world['phuong']}/classes").text
    with app.app_context():
        room = persistent_rooms_commands.open_lasting(person(world["hang"]), world["lop4a"], "circle").id
    assert f'href="{circle}"' in as_("lan").get(f"/rooms/{room}").text
    assert f'href="/rooms/{room}"' in as_("lan").get(circle).text
    assert 'href="/circles"' in as_("lan").get("/").text
    assert 'href="/circles"' not in as_("minh").get("/").text


def test_teaching_back_is_at_hand_for_parents(as_: As, circle: str) -> None:
    lan = as_("lan")
    page = lan.get(circle).text
    assert "Dạy lại cho con" in page and re.search(r"/lessons/[a-z0-9-]+/done#teach-back", page)
    assert "Dạy lại cho con" not in as_("hang").get(circle).text
    topic = ask(lan, circle, "Con xem máy lâu quá", lesson="thoi-gian-man-hinh")
    page = lan.get(topic).text
    assert 'action="/lessons/thoi-gian-man-hinh/taught"' in page
    digest = re.search(r'name="line" value="([0-9a-f]+)"', page)
    assert digest is not None
    lan.post("/lessons/thoi-gian-man-hinh/taught", data={"line": digest[1]})
    assert f'value="{digest[1]}" checked' in lan.get(topic).text
    assert re.search(r"1 trên \d việc", lan.get(circle).text)


def test_my_circles_are_listed_and_nobody_elses(world: World, as_: As) -> None:
    page = as_("lan").get("/circles").text
    assert all(f'href="/circles/{world[unit]}"' in page for unit in ("lop4a", "lop6a", "truong"))
    assert f'href="/circles/{world["lop11a"]}"' not in page
    assert "Bạn chưa ở góc hỏi đáp nào" in as_("bay").get("/circles").text
    assert f'href="/circles/{world["lop11a"]}"' in as_("quang").get("/circles").text


# The number of statements that a page may ask of the database, sign-in and navigation included.
COSTS = {"index": 14, "list": 20, "topic": 24, "ask": 14}


def fill(app: Flask, world: World, topics: int) -> int:
    """Topics with two answers each, all from one mother; the first of them."""
    with app.app_context():
        hoa, made = called("Hoa"), []
        for number in range(topics):
            topic = circles_commands.ask(hoa, world["lop4a"], f"Hỏi lần {number}", "Chữ", LESSON)
            for name in ("lan", "hang"):
                circles_commands.answer(person(world[name]), topic.id, f"Trả lời của {name}")
            made.append(topic.id)
        return made[0]


@pytest.mark.full
@pytest.mark.parametrize("name", some("lan", rest=["hang"]))
def test_a_page_costs_the_same_however_much_stands_there(
    app: Flask, world: World, as_: As, hoa: FlaskClient, queries: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    circle = f"/circles/{world['lop4a']}"
    first, asked, client = fill(app, world, 2), dict[str, list[list[str]]](), as_(name)
    paths = {"index": "/circles", "list": circle, "topic": f"{circle}/topics/{first}", "ask": f"{circle}/ask"}
    for more in (0, 12):
        fill(app, world, more) if more else None
        for which, path in paths.items():
            client.get(path)
            queries.clear()
            assert client.get(path).status_code == 200
            counted = [one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
            asked.setdefault(which, []).append(counted)
    for which, (few, many) in asked.items():
        assert len(few) == len(many), which
        assert len(many) <= COSTS[which], "\n".join([which, *many])


def test_who_reads_stands_before_every_field(app: Flask, as_: As, hoa: FlaskClient, circle: str) -> None:
    lan = as_("lan")
    topic = ask(lan, circle, "Con không nghe được tiếng cô")
    hoa.post(topic, data={"text": "Bấm hình micro."})
    at = f"/circles/answers/{newest(app, Answer.id)}"
    readers = "Ba mẹ có con học ở đây và thầy cô của Lớp 4A đọc được."
    for client, path, field in (
        (lan, f"{circle}/ask", "title"), (lan, f"{circle}/ask", "text"), (lan, topic, "text"),
        (hoa, f"{at}/edit", "text"), (lan, f"/circles/topics/{topic.rsplit('/', 1)[1]}/edit", "title"),
    ):  # fmt: skip
        assert said_before(client.get(path).text, field) == readers, path
    assert "Người viết và thầy cô đọc được lý do." in said_before(as_("hang").get(f"{at}/hide").text, "reason")
