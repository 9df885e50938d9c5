"""Pages of a ward's queue: a number by phone, on the screen and by a clerk, the ticket, the display, the limits."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.queues.desk import draw, first_desk, make_officer, make_queue, open_first_desk
from tutoring.cli.demo import community
from tutoring.kernel import clock, rate_limits
from tutoring.queues import commands, queries, setup
from tutoring.queues.commands import Wish

As = Callable[[str], FlaskClient]


@dataclass(frozen=True)
class Codes:
    """The parts of the addresses of a queue."""

    door_code: str
    display_code: str
    screen_code: str


@pytest.fixture
def queue(app: Flask, world: World) -> Codes:
    """The ward's queue, open all day; no code of the day is asked for."""
    with app.app_context():
        made = make_queue(world)
        return Codes(made.door_code, made.display_code, made.screen_code)


@pytest.fixture
def service(app: Flask, world: World, queue: Codes) -> str:
    """The service with the lesson about VNeID."""
    with app.app_context():
        return str(queries.services_of(world["phuong"])[3].id)


def test_a_phone_draws_a_number_without_an_account_and_finds_it_again(app: Flask, queue: Codes, service: str) -> None:
    phone = app.test_client()
    door = f"/q/{queue.door_code}"
    page = phone.get(door)
    assert "VNeID" in page.text and page.headers["Cache-Control"] == "no-store"
    drawn = phone.post(door, data={"service": service, "whom": "other", "minutes": "20"})
    assert drawn.status_code == 302
    ticket = phone.get(drawn.location)
    assert "Bạn là người kế tiếp" in ticket.text and "/lessons/vneid-muc-2" in ticket.text
    assert ticket.headers["Referrer-Policy"] == "no-referrer"
    assert phone.get(door).location == drawn.location
    assert phone.post(door, data={"service": service}).location == drawn.location  # one number at a time
    assert app.test_client().get(door).status_code == 200


def test_a_number_outlives_a_sign_in_but_no_sign_out(app: Flask, world: World, queue: Codes, service: str) -> None:
    phone, door = app.test_client(), f"/q/{queue.door_code}"
    drawn = phone.post(door, data={"service": service}).location
    told = {"handle": "lan", "password": community.phrase_of("lan", app.config["SETTINGS"].secret_key)}
    assert phone.post("/sign-in", data=told).status_code == 302
    assert phone.get(door).location == drawn
    phone.post("/sign-out")
    assert phone.get(door).status_code == 200


def test_a_ticket_follows_what_happens(app: Flask, world: World, queue: Codes) -> None:
    with app.app_context():
        one, two = draw(world, 2)
        first, second, aside = f"/q/tickets/{one.token}", f"/q/tickets/{two.token}", two.id
        desk = open_first_desk(world).id
    visitor = app.test_client()
    assert "Còn 1 người trước bạn" in visitor.get(second).text
    with app.app_context():
        commands.call_next(person(world["mai"]), desk)
        commands.act_on_ticket(person(world["mai"]), aside, "lesson")
    assert "Mời bạn đến Quầy 1" in visitor.get(first).text
    assert "Chỗ của bạn vẫn giữ" in visitor.get(second).text
    visitor.post(f"{second}/back")
    assert "Bạn là người kế tiếp" in visitor.get(second).text
    visitor.post(f"{second}/leave")
    assert "Số này đã trả" in visitor.get(second).text
    assert visitor.get("/q/tickets/" + "0" * 32).status_code == 404


def test_parts_alone_come_only_in_another_state(app: Flask, world: World, queue: Codes) -> None:
    with app.app_context():
        path = f"/q/tickets/{draw(world)[0].token}"
    visitor = app.test_client()
    found = re.search(r'data-state="([\w-]+)"', visitor.get(path).text)
    assert found is not None
    part = visitor.get(path, headers={"X-Parts": "number"}).text
    assert "number-card" in part and "<h1" not in part
    assert "number-card" not in visitor.get(path, headers={"X-Parts": f"number={found[1]}"}).text


