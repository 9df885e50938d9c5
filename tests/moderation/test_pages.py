"""The pages of reports and of the desk: two taps without scripts, the public form, the emergency card."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tests.web.test_versions import form_of
from tutoring.community import commands as community
from tutoring.community.queries import duty_phone
from tutoring.kernel import audit, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.moderation.models import Case, Report
from tutoring.rooms.messages import commands as messages_commands

As = Callable[[str], FlaskClient]


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        made = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), made, new_id(), "Sao em học chậm vậy")
        messages_commands.post_message(person(world["minh"]), made, new_id(), "Dạ thôi ạ")
        return made


def links(page: str) -> set[str]:
    return set(re.findall(r'href="(/report[^"]*)"', page))


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Report)) or 0


def only_case(app: Flask) -> Case:
    with app.app_context():
        found = db.session.scalars(sa.select(Case)).one()
        db.session.expunge(found)
        return found


def test_every_message_person_and_the_room_have_their_first_tap(as_: As, room: int, world: World) -> None:
    page = as_("minh").get(f"/rooms/{room}").text
    assert links(page) >= {
        f"/report/message/{room}/1", f"/report/room/{room}", f"/report/person/{world['khoa']}",
    }  # fmt: skip
    assert f"/report/person/{world['lan']}" not in links(page)  # the child's own mother
    assert f"/report/message/{room}/2" not in page and f"/report/person/{world['minh']}" not in page  # one's own
    for first in (f"message/{room}/1", f"room/{room}", f"person/{world['khoa']}"):
        assert f'href="/rooms/{room}"' in as_("minh").get(f"/report/{first}").text  # the way back
    of_mother = links(as_("lan").get(f"/rooms/{room}").text)
    assert f"/report/person/{world['khoa']}" in of_mother and f"/report/person/{world['minh']}" not in of_mother


def test_lessons_the_board_members_and_help_have_theirs(as_: As, client: FlaskClient, room: int, app: Flask) -> None:
    assert "/report/lesson/otp-khong-doc-cho-ai" in links(client.get("/lessons/otp-khong-doc-cho-ai").text)
    assert "/report" in links(client.get("/help").text)
    assert f"/report/room/{room}" in links(as_("hang").get("/board").text)


@pytest.mark.full
def test_the_second_tap_sends_and_the_reporter_sees_how_far_it_is(app: Flask, as_: As, room: int) -> None:
    minh = as_("minh")
    page = minh.get(f"/report/message/{room}/1").text
    assert page.count('name="what"') == 8 and "Em đang bị nguy hiểm" in page and 'href="tel:111"' in page
    answer = minh.post(f"/report/message/{room}/1", data={"what": "bullied"})
    assert answer.status_code == 303 and answer.location.startswith("/report/sent")
    assert "Người bị báo không biết ai đã báo" in minh.get(answer.location).text
    assert "Đã nhận" in minh.get("/my-reports").text
    hang = as_("hang")
    hang.get(f"/desk/cases/{only_case(app).id}")
    assert "Có người đang xem" in minh.get("/my-reports").text
    said = {"outcome": "hidden", "words": "Đã nhắc bạn.", "reply": "Cảm ơn em."}
    answer = hang.post(f"/desk/cases/{only_case(app).id}/decide", data=said)
    assert answer.status_code == 302
    assert "Đã xử lý: đã ẩn tin" in minh.get("/my-reports").text and "Cảm ơn em." in minh.get("/my-reports").text


def test_danger_shows_whom_to_call_at_once(app: Flask, as_: As, room: int, world: World) -> None:
    with app.app_context():
        community.set_duty_phone(person(world["quang"]), world["truong"], "028 3829 1234")
    minh = as_("minh")
    answer = minh.post(f"/report/room/{room}", data={"what": "danger"}, follow_redirects=True)
    for number in ("111", "113", "114", "115", "+842838291234"):
        assert f'href="tel:{number}"' in answer.text
    assert answer.text.index("Gọi ngay") < answer.text.index("tel:111") < answer.text.index("Tin báo đã tới")


def test_the_desk_says_what_but_not_who(as_: As, app: Flask, room: int) -> None:
    as_("minh").post(f"/report/message/{room}/1", data={"what": "contact", "words": "Xin số Zalo"})
    hang = as_("hang")
    assert "nghiêm trọng" in hang.get("/desk").text and "chưa ai xem, còn 2 giờ" in hang.get("/desk").text
    page = hang.get(f"/desk/cases/{only_case(app).id}").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "một em trong phòng" in main and "Xin số Zalo" in main and "Sao em học chậm" in main
    assert "Minh" not in re.sub(r"<[^>]+>", "", main)
    for name in ("mai", "muoi", "khoa", "lan", "minh", "admin1"):
        assert as_(name).get(f"/desk/cases/{only_case(app).id}").status_code == 404, name


def test_the_mother_sees_nothing_until_it_is_decided(as_: As, app: Flask, room: int) -> None:
    lan = as_("lan")
    as_("minh").post(f"/report/message/{room}/1", data={"what": "contact"})
    for path in ("/notices", "/my-reports", "/account", "/"):
        page = lan.get(path).text
        assert "Con tôi đã báo" not in page and "đã báo một việc" not in page, path
    said = {"outcome": "reminded", "words": "Đã nhắc.", "reply": "Đã nhắc.", "tell_family": "no"}
    as_("quang").post(f"/desk/cases/{only_case(app).id}/decide", data=said)
    assert "Minh đã báo một việc" in lan.get("/notices").text
    assert "Con tôi đã báo" in lan.get("/my-reports").text and "Đã nhắc." in lan.get("/my-reports").text


def test_a_wrong_decision_form_keeps_what_was_typed(as_: As, app: Flask, room: int) -> None:
    as_("minh").post(f"/report/message/{room}/1", data={"what": "bullied"})
    answer = as_("hang").post(f"/desk/cases/{only_case(app).id}/decide", data={"words": "Đã nói chuyện"})
    assert answer.status_code == 422 and "Đã nói chuyện" in answer.text and "Hãy chọn kết quả." in answer.text


# ---- the public form ---------------------------------------------------------------------------------------------


def test_anybody_reports_by_the_public_form_without_a_session(app: Flask, client: FlaskClient, as_: As) -> None:
    page = client.get("/report")
    assert (
        page.status_code == 200
        and "csrf_token" not in page.text
        and "session" not in page.headers.get("Set-Cookie", "")
    )
    answer = client.post("/report", data={"what": "scam", "words": "Có người xưng là cán bộ"})
    assert answer.status_code == 303
    case = only_case(app)
    assert (case.kind, case.grade, case.unit_id) == ("site", "S1", None)
    assert "Có người xưng là cán bộ" in as_("admin1").get(f"/desk/cases/{case.id}").text
    assert as_("hang").get(f"/desk/cases/{case.id}").status_code == 404


def test_danger_is_never_counted_and_never_lost(app: Flask, client: FlaskClient) -> None:
    for _ in range(20):
        assert client.post("/report", data={"what": "other", "words": "x"}).status_code == 303
    answer = client.post("/report", data={"what": "other", "words": "Kể thêm"})
    assert answer.status_code == 429 and "tel:111" in answer.text and "Kể thêm" in answer.text
    before = count(app)
    for number in range(5):
        data = {"what": "danger", "words": f"Cứu {number}", "homepage": "http://robot"}
        assert client.post("/report", data=data).status_code == 303
    assert count(app) == before + 5
    with app.app_context():  # cries for help from one place meet in one case
        assert len(db.session.scalars(sa.select(Case).where(Case.grade == "S0")).all()) == 1


def test_danger_told_from_lessons_floods_the_desk_no_more_than_by_the_form(app: Flask, client: FlaskClient) -> None:
    for path in ("/report", "/report/lesson/otp-khong-doc-cho-ai", "/report/lesson/mat-khau-khoa-man-hinh"):
        for _ in range(3):
            assert client.post(path, data={"what": "danger", "words": f"Cứu {path}"}).status_code == 303
    assert count(app) == 3  # the same words from the same place are the same cry
    assert only_case(app).grade == "S0"


def test_another_cry_from_a_network_that_was_looked_at_is_looked_at_anew(
    app: Flask, client: FlaskClient, as_: As
) -> None:
    client.post("/report", data={"what": "danger", "words": "Em A cần giúp"})
    case = only_case(app)
    assert as_("admin1").get(f"/desk/cases/{case.id}").status_code == 200
    assert only_case(app).looked_at is not None
    client.post("/report", data={"what": "danger", "words": "Em B cần giúp"})
    assert only_case(app).looked_at is None


def test_ten_reports_an_hour_and_still_danger(app: Flask, as_: As, room: int) -> None:
    minh = as_("minh")
    for number in range(10):
        data = {"what": "bullied", "words": f"Lần {number}"}
        assert minh.post(f"/report/message/{room}/1", data=data).status_code == 303
    assert minh.post(f"/report/message/{room}/1", data={"what": "scared"}).status_code == 429
    assert minh.post(f"/report/message/{room}/1", data={"what": "danger"}).status_code == 303


def test_counts_out_of_reach_refuse_no_report(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_key: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(rate_limits, "hit", gone)
    assert client.post("/report", data={"what": "bullied"}).status_code == 303 and count(app) == 1


def test_a_robot_is_thanked_and_not_heard(app: Flask, client: FlaskClient) -> None:
    data = {"what": "other", "words": "buy", "homepage": "http://robot"}
    assert client.post("/report", data=data).status_code == 303 and count(app) == 0


def test_a_page_elsewhere_cannot_report_in_somebodys_name(app: Flask, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    minh = as_("minh")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert minh.post("/report", data={"what": "bullied"}).status_code == 303  # not lost, but nobody's
    with app.app_context():
        assert db.session.scalars(sa.select(Report.by_id)).one() is None


def test_what_is_no_reason_is_said_beside_the_buttons(client: FlaskClient, app: Flask) -> None:
    answer = client.post("/report", data={"what": "nothing", "words": "Lời đã viết"})
    assert answer.status_code == 422 and "Hãy chọn chuyện gì đã xảy ra." in answer.text and "Lời đã viết" in answer.text
    assert count(app) == 0


# ---- the emergency card ------------------------------------------------------------------------------------------


def test_the_card_stands_on_every_room_on_help_on_errors_and_offline(as_: As, client: FlaskClient, room: int) -> None:
    pages = [as_("minh").get(f"/rooms/{room}"), client.get("/help"), client.get("/khong-co"), client.get("/report"),
             client.get("/lessons/offline"), as_("minh").get("/report/sent")]  # fmt: skip
    for page in pages:
        for number in ("111", "113", "114", "115"):
            assert f'href="tel:{number}"' in page.text


def test_the_nearest_duty_phone_at_or_above_stands_on_the_rooms_card(
    app: Flask, as_: As, room: int, world: World
) -> None:
    with app.app_context():
        community.set_duty_phone(person(world["admin1"]), world["phuong"], "1800 1234")
        assert duty_phone(world["lop6a"]) == ("Phường Minh Hoạ", "18001234")
        community.set_duty_phone(person(world["quang"]), world["truong"], "028 3829 1234")
        assert duty_phone(world["lop6a"]) == ("Trường Minh Hoạ", "+842838291234")
    page = as_("minh").get(f"/rooms/{room}").text
    assert 'href="tel:+842838291234"' in page and "Điện thoại trực: Trường Minh Hoạ" in page
    assert 'href="tel:+842838291234"' in as_("minh").get("/help").text


def test_the_coordinator_sets_the_duty_phone_and_nobody_else(app: Flask, as_: As, world: World) -> None:
    unit = world["truong"]
    assert as_("hang").post(f"/units/{unit}/duty-phone", data={"phone": "0912345678"}).status_code == 404
    quang = as_("quang")
    quang.post(f"/units/{unit}/duty-phone", data={"phone": "0912 345 678"})
    assert 'value="0912 345 678"' in quang.get(f"/units/{unit}/settings").text
    page = quang.get(f"/units/{unit}/settings").text
    form = form_of(page[page.index(f'<form method="post" action="/units/{unit}/duty-phone"') :])
    answer = quang.post(f"/units/{unit}/duty-phone", data={**form, "phone": "12345"}, follow_redirects=True)
    assert "Số này chưa đúng" in answer.text and 'value="12345"' in answer.text  # typed, and not lost
    with app.app_context():
        for wrong in ("abc", "0000", "+1 202 555 0100"):
            with pytest.raises(InvalidInput):
                community.set_duty_phone(person(world["quang"]), unit, wrong)
        with pytest.raises(NotFound):
            community.set_duty_phone(person(world["mai"]), unit, "0912345678")
        assert db.session.scalar(sa.select(AuditRow.id).where(AuditRow.action == "set_duty_phone")) is not None
        assert audit.verify().broken_at is None
