"""The page of choices, the address in a letter, and the inbox by day."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import smtp_server
from tests.factories import World, person
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import run_due
from tutoring.notifications.delivery import failures
from tutoring.notifications.delivery.schedule import Quiet
from tutoring.notifications.inbox import commands, queries
from tutoring.notifications.preferences.commands import Typed, choose
from tutoring.notifications.preferences.queries import chosen_of
from tutoring.notifications.preferences.topics import TOPICS

As = Callable[[str], FlaskClient]
PLAIN = {"quiet_from": "21:00", "quiet_to": "06:30", "how": "once", "hour": "18"}


@command
def _has_mail(user_id: int) -> None:
    person(user_id).email = f"u{user_id}@example.vn"


@pytest.fixture
def reached(app: Flask, world: World, office: smtp_server.Office) -> World:
    with app.app_context():
        for name in ("lan", "khoa", "hang"):
            _has_mail(world[name])
        db.session.remove()
    return world


def chosen(app: Flask, user_id: int) -> tuple[dict[str, dict[str, bool]], Quiet, str, bool]:
    with app.app_context():
        found = chosen_of(person(user_id))
        return found.picked, found.quiet, found.how, found.woken


def test_only_ways_that_are_set_up_and_reach_somebody_are_offered(as_: As, reached: World) -> None:
    assert as_("lan").get("/notices/choices").text.count('value="answers:mail"') == 1
    page = as_("minh").get("/notices/choices").text
    assert "answers:mail" not in page and "Em chưa cho địa chỉ email" in page


def test_without_any_way_the_page_says_so(as_: As) -> None:
    assert "Thông báo chỉ ở trang Thông báo." in as_("lan").get("/notices/choices").text


def test_what_is_saved_holds_and_shows_and_only_what_differs_is_kept(app: Flask, as_: As, reached: World) -> None:
    ticks = [f"{name}:mail" for name, topic in TOPICS.items() if "mail" in topic.ways and name != "request"]
    client = as_("lan")
    answer = client.post(
        "/notices/choices", data={**PLAIN, "way": "mail", "go": [*ticks, "groups:mail"], "how": "daily"}
    )
    assert answer.status_code == 302
    picked, quiet, how, _woken = chosen(app, reached["lan"])
    assert picked == {"request": {"mail": False}, "groups": {"mail": True}}
    assert quiet == Quiet(21 * 60, 6 * 60 + 30) and how == "daily"
    page = client.get("/notices/choices").text
    assert 'value="groups:mail" checked' in page and 'value="request:mail" checked' not in page


def test_what_cannot_be_switched_off_stays(app: Flask, as_: As, reached: World) -> None:
    as_("lan").post("/notices/choices", data={**PLAIN, "way": "mail"})
    with app.app_context():
        found = chosen_of(person(reached["lan"]))
        assert found.goes("account", "mail") and not found.goes("answers", "mail")


def test_a_pupil_may_not_be_called_at_night_and_what_was_typed_stays(app: Flask, as_: As, reached: World) -> None:
    client = as_("khoa")
    typed = {**PLAIN, "quiet_from": "23:00", "quiet_to": "05:00", "way": "mail", "go": ["groups:mail"]}
    page = client.post("/notices/choices", data=typed)
    assert page.status_code == 422 and "ít nhất từ 21:00 đến 6:00" in page.text
    assert 'value="23:00"' in page.text and 'value="groups:mail" checked' in page.text
    assert 'value="answers:mail" checked' not in page.text
    assert chosen(app, reached["khoa"])[1] == Quiet(20 * 60 + 30, 6 * 60 + 30)


def test_a_time_that_is_none_is_refused_beside_its_field(as_: As, reached: World) -> None:
    page = as_("lan").post("/notices/choices", data={**PLAIN, "quiet_from": "25:99"})
    assert page.status_code == 422 and "quiet_from-error" in page.text


def test_only_grown_staff_may_ask_to_be_woken(app: Flask, as_: As, reached: World) -> None:
    assert "cả trong giờ yên" in as_("hang").get("/notices/choices").text
    for name in ("lan", "khoa"):
        assert "cả trong giờ yên" not in as_(name).get("/notices/choices").text
        as_(name).post("/notices/choices", data={**PLAIN, "woken": "y"})
        assert chosen(app, reached[name])[3] is False, name


def letter_to_lan(app: Flask, world: World, office: smtp_server.Office, *keys: str) -> str:
    """The path in its List-Unsubscribe header."""
    noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0)
    for at in (noon, noon + timedelta(minutes=3)):
        with clock.travel(at), app.app_context():
            for key in keys if at is noon else ():
                commands.notify(world["lan"], key, "a")
            while run_due(200):
                pass
    letter = office.letters[-1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.sub(r"<http://localhost(.*)>", r"\1", letter["List-Unsubscribe"])


def test_one_click_in_a_letter_switches_off_what_it_is_about(
    app: Flask, client: FlaskClient, reached: World, office: smtp_server.Office
) -> None:
    path = letter_to_lan(app, reached, office, "helper:1", "later:1")
    page = client.get(path)
    assert page.status_code == 200 and "Ngừng nhận thư về việc này" in page.text
    assert chosen(app, reached["lan"])[0] == {}
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert chosen(app, reached["lan"])[0] == {"helping": {"mail": False}, "request": {"mail": False}}
    assert client.post(path, data={"all": "1"}).status_code == 200
    with app.app_context():
        found = chosen_of(person(reached["lan"]))
        on = [name for name in TOPICS if found.goes(name, "mail")]
        assert on == ["site", "danger", "alarm", "alarm-test", "danger-test", "care", "account"]


def test_an_address_that_is_not_signed_leads_nowhere(
    app: Flask, client: FlaskClient, reached: World, office: smtp_server.Office
) -> None:
    path = letter_to_lan(app, reached, office, "later:1")
    for wrong in (path[:-1], path[:-3] + "abc", "/notices/off/x", "/notices/off/WzEsWyJoZWxwaW5nIl1d.x"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404


def test_a_letter_of_what_cannot_be_switched_off_offers_no_way_to(
    app: Flask, reached: World, office: smtp_server.Office
) -> None:
    noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0)
    with clock.travel(noon), app.app_context():
        commands.notify(reached["lan"], "recovery:1", "a")
        while run_due(200):
            pass
    assert office.letters[-1]["List-Unsubscribe"] is None


def test_an_address_that_takes_no_letters_is_shown_and_tried_again(
    app: Flask, as_: As, reached: World, office: smtp_server.Office
) -> None:
    office.answers[f"u{reached['lan']}@example.vn"] = "550 gone"
    noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0)
    with clock.travel(noon), app.app_context():
        commands.notify(reached["lan"], "claimed:1:1", "a")
        while run_due(200):
            pass
    client = as_("lan")
    assert "Email của bạn không nhận được thư." in client.get("/notices/choices").text
    assert client.post("/notices/choices/mail/again").status_code == 302
    assert "Email của bạn không nhận được thư." not in client.get("/notices/choices").text
    assert client.post("/notices/choices/pigeon/again").status_code == 404
    assert "Đã gửi trong 7 ngày" in as_("admin1").get("/notices/choices").text


@command
def _give_up(user_id: int, channel: str, why: str) -> None:
    failures.given_up(person(user_id), channel, why)


def test_whatever_was_given_up_is_shown_by_its_way_and_why(app: Flask, as_: As, reached: World) -> None:
    ways = {"push": "Máy của bạn không nhận được thông báo.", "sms": "Số điện thoại của bạn không nhận được tin nhắn."}
    with app.app_context():
        _give_up(reached["hang"], "push", "tries")
        _give_up(reached["hang"], "sms", "unreachable")
    page = as_("hang").get("/notices/choices").text
    assert all(page.count(say) == 1 for say in ways.values()) and "Email của bạn không nhận được thư." not in page
    assert page.count("Đã thử nhiều lần trong một ngày mà chưa gửi được.") == 1
    assert page.count("Địa chỉ này bị từ chối, nên tạm thời không gửi tới nữa.") == 1
    assert not any(say in as_("khoa").get("/notices/choices").text for say in ways.values())
    as_("hang").post("/notices/choices/sms/again")
    page = as_("hang").get("/notices/choices").text
    assert ways["sms"] not in page and ways["push"] in page


@pytest.fixture
def told(app: Flask, world: World) -> World:
    """Minh was told something yesterday, which was read, and two things today."""
    with app.app_context():
        commands.read_all(person(world["minh"]))
        day = datetime(2026, 11, 4, 5, 0, tzinfo=UTC)
        with clock.travel(day - timedelta(days=1)):
            commands.notify(world["minh"], "later:1", "Chuyện hôm qua", "/requests")
            commands.read_all(person(world["minh"]))
        with clock.travel(day):
            for number in (2, 3):
                commands.notify(world["minh"], f"later:{number}", f"Chuyện hôm nay {number}", "/requests")
        db.session.remove()
    return world


NOW = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)


def test_the_inbox_stands_by_day_and_shows_what_is_unread_alone(as_: As, told: World) -> None:
    with clock.travel(NOW):
        page = as_("minh").get("/notices").text
        assert (
            page.index("Hôm nay")
            < page.index("Chuyện hôm nay 3")
            < page.index("Hôm qua")
            < page.index("Chuyện hôm qua")
        )
        unread = as_("minh").get("/notices?show=unread").text
    assert "Chuyện hôm nay 2" in unread and "Chuyện hôm qua" not in unread


def test_marking_all_as_read_can_be_undone(app: Flask, as_: As, told: World) -> None:
    with clock.travel(NOW):
        client = as_("minh")
        page = client.post("/notices/read", follow_redirects=True).text
        assert "Đã đánh dấu đọc 2 thông báo." in page and "Em đã đọc hết" in client.get("/notices?show=unread").text
        at = re.search(r'name="at" value="(\d+)"', page)
        assert at is not None
        client.post("/notices/unread", data={"at": at[1]})
        assert "Chuyện hôm nay 2" in client.get("/notices?show=unread").text
    with app.app_context():
        assert queries.unread_count(told["minh"]) == 2
    with clock.travel(NOW + timedelta(hours=1)):
        assert "Hoàn tác" not in as_("minh").get(f"/notices?undo={at[1]}").text
        for wrong in ("x", "-1", "9" * 40, ""):
            assert as_("minh").get(f"/notices?undo={wrong}").status_code == 200
            assert as_("minh").post("/notices/unread", data={"at": wrong}).status_code == 302


def test_choices_cost_the_same_however_much_was_told(app: Flask, as_: As, reached: World, queries: list[str]) -> None:
    client, costs = as_("lan"), []
    for count in (1, 40):
        with app.app_context():
            for number in range(count):
                commands.notify(reached["lan"], f"later:{count}:{number}", "a")
            choose(person(reached["lan"]), Typed())
            db.session.remove()
        client.get("/notices/choices")
        queries.clear()
        client.get("/notices/choices")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 13