def test_the_display_shows_numbers_and_desks_and_no_name(app: Flask, world: World, queue: Codes) -> None:
    with app.app_context():
        draw(world, 3)
        desk = open_first_desk(world)
        commands.call_next(person(world["mai"]), desk.id)
        name = person(world["mai"]).called_name
    wall = app.test_client().get(f"/q/display/{queue.display_code}").text
    assert "<td>1</td><td>Quầy 1</td>" in wall and "2 · 3" in wall and name not in wall
    assert "nomodule" in wall and 'http-equiv="refresh"' in wall
    assert app.test_client().get(f"/q/display/{queue.door_code}").status_code == 404


def test_the_code_of_the_day_stands_on_the_display_and_is_asked_of_phones(
    app: Flask, world: World, service: str
) -> None:
    with app.app_context():
        queue = make_queue(world, asks_code=True)
        code, door = queries.day_code(queue), f"/q/{queue.door_code}"
    assert code in app.test_client().get(f"/q/display/{queue.display_code}").text
    phone = app.test_client()
    assert code not in phone.get(door).text
    wrong = phone.post(door, data={"service": service, "code": "12"})
    assert wrong.status_code == 422 and "Mã hôm nay chưa đúng" in wrong.text
    assert phone.post(door, data={"service": service, "code": f"{code[:2]} {code[2:]}"}).status_code == 302


