"""Pages of visits: each sees what is theirs, forms keep what was typed, and no page but one shows an address."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.parametrize import some
from tests.rooms.conftest import open_adults
from tests.test_audience_notices import said_before
from tests.visits.fixtures import ADDRESS, asked, at, done, helper, planned, row, topic
from tutoring.accounts.models import User
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.paging import ROWS
from tutoring.privacy import data_export
from tutoring.privacy.data_inventory import BY_TABLE
from tutoring.visits import commands as planning
from tutoring.visits.models import Visit

As = Callable[[str], FlaskClient]


def main(page: str) -> str:
    """What the main part of a page says, without its marks."""
    text = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def form(app: Flask, world: World, **more: str) -> dict[str, str]:
    with app.app_context():
        skill = topic()
    return {"kind": "home", "unit": str(world["kp3"]), "topic": skill, "words": "Mắt tôi kém", "address": ADDRESS,
            "children": "no", **more}  # fmt: skip


def test_a_resident_asks_on_a_page_and_finds_it_again(app: Flask, world: World, as_: As) -> None:
    bay = as_("bay")
    assert "Bạn chưa hẹn gặp lần nào" in main(bay.get("/visits").text)
    assert 'name="address"' not in bay.get("/visits/new").text
    assert 'name="address"' in bay.get("/visits/new?kind=home").text
    sent = bay.post("/visits/new", data=form(app, world, day=clock.today().isoformat(), time="23:30"))
    assert sent.status_code == 302
    page = bay.get(sent.location).text
    assert "Đang chờ xếp lịch" in page and "Mắt tôi kém" in page and ADDRESS not in page and "23:30" in page
    assert "Đang chờ xếp lịch" in main(bay.get("/visits").text)
    assert "Hẹn gặp trực tiếp" in bay.get("/account").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"children": ""}, "Hãy chọn có hay không."),
        ({"children": "yes"}, "Gặp tại Trung tâm thay vì ở nhà"),
        ({"topic": ""}, "Hãy chọn việc cần giúp."),
        ({"address": " "}, "Hãy ghi địa chỉ"),
        ({"words": "Nhà tôi ở 12 Lê Lợi"}, "Muốn có người đến nhà thì ghi vào ô Địa chỉ"),
        ({"day": "2026-01-01", "time": "99:99"}, "Hãy chọn ngày, và ghi giờ như 19:00."),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    app: Flask, world: World, as_: As, change: dict[str, str], said: str
) -> None:
    answer = as_("bay").post("/visits/new", data=form(app, world, **change))
    assert answer.status_code == 422 and said in answer.text
    if "address" not in change:
        assert ADDRESS in answer.text
    if "words" not in change:
        assert "Mắt tôi kém" in answer.text


def test_what_should_be_kept_nowhere_is_not_sent_back(app: Flask, world: World, as_: As) -> None:
    answer = as_("bay").post("/visits/new", data=form(app, world, address="CCCD của tôi là 079203004567"))
    assert answer.status_code == 422 and "079203004567" not in answer.text and "Ô này chỉ để ghi địa chỉ" in answer.text


def test_without_a_guardian_the_same_form_goes_to_the_desk(app: Flask, world: World, as_: As) -> None:
    sent = as_("bay").post("/visits/new", data=form(app, world, children="yes", instead="desk"))
    assert sent.status_code == 302
    with app.app_context():
        found = row(int(sent.location.rsplit("/", 1)[1]))
        assert (found.kind, found.address, found.children) == ("desk", None, False)


def test_who_reads_stands_before_each_field(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = planned(world)
    page = as_("bay").get("/visits/new?kind=home").text
    assert "Người phụ trách Khu phố 3" in said_before(page, "words")
    assert "Chỉ hai người đến và người xếp lịch mở được" in said_before(page, "address")
    with clock.travel(at()):
        assert "Người hẹn và người phụ trách" in said_before(as_("muoi").get(f"/visits/{visit_id}/end").text, "words")


def test_minors_find_no_form_and_somebody_without_a_place_hears_what_to_do(app: Flask, world: World, as_: As) -> None:
    for name in ("minh", "khoa"):
        assert as_(name).get("/visits/new").status_code == 404
        assert "Người lớn mới hẹn gặp" in main(as_(name).get("/visits").text)
        assert "Hẹn gặp trực tiếp" not in main(as_(name).get("/account").text)
    answer = as_("admin1").get("/visits/new")
    assert answer.status_code == 403 and "nhập mã tham gia" in answer.text


def test_staff_plan_on_a_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = asked(world, times=[at(3, 8)])
    mai = as_("mai")
    assert "1 yêu cầu hẹn gặp đang chờ" in main(mai.get(f"/units/{world['phuong']}").text)
    listed = mai.get(f"/units/{world['phuong']}/visits").text
    assert f"/visits/{visit_id}" in listed and "Chú Bảy" in listed and "Mắt tôi" not in listed
    page = mai.get(f"/visits/{visit_id}/plan").text
    assert f'value="{clock.local(at(3)).date()}"' in page and 'value="08:00"' in page
    assert re.search(rf'<option selected value="{world["mai"]}"', page)
    typed = {"day": clock.local(at(3)).date().isoformat(), "time": "05:00", "one": world["mai"], "two": world["muoi"]}
    refused = mai.post(f"/visits/{visit_id}/plan", data=typed)
    assert refused.status_code == 422 and "7 giờ đến 19 giờ" in refused.text and 'value="05:00"' in refused.text
    assert mai.post(f"/visits/{visit_id}/plan", data=typed | {"time": "8:00"}).status_code == 302
    listed = mai.get(f"/units/{world['kp3']}/visits?tab=planned").text
    assert "Cô Mai" in listed and "Bác Mười" in listed
    for path in (f"/units/{world['kp3']}/visits", f"/visits/{visit_id}/plan"):
        for name in ("hang", "quang", "admin1", "bay"):
            assert as_(name).get(path).status_code in (403, 404), (name, path)


def test_a_refusal_is_read_by_the_asker(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = asked(world)
    assert as_("muoi").post(f"/visits/{visit_id}/refuse", data={"reason": ""}).status_code == 422
    as_("muoi").post(f"/visits/{visit_id}/refuse", data={"reason": "Tuần này chưa đủ hai người"})
    assert "Tuần này chưa đủ hai người" in as_("bay").get(f"/visits/{visit_id}").text
    assert as_("muoi").get(f"/visits/{visit_id}/plan").status_code == 409


def test_no_page_but_the_one_that_is_put_on_record_shows_the_address(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id, other = asked(world), helper(world, "Tư")
        planning.plan_visit(person(world["mai"]), visit_id, at(), [world["muoi"], other])
    parts = ("", "/badge", "/plan", "/end", "/address")
    paths = [*(f"/visits/{visit_id}{part}" for part in parts), "/visits", "/notices"]
    paths.append(f"/units/{world['phuong']}/visits?tab=planned")
    with clock.travel(at() - timedelta(hours=1)):
        for name in ("bay", "muoi", "mai"):
            for path in paths:
                assert "hẻm Cây Me" not in as_(name).get(path).text, (name, path)
        assert "hẻm Cây Me" not in client_of(app, other).get(f"/visits/{visit_id}").text
        opened = as_("muoi").post(f"/visits/{visit_id}/address")
        assert opened.status_code == 200 and ADDRESS in opened.text and opened.headers["Cache-Control"] == "no-store"
        assert ADDRESS in client_of(app, other).post(f"/visits/{visit_id}/address").text
        for name in ("bay", "hang", "lan"):
            assert as_(name).post(f"/visits/{visit_id}/address").status_code == 404
    closed = as_("muoi").post(f"/visits/{visit_id}/address", follow_redirects=True)
    assert "Địa chỉ mở từ 24 giờ trước giờ hẹn" in closed.text and "Xem địa chỉ" not in closed.text


def test_the_asker_knows_who_comes_and_how_to_know_them(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = planned(world)
        number = row(visit_id).number
    said = main(as_("bay").get(f"/visits/{visit_id}").text)
    for words in ("Bác Mười", "Trưởng khu phố, Trưởng ấp", "Khu phố 3", "Cô Mai", "công chức phường, xã",
                  "Phường Minh Hoạ",
                  "Con số hôm nay là gì?", "Không hỏi mã OTP", "113 Công an", str(number)):  # fmt: skip
        assert words in said, words
    for when, seen in ((at(1, 12), False), (at(2, 7), True)):
        with clock.travel(when):
            badge = main(as_("muoi").get(f"/visits/{visit_id}/badge").text)
            assert ("Con số hôm nay" in badge and str(number) in badge) is seen
            assert "Bác Mười" in badge and "Trưởng khu phố, Trưởng ấp" in badge
            assert str(number) not in main(as_("muoi").get(f"/visits/{visit_id}").text)
    assert as_("bay").get(f"/visits/{visit_id}/badge").status_code == 404


def test_the_desk_is_told_without_numbers_at_doors(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = planned(world, "desk")
    said = main(as_("bay").get(f"/visits/{visit_id}").text)
    assert "Trung tâm Phục vụ hành chính công, Phường Minh Hoạ" in said and "Cô Mai" in said
    assert "Con số" not in said and "Địa chỉ" not in said
    assert as_("mai").get(f"/visits/{visit_id}/badge").status_code == 409


def test_from_the_day_to_the_word_on_it_and_back_online(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = planned(world, children=True, guardian_there=True)
    muoi = as_("muoi")
    assert "Không có người giám hộ: ra về" not in muoi.get(f"/visits/{visit_id}").text
    assert muoi.get(f"/visits/{visit_id}/end").status_code == 409
    with clock.travel(at() + timedelta(minutes=50)):
        page = muoi.get(f"/visits/{visit_id}").text
        assert "Không có người giám hộ: ra về" in page and "Người học cầm máy" in page
        assert muoi.post(f"/visits/{visit_id}/end", data={"words": "Xong"}).status_code == 422
        muoi.post(f"/visits/{visit_id}/end", data={"outcome": "partly", "words": "Đã cài lại ứng dụng"})
        bay = as_("bay")
        page = bay.get(f"/visits/{visit_id}").text
        assert "Đã cài lại ứng dụng" in page and "được một phần" in page
        bay.post(f"/visits/{visit_id}/judge", data={"helped": "yes"})
        assert "giúp được tôi." in main(muoi.get(f"/visits/{visit_id}").text)
        sent = bay.post(f"/visits/{visit_id}/online")
        assert re.fullmatch(r"/requests/\d+", sent.location)
        assert sent.location in bay.get(f"/visits/{visit_id}").text


def test_a_room_of_grown_ups_leads_to_the_page_that_proposes_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_adults(world)
    lan, bay = as_("lan"), as_("bay")
    assert f"/rooms/{room_id}/visit" in lan.get(f"/rooms/{room_id}").text
    assert "/visit" not in main(bay.get(f"/rooms/{room_id}").text)
    assert "Đề nghị với chú Bảy." in main(lan.get(f"/rooms/{room_id}/visit").text)
    assert lan.post(f"/rooms/{room_id}/visit", data={"learner": world["bay"]}).status_code == 302
    found = re.search(r"/visits/new\?offer=(\d+)", bay.get(f"/rooms/{room_id}").text)
    assert found is not None
    offer = found[1]
    assert "Chị Lan đề nghị hẹn gặp" in main(bay.get(f"/visits/new?offer={offer}&kind=home").text)
    assert bay.post("/visits/new", data=form(app, world, offer=offer)).status_code == 302
    assert "/visits/new" not in bay.get(f"/rooms/{room_id}").text
    assert lan.get(f"/visits/new?offer={offer}").status_code == 200  # her own form; the offer says nothing to her
    assert "đề nghị" not in main(lan.get(f"/visits/new?offer={offer}").text)


def test_lists_are_paged(app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)

    @command
    def fill() -> None:
        for number in range(ROWS + 3):
            user = User(full_name=f"Người {number}", called_name=f"Thử{number}", username=f"thu{number}")
            db.session.add(user)
            db.session.flush()
            db.session.add(
                Visit(kind="desk", asker_id=user.id, unit_id=world["kp3"], ward_id=world["phuong"], topic="x")
            )

    with app.app_context():
        fill()
    page = as_("muoi").get(f"/units/{world['kp3']}/visits").text
    assert page.count('<th scope="row">') == ROWS and f"Thử{ROWS + 2}" in page
    older = re.search(r'href="(/units/\d+/visits\?[^"]*page=2[^"]*)"', page)
    assert older is not None
    rest = as_("muoi").get(older[1].replace("&amp;", "&")).text
    assert rest.count('<th scope="row">') == 3 and "Trang sau" not in rest


def test_an_export_holds_ones_own_words_and_address_and_of_others_neither(app: Flask, world: World) -> None:
    with app.app_context():
        done(world)
        asked(world)
        with db.engine.connect() as connection:
            own = list(data_export.rows(connection, BY_TABLE["visit"], world["bay"], {}))
            visitors = list(data_export.rows(connection, BY_TABLE["visit"], world["muoi"], {}))
    assert [one["address_sealed"] for one in own] == [ADDRESS, ADDRESS] and own[0]["words"].startswith("Mắt tôi")
    assert len(visitors) == 1 and not any(ADDRESS in str(one) or "Mắt tôi" in str(one) for one in visitors)
    assert not any("number_sealed" in one or "done_words" in one for one in own + visitors)


@pytest.mark.parametrize(
    ("name", "path", "most"),
    some(
        ("bay", "/visits/{visit}", 22),
        ("mai", "/units/{ward}/visits?tab=planned", 12),
        rest=[
            ("muoi", "/visits/{visit}", 22),
            ("muoi", "/visits/{visit}/badge", 18),
            ("muoi", "/visits/{visit}/plan", 24),
            ("muoi", "/visits", 9),
        ],
    ),
)
def test_what_the_pages_of_a_visit_cost(
    app: Flask, world: World, as_: As, queries: list[str], name: str, path: str, most: int
) -> None:
    with app.app_context():
        path = path.format(visit=planned(world), ward=world["phuong"])
        for other in ("Tư", "Năm", "Sáu"):  # the more people there are to choose from, the same number of questions
            helper(world, other)
    client = as_(name)
    client.get(path)
    queries.clear()
    assert client.get(path).status_code == 200
    found = [one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
    assert len(found) <= most, "\n".join(found)
