"""Every door at which words of danger may be said: the card comes first, a grown-up hears, nobody else reads."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import open_pair
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate
from tutoring.circles.models import Answer, Topic
from tutoring.kernel.db import db
from tutoring.lessons.search.models import SearchMiss
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.models import Case, Report
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Feedback, Message
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.welfare.models import Disclosure

As = Callable[[str], FlaskClient]
BEATEN = "Bố em say rượu đánh em chảy máu"


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sends(client: FlaskClient, page: str, to: str, **fields: str) -> tuple[str, str]:
    """Fill a form of this page; where it leads, and what stands there."""
    data = {"csrf_token": token(client.get(page).text), **fields}
    answer = client.post(to, data=data, follow_redirects=True)
    return answer.request.path, answer.text


def heard(app: Flask) -> list[tuple[str, bool]]:
    """By which doors words came, and whether a case has them."""
    with app.app_context():
        rows = db.session.scalars(sa.select(Disclosure).order_by(Disclosure.id)).all()
        return [(one.door, one.case_id is not None) for one in rows]


def test_asking_for_help_is_answered_by_the_card_and_by_no_queue(app: Flask, world: World, as_: As) -> None:
    fields = {"topic": "join-class", "words": BEATEN, "learner": str(world["minh"]), "urgency": "1", "wish": "now"}
    where, page = sends(as_("minh"), "/ask", "/ask", **fields)
    assert where == "/safety" and "tel:111" in page
    assert "Chỉ thầy cô trực đọc được lời này, người giúp và ba mẹ không thấy" in page
    assert heard(app) == [("ask", True)]
    with app.app_context():
        assert db.session.scalar(sa.select(HelpRequest.id)) is None


def test_the_page_of_such_a_case_says_nothing_of_a_room_and_sends_nobody_to_the_parents(
    app: Flask, world: World, as_: As
) -> None:
    fields = {"topic": "join-class", "words": BEATEN, "learner": str(world["minh"]), "urgency": "1", "wish": "now"}
    sends(as_("minh"), "/ask", "/ask", **fields)
    with app.app_context():
        case = db.session.scalars(sa.select(Case.id)).one()
    page = as_("hang").get(f"/desk/cases/{case}").text
    main = page[page.index("<main") : page.index("</main")]
    assert BEATEN in main and "Lớp 6A" in main and "tel:111" in main
    about_room = (
        main.replace("xã, phường", "").replace("Mở phòng nói chuyện với em", "").replace("không thấy phòng", "")
    )
    assert "phòng" not in about_room and "Kể ngay với ba mẹ" not in main


def test_no_browser_brings_back_what_was_typed_at_a_door(app: Flask, world: World, as_: As) -> None:
    """Somebody else who goes back on a shared phone finds the field empty."""
    with app.app_context():
        room_id = open_pair(world)
    doors = {
        "minh": ("/ask", "/report", f"/rooms/{room_id}", f"/rooms/{room_id}/end", "/search"),
        "lan": (f"/circles/{world['lop6a']}/ask",),
    }
    for name, paths in doors.items():
        for path in paths:
            page = as_(name).get(path).text
            fields = re.findall(r'<textarea[^>]*>|<input[^>]* type="search"[^>]*>', page[page.index("<main") :])
            assert fields and all('autocomplete="off"' in one for one in fields), path


def test_the_topic_of_bullying_is_answered_by_the_card_first(app: Flask, world: World, as_: As) -> None:
    client = as_("minh")
    fields = {
        "topic": "an-toan.bat-nat", "words": "Em muốn học bài này", "learner": str(world["minh"]), "urgency": "1",
        "wish": "now", "device": "",
    }  # fmt: skip
    where, page = sends(client, "/ask", "/ask", **fields)
    assert where == "/ask" and "tel:111" in page and "/report" in page
    with app.app_context():
        assert db.session.scalar(sa.select(HelpRequest.id)) is None
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page[page.index("<main") :]))
    assert hidden["sure"] == "1" and hidden["topic"] == "an-toan.bat-nat"


def test_words_added_to_a_request_go_to_the_people_in_charge(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        minh = person(world["minh"])
        asked = requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt").id
    where, _page = sends(as_("minh"), f"/requests/{asked}", f"/requests/{asked}/words", words=BEATEN)
    assert where == "/safety" and heard(app) == [("ask", True)]


def test_feedback_goes_to_the_people_in_charge_and_to_no_helper(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
    where, _page = sends(as_("minh"), f"/rooms/{room_id}/end", f"/rooms/{room_id}/end", words=BEATEN)
    assert where == "/safety" and heard(app) == [("feedback", True)]
    with app.app_context():
        assert db.session.scalar(sa.select(Feedback.words).where(Feedback.words != "")) is None


def test_a_circle_of_parents_reads_no_such_question(app: Flask, world: World, as_: As) -> None:
    unit = world["lop6a"]
    words = "Con tôi bị chú hàng xóm sờ vào người"
    where, _page = sends(
        as_("lan"), f"/circles/{unit}/ask", f"/circles/{unit}/ask", title="Hỏi các ba mẹ", text=words, lesson=""
    )
    assert where == "/safety" and heard(app) == [("circle", True)]
    with app.app_context():
        assert db.session.scalars(sa.select(Topic.text)).all() == []
        assert db.session.scalars(sa.select(Answer.text)).all() == []
        [case] = db.session.scalars(sa.select(Case)).all()
        assert case.welfare is not None and case.welfare.protects == "child"


def test_a_class_room_reads_no_such_words(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = persistent_rooms_commands.open_lasting(person(world["hang"]), world["lop6a"], "class").id
        persistent_rooms_commands.take_seat(person(classmate(world, "Tâm")), room_id)
        persistent_rooms_commands.take_seat(person(world["minh"]), room_id)
        messages_commands.post_message(person(world["minh"]), room_id, "00000000-0000-4000-8000-000000000001", BEATEN)
    assert heard(app) == [("room", True)]
    assert "Chỉ thầy cô trực đọc được lời này, người khác trong phòng không thấy" in (
        as_("minh").get(f"/rooms/{room_id}").text
    )


def test_a_report_shows_the_card_and_reaches_a_grown_up_whatever_was_chosen(app: Flask, world: World, as_: As) -> None:
    _where, page = sends(as_("minh"), "/report", "/report", what="other", words=BEATEN)
    assert page.index("tel:111") < page.index("Trở lại" if "Trở lại" in page else "Về trang đầu")
    assert heard(app) == [("report", True)]


def test_a_report_about_staff_is_read_by_nobody_of_the_unit(app: Flask, world: World, as_: As) -> None:
    sends(as_("minh"), "/report", "/report", what="scared", words="Thầy chủ nhiệm sờ vào người em")
    with app.app_context():
        [report] = db.session.scalars(sa.select(Report)).all()
        assert report.words == "" and report.family == "never"
        assert len(db.session.scalars(sa.select(Case)).all()) == 2


@pytest.mark.parametrize("where", ["/search", "/lessons/search"])
def test_a_search_shows_the_card_above_all_hits_and_raises_no_alarm(app: Flask, as_: As, where: str) -> None:
    for client in (as_("minh"), app.test_client()):
        answer = client.post(where, data={"q": "em muốn chết"})
        assert answer.status_code == 200
        main = answer.text[answer.text.index("<main") :]
        assert "tel:111" in main and "/report" in main
        assert "muốn chết" not in main.replace("muốn chết</mark>", "")
        assert re.search(rf'<a [^>]*href="{where}">Cất phần này đi</a>', main)
    assert heard(app) == []
    with app.app_context():
        assert db.session.scalars(sa.select(SearchMiss)).all() == []


@pytest.mark.parametrize("where", ["/search", "/lessons/search"])
def test_what_is_searched_of_danger_stands_in_no_address(app: Flask, where: str) -> None:
    client = app.test_client()
    assert 'method="post"' in client.get(where).text
    led = client.get(where, query_string={"q": "em muốn chết"})
    assert (led.status_code, led.location) == (303, "/safety")
    other = client.post(where, data={"q": "mật khẩu"})
    assert other.status_code == 303 and other.location.startswith(f"{where}?q=")


def test_whoever_may_not_write_in_a_room_is_heard_all_the_same(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
    client = as_("minh")
    form = token(client.get(f"/rooms/{room_id}").text)
    with app.app_context():
        sessions_commands.end_session(person(world["khoa"]), room_id, "yes", False, "", "")
    data = {"csrf_token": form, "client_id": "00000000-0000-4000-8000-000000000002", "text": BEATEN}
    answer = client.post(f"/rooms/{room_id}/messages", data=data)
    assert (answer.status_code, answer.location) == (303, "/safety")
    assert heard(app) == [("feedback", True)]


def test_a_message_that_is_changed_into_such_words_is_heard_and_stays_as_it_was(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        room_id = open_pair(world)
        messages_commands.post_message(
            person(world["minh"]), room_id, "00000000-0000-4000-8000-000000000003", "Em chào anh"
        )
    where, _page = sends(as_("minh"), f"/rooms/{room_id}/messages/1", f"/rooms/{room_id}/messages/1/edit", text=BEATEN)
    assert where == "/safety" and heard(app) == [("feedback", True)]
    with app.app_context():
        assert [one.text for one in db.session.scalars(sa.select(Message))] == ["Em chào anh"]
