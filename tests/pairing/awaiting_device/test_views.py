"""What a family sees of a request that is kept at the desk, and what the desk sees."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.awaiting_device.fixtures import end, ended, lacks, met, needs
from tests.pairing.test_commands import nobody_on_duty
from tests.parametrize import some
from tutoring.kernel import rate_limits
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries

As = Callable[[str], FlaskClient]
WORDS = "Tôi muốn nộp hồ sơ, mượn máy nhà bên"


def fields(app: Flask, **more: str) -> dict[str, str]:
    with app.app_context():
        rate_limits.clear()
        topic = topics("vi")[0][0]
    return {"topic": topic, "words": WORDS, "device": "no_device", "wish": "now", "urgency": "1", **more}


def test_the_form_offers_no_device_and_no_network_beside_the_devices(app: Flask, world: World, as_: As) -> None:
    page = as_("bay").get("/ask").text
    for value in ("no_device", "no_internet", "no_both"):
        assert f'value="{value}"' in page
    assert "Không có máy" in page and "Có máy nhưng không có mạng" in page


@pytest.mark.parametrize(
    ("choice", "says", "kinds"),
    some(
        ("no_device", "đang chờ có máy.", {"device"}),
        rest=[
            ("no_internet", "đang chờ có mạng.", {"internet"}),
            ("no_both", "đang chờ có máy và mạng.", {"device", "internet"}),
        ],
    ),
)
def test_asking_without_one_leads_to_a_page_that_says_what_is_waited_for_and_what_can_be_done(
    app: Flask, world: World, as_: As, choice: str, says: str, kinds: set[str]
) -> None:
    bay = as_("bay")
    answer = bay.post("/ask", data=fields(app, device=choice))
    assert answer.status_code == 302
    page = bay.get(answer.location).text
    assert says in page and "Khu phố và phường đã biết" in page and "/visits/new" in page and "/print" in page
    assert "đang đứng thứ" not in page and "Hẹn giờ khác" not in page and "Kể thêm" in page
    with app.app_context():
        found = needs(world["bay"])
        asked = next(iter(queries.open_requests(world["bay"])), None)
        assert asked is not None and asked.device == ""
    assert set(found) == kinds
    for need in found.values():
        assert f"/needs/{need.id}" in page
    assert "Khu phố đang giữ" in bay.get("/requests").text and "Xem yêu cầu" in bay.get("/").text


def test_what_was_typed_and_chosen_is_kept_when_the_form_is_refused(app: Flask, world: World, as_: As) -> None:
    answer = as_("bay").post("/ask", data=fields(app, words="Gọi tôi 0912 345 678", device="no_internet"))
    assert answer.status_code == 422 and "Gọi tôi 0912 345 678" in answer.text
    assert 'value="no_internet" checked' in answer.text
    with app.app_context():
        assert queries.open_requests(world["bay"]) == [] and needs(world["bay"]) == {}


def test_a_child_hears_that_a_guardian_has_to_tell_the_ward_and_the_guardian_can(
    app: Flask, world: World, as_: As
) -> None:
    minh = as_("minh")
    path = minh.post("/ask", data=fields(app)).location
    child, guardian = minh.get(path).text, as_("lan").get(path).text
    assert "phường chưa ghi nhận" in child and "Em nhờ ba mẹ" in child and "thầy cô chủ nhiệm" in child
    assert "/devices/needs/new" not in child and "/visits/new" not in child
    assert "Cho phường biết nhà cần gì" in guardian and "/devices/needs/new" in guardian and "/unpark" not in guardian


def test_a_guardian_asks_for_a_child_and_says_when_the_device_is_there(app: Flask, world: World, as_: As) -> None:
    lan = as_("lan")
    path = lan.post("/ask", data=fields(app, learner=str(world["an"]))).location
    assert "Bây giờ có máy rồi" in lan.get(path).text and "Khu phố đang giữ" in lan.get("/").text
    assert lan.post(f"{path}/unpark").location == path
    page = lan.get(path, follow_redirects=True).text
    assert "đã vào hàng chờ" in page and "đang đứng thứ" in page
    assert lan.post(f"{path}/unpark").status_code == 409


def test_it_says_nothing_of_hours_or_duty_while_it_is_kept(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        nobody_on_duty()
        asked = lacks(world, "minh")
    page = as_("minh").get(f"/requests/{asked}").text
    assert "Ngoài giờ" not in page and "thầy cô trực" not in page


@pytest.mark.parametrize(("state", "says"), [("refused", "chưa nhận được"), ("lapsed", "đã hết hạn")])
def test_when_nothing_comes_the_page_says_so_and_the_family_may_ask_anew(
    app: Flask, world: World, as_: As, state: str, says: str
) -> None:
    with app.app_context():
        asked = lacks(world)
        need = needs(world["bay"])["device"]
        end(need.id, state)
        ended(world["bay"], state=state)
    page = as_("bay").get(f"/requests/{asked}").text
    assert says in page and "Cho phường biết nhà cần gì" in page and "Bây giờ có máy rồi" in page


@pytest.mark.full
def test_the_desk_sees_names_topics_and_needs_and_says_what_it_helped_with(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked = lacks(world, words=WORDS)
        child = lacks(world, "minh", words="Em bị kẹt ở bài ba")
    muoi, path = as_("muoi"), f"/units/{world['kp3']}/parked"
    page = muoi.get(path).text
    assert "Bảy" in page and WORDS in page and "Chưa có máy" in page and "phường đã nhận" in page
    ward = as_("mai").get(f"/units/{world['phuong']}/parked").text
    assert "Ghi giúp gia đình" in ward and f"for={world['minh']}" in ward
    assert "Minh" in ward and "Em bị kẹt ở bài ba" not in ward and "phường chưa ghi nhận" in ward
    wrong = muoi.post(f"/requests/{asked}/helped-there", data={"unit": str(world["kp3"]), "reason": "gọi 0912 345 678"})
    assert wrong.status_code == 422 and "0912 345 678" not in wrong.text and 'aria-invalid="true"' in wrong.text
    right = muoi.post(f"/requests/{asked}/helped-there", data={"unit": str(world["kp3"]), "reason": "Làm cùng"})
    assert right.location == path and "Không có yêu cầu nào chờ máy" in muoi.get(path).text
    assert "Đã được giúp tận nơi" in as_("bay").get(f"/requests/{asked}").text
    assert as_("hang").get(path).status_code == 404 and as_("bay").get(path).status_code == 404
    assert muoi.post(f"/requests/{child}/helped-there", data={"unit": str(world["kp3"])}).status_code == 404


@pytest.mark.full
def test_the_coordinator_sees_how_many_are_kept_beside_those_who_wait(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        lacks(world, "minh")
    page = as_("quang").get(f"/units/{world['truong']}/waiting").text
    assert "1 yêu cầu chờ máy, chờ mạng" in page and "Không có ai đang chờ" in page
    assert "Em bị kẹt" not in page and "Minh" in as_("quang").get(f"/units/{world['truong']}/parked").text
    assert f"/units/{world['kp3']}/parked" in as_("muoi").get(f"/units/{world['kp3']}").text


def test_a_helper_sees_that_the_device_is_new(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        lacks(world, "an", by="lan")
        met(world["an"])
    assert "mới có máy, có thể chưa quen" in as_("khoa").get("/helping").text


@pytest.mark.full
def test_pages_ask_the_database_as_often_whatever_is_kept(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    mai, path = as_("mai"), f"/units/{world['phuong']}/parked"

    def cost() -> int:
        mai.get(path)
        queries.clear()
        assert mai.get(path).status_code == 200
        return len(queries)

    with app.app_context():
        lacks(world)
    few = cost()
    with app.app_context():
        for name, lack in (("minh", "both"), ("muoi", "internet"), ("khoa", "device")):
            lacks(world, name, lack)
        lacks(world, "an", "both", by="lan")
        requests_commands.add_words(person(world["lan"]), 5, "Cháu cần học")
    assert cost() == few