def test_a_stranger_does_not_guess_the_code(
    app: Flask, world: World, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rate_limits.RULES, "queue_code", ("12 per 15 minutes",))
    with app.app_context():
        queue = make_queue(world, asks_code=True)
        code, door = queries.day_code(queue), f"/q/{queue.door_code}"
    wrong = "0000" if code != "0000" else "1111"
    stranger = app.test_client()
    answers = [stranger.post(door, data={"service": service, "code": wrong}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert stranger.post(door, data={"service": service, "code": code}).status_code == 429
    with app.app_context():
        assert queries.count_waiting(world["phuong"]) == 0
    neighbour = app.test_client()  # behind the same address of the ward's Wi-Fi
    assert neighbour.post(door, data={"service": service, "code": code}).status_code == 302
    many = [app.test_client().post(door, data={"service": service, "code": wrong}).status_code for _ in range(3)]
    assert many == [422] * 2 + [429]  # browsers without cookies


def test_a_label_with_a_percent_sign_and_brackets_is_text(app: Flask, world: World, as_: As, queue: Codes) -> None:
    mai, there, text = as_("mai"), f"/units/{world['phuong']}/queue", "50% &lt;b&gt;"
    with app.app_context():
        made = setup.add_service(person(world["mai"]), world["phuong"], "50% <b>", "scroll")
        ticket = commands.issue_ticket(person(world["mai"]), world["phuong"], Wish(made.id))
        desk, token, number = first_desk(world).id, ticket.token, ticket.id
    visitor = app.test_client()
    for page in (visitor.get(f"/q/{queue.door_code}"), visitor.get(f"/q/tickets/{token}"), mai.get(there),
                 mai.get(f"{there}/settings"), mai.get(f"/queue-numbers/{number}"),
                 mai.get(f"/queue-desks/{desk}/services")):  # fmt: skip
        assert page.status_code == 200 and text in page.text and "50% <b>" not in page.text


def test_the_screen_renews_itself_while_closed_and_leads_nowhere_else(app: Flask, world: World, queue: Codes) -> None:
    visitor = app.test_client()
    assert 'http-equiv="refresh"' not in visitor.get(f"/q/screen/{queue.screen_code}").text
    with app.app_context():
        here = clock.local(clock.now())
        far = (here.hour * 60 + here.minute + 600) % 1380
        setup.set_hours(person(world["mai"]), world["phuong"], setup.Hours(far, far + 30, frozenset(range(7))))
    screen, phone = (visitor.get(f"/q/{path}").text for path in (f"screen/{queue.screen_code}", queue.door_code))
    assert 'http-equiv="refresh" content="60"' in screen and "Bài về dịch vụ công" not in screen
    assert 'http-equiv="refresh"' not in phone and "Bài về dịch vụ công" in phone


def test_a_stranger_does_not_draw_a_thousand(
    app: Flask, world: World, queue: Codes, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rate_limits.RULES, "queue_draw_address", ("3 per hour",))
    monkeypatch.setitem(rate_limits.RULES, "queue_draw", ("5 per hour",))
    door = f"/q/{queue.door_code}"

    def draws(address: str) -> int:  # each time as a browser without cookies
        sent = app.test_client().post(door, data={"service": service}, environ_base={"REMOTE_ADDR": address})
        return sent.status_code

    assert [draws("10.0.0.1") for _ in range(4)] == [302, 302, 302, 429]
    assert [draws("10.0.0.2") for _ in range(3)] == [302, 302, 429]  # the queue's own limit
    assert draws("10.0.0.3") == 429
    screen = app.test_client().post(f"/q/screen/{queue.screen_code}", data={"service": service})
    assert screen.status_code == 302  # who stands at the door has a number all the same


@pytest.mark.parametrize(
    "sent",
    [{}, {"service": "x"}, {"service": "999999"}, {"service": "1", "minutes": "7"}, {"service": "1", "whom": "x"}],
)
def test_a_bad_form_draws_nothing(app: Flask, world: World, queue: Codes, sent: dict[str, str]) -> None:
    assert app.test_client().post(f"/q/{queue.door_code}", data=sent).status_code == 422
    with app.app_context():
        assert queries.count_waiting(world["phuong"]) == 0


def test_the_screen_at_the_door_shows_the_number_and_goes_on(app: Flask, queue: Codes, service: str) -> None:
    screen = app.test_client()
    path = f"/q/screen/{queue.screen_code}"
    assert 'name="code"' not in screen.get(path).text
    shown = [screen.get(screen.post(path, data={"service": service}).location).text for _ in range(2)]
    assert ">2</p>" in shown[1] and f"url={path}" in shown[1]


def test_a_clerk_works_through_the_line_without_scripts(
    app: Flask, world: World, as_: As, queue: Codes, service: str
) -> None:
    mai, ward = as_("mai"), world["phuong"]
    with app.app_context():
        desk = first_desk(world).id
    there = f"/units/{ward}/queue"
    issued = mai.post(f"{there}/numbers", data={"service": service})
    assert ">1</p>" in mai.get(issued.location).text
    assert "Mở quầy này" in mai.get(there).text
    mai.post(f"/queue-desks/{desk}/open")
    mai.post(f"/queue-desks/{desk}/call", data={"current": "0"})
    page = mai.get(there).text
    assert '<p class="number">1</p>' in page and "Xong, gọi số kế tiếp" in page
    ticket = re.search(r"/queue-numbers/(\d+)/act", page)
    assert ticket is not None
    said = mai.post(ticket[0], data={"act": "missed"}, follow_redirects=True).text
    assert "lùi lại vài người" in said and "đã vắng một lần" in said
    assert "vừa đổi" in mai.post(ticket[0], data={"act": "done"}, follow_redirects=True).text
    assert "Hãy chọn một mục" in mai.post(ticket[0], data={"act": "scrap"}, follow_redirects=True).text
    mai.post(f"/queue-desks/{desk}/close")
    assert "Mở quầy này" in mai.get(there).text


def test_a_clerk_sees_who_sits_where_and_what_is_called_there(app: Flask, world: World, as_: As, queue: Codes) -> None:
    with app.app_context():
        make_officer(world, "bay")
        second = setup.add_desk(person(world["mai"]), world["phuong"], "Quầy 2").id
        draw(world, 2)
        for name, desk in (("mai", open_first_desk(world).id), ("bay", second)):
            commands.open_desk(person(world[name]), desk)
            commands.call_next(person(world[name]), desk)
        name = person(world["bay"]).called_name
    page = as_("mai").get(f"/units/{world['phuong']}/queue").text
    assert f"{name} · số 2" in page.replace("\n", "") and '<p class="number">1</p>' in page
    assert f'<option value="{second}">Quầy 2</option>' in page


def test_an_officer_switches_on_and_sets_up(app: Flask, world: World, as_: As) -> None:
    mai, there = as_("mai"), f"/units/{world['phuong']}/queue"
    assert "Mở hàng chờ" in mai.get(there).text
    assert mai.get(f"{there}/settings").status_code == 404
    mai.post(f"{there}/on")
    form = {"opens": "7:30", "closes": "16:30", "weekdays": ["0", "5"], "asks_code": "y"}
    page = mai.get(f"{there}/settings").text
    stamp = re.search(r'<input type="hidden" name="([\w-]*version[\w-]*)" value="([^"]*)"', page)
    assert mai.post(f"{there}/settings", data=form | ({stamp[1]: stamp[2]} if stamp else {})).status_code == 302
    assert mai.post(f"{there}/services", data={"label": "Xác nhận cư trú", "picture": "house"}).status_code == 302
    assert mai.post(f"{there}/services", data={"label": "Gọi 0901 234 567", "picture": "house"}).status_code == 422
    assert mai.post(f"{there}/desks", data={"label": "Quầy 2"}).status_code == 302
    page = mai.get(f"{there}/settings").text
    assert "07:30" in page and "Xác nhận cư trú" in page and "Quầy 2" in page and "0901" not in page
    with app.app_context():
        desk = queries.desks_of(world["phuong"])[1].id
        services = [str(one.id) for one in queries.services_of(world["phuong"])]
    assert mai.post(f"/queue-desks/{desk}/services", data={"services": services[:2]}).status_code == 302
    assert "nhận 2 việc" in mai.get(f"{there}/settings").text
    assert "Quét mã để lấy số" in mai.get(f"{there}/poster").text
    assert "Chưa có ngày nào" in mai.get(f"{there}/days").text


def test_a_queue_that_is_off_asks_for_no_number(app: Flask, world: World, as_: As, queue: Codes) -> None:
    as_("mai").post(f"/units/{world['phuong']}/queue/off")
    for path in (f"/q/{queue.door_code}", f"/q/display/{queue.display_code}", f"/q/screen/{queue.screen_code}"):
        assert app.test_client().get(path).status_code == 404


def test_the_rail_the_tab_and_the_start_page_lead_to_the_desk(app: Flask, world: World, as_: As, queue: Codes) -> None:
    mai, there = as_("mai"), f"/units/{world['phuong']}/queue"
    with app.app_context():
        draw(world, 2)
    assert f'href="{there}"' in mai.get(f"/units/{world['phuong']}").text
    assert "2 người đang chờ ở quầy" in mai.get("/").text
    assert there not in as_("hang").get("/").text


def test_a_ticket_costs_the_same_in_a_long_line(app: Flask, world: World, queue: Codes, queries: list[str]) -> None:
    with app.app_context():
        tokens = [one.token for one in draw(world, 12)]
    visitor = app.test_client()
    visitor.get(f"/q/tickets/{tokens[0]}")
    costs = []
    for token in (tokens[0], tokens[-1]):
        queries.clear()
        visitor.get(f"/q/tickets/{token}")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12, queries


def test_addresses_of_another_kind_open_nothing(app: Flask, world: World, queue: Codes) -> None:
    with app.app_context():
        token = draw(world)[0].token
        setup.renew_codes(person(world["mai"]), world["phuong"])
    visitor = app.test_client()
    assert visitor.get(f"/q/screen/{queue.screen_code}/{token}").status_code == 404
    assert visitor.get(f"/q/tickets/{token}").status_code == 200
