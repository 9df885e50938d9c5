"""Pages of offers and of the store: each sees what is theirs, forms keep what was typed, the story names nobody."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.community.papers.word_text import text_of
from tests.devices import donation_fixtures as make
from tests.factories import World, client_of, person
from tests.insights.pdf_text import words_of
from tests.safety.pictures import photo
from tests.test_audience_notices import said_before
from tutoring.devices.donations import commands as donations_commands
from tutoring.devices.donations import queries
from tutoring.devices.donations.queries import story_of
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.devices.labels import STAGE_WORDS
from tutoring.devices.models import Device
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.paging import ROWS
from tutoring.policy.devices import inventory as policy
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]


def main(page: str) -> str:
    """What the main part of a page says, without its marks."""
    text = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def form(**more: str) -> dict[str, str]:
    return {"kind": "tablet", "terms": "gift", "count": "1", "condition": "good", "words": "Mua năm 2021", **more}


def test_a_resident_offers_on_a_page_and_finds_it_again(world: World, as_: As) -> None:
    bay = as_("bay")
    assert "Bạn chưa tặng hay cho mượn máy nào" in main(bay.get("/devices").text)
    assert "Người giữ kho" in said_before(bay.get("/devices/offers/new").text, "words")
    sent = bay.post("/devices/offers/new", data=form(unit=str(world["phuong"]), count="2"))
    assert sent.status_code == 302
    page = main(bay.get(sent.location).text)
    assert "Đang chờ phường trả lời" in page and "Mua năm 2021" in page and "2 máy" in page
    assert "Máy tính bảng thứ 2" in main(bay.get("/devices").text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": ""}, "Hãy chọn loại máy."),
        ({"count": "51"}, "Hãy ghi một số từ 1 đến 50."),
        ({"count": "x"}, "Hãy ghi một số từ 1 đến 50."),
        ({"terms": ""}, "Hãy chọn tặng hẳn hay cho mượn."),
        ({"terms": "loan", "lend_until": "hôm qua"}, "Hãy chọn ngày trong lịch."),
        ({"terms": "loan", "lend_until": "2020-01-01"}, "Ngày muốn nhận lại phải sau hôm nay"),
        ({"missing": "wings"}, "Hãy chọn một mục trong danh sách."),
    ],
)
def test_a_refused_form_keeps_what_was_typed(world: World, as_: As, change: dict[str, str], said: str) -> None:
    answer = as_("bay").post("/devices/offers/new", data=form(unit=str(world["phuong"]), **change))
    assert answer.status_code == 422 and said in answer.text and "Mua năm 2021" in answer.text


def test_a_pupil_is_sent_to_grown_ups(world: World, as_: As) -> None:
    page = as_("minh").get("/devices")
    assert "nói với ba mẹ hoặc thầy cô" in main(page.text) and "/devices/offers/new" not in page.text
    assert as_("minh").get("/devices/offers/new").status_code == 404


def test_who_belongs_to_no_ward_is_told_what_to_do(app: Flask, world: World) -> None:
    page = client_of(app, world["admin1"]).get("/devices/offers/new")
    assert page.status_code == 403 and "Hãy nhập mã tham gia trước" in page.text


def test_only_the_donor_and_the_store_see_an_offer_and_its_pictures(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        offer_id = make.offered(world, words="Máy còn hộp")
    at = f"/devices/offers/{offer_id}"
    bay = as_("bay")
    picture = {"file": (io.BytesIO(photo()), "may.jpg")}
    assert "không có mặt người" in bay.post(f"{at}/pictures", data=picture, follow_redirects=True).text
    picture = {"file": (io.BytesIO(photo()), "may.jpg"), "faceless": "yes"}
    assert "Đã thêm ảnh" in bay.post(f"{at}/pictures", data=picture, follow_redirects=True).text
    with app.app_context():
        kept = queries.pictures_of(offer_id)[0]
        address = f"{at}/pictures/{kept.id}"
    for name in ("bay", "mai"):
        shown = as_(name).get(address)
        assert shown.mimetype == "image/webp" and "no-store" in shown.headers["Cache-Control"]
        assert "Máy còn hộp" in as_(name).get(at).text
    for name in ("lan", "muoi", "quang", "minh", "admin1"):
        assert as_(name).get(address).status_code == as_(name).get(at).status_code == 404
        assert as_(name).post(f"{address}/remove").status_code == 404
        assert as_(name).post(f"{at}/withdraw").status_code == 404
    assert app.test_client().get(address, headers={"Accept": "application/json"}).status_code == 401
    assert "Đã bỏ ảnh" in as_("mai").post(f"{address}/remove", follow_redirects=True).text
    assert bay.get(address).status_code == 404


def test_what_the_file_is_must_be_a_picture(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        offer_id = make.offered(world)
    bad = {"file": (io.BytesIO(b"<svg onload=alert(1)>"), "a.jpg"), "faceless": "yes"}
    answer = as_("bay").post(f"/devices/offers/{offer_id}/pictures", data=bad, follow_redirects=True)
    assert "Đã thêm ảnh" not in answer.text
    with app.app_context():
        assert queries.pictures_of(offer_id) == []


def test_a_large_offer_tells_how_many_machines_are_where(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        make.received(world, count=8)
    page = main(as_("bay").get("/devices").text)
    assert "1 máy Đang kiểm tra" in page and "7 máy Phường đồng ý nhận" in page and "thứ 2" not in page


# ---- the store -------------------------------------------------------------------------------------------------


def test_a_machine_goes_from_the_offer_to_ready_on_pages(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        offer_id = make.offered(world)
        device_id = make.device_ids(offer_id)[0]
    mai, store = as_("mai"), f"/units/{world['phuong']}/devices"
    at = f"/devices/{device_id}"
    assert "Điện thoại" in main(mai.get(store).text)
    assert "Đồng ý nhận" in mai.get(f"/devices/offers/{offer_id}").text
    mai.post(f"/devices/offers/{offer_id}/accept", data={"said": "Mang tới bàn số 3"})
    assert "Mang tới bàn số 3" in as_("bay").get(f"/devices/offers/{offer_id}").text
    wrong = mai.post(f"{at}/receive", data={"model": "Nokia 3", "serial": "079203004567"})
    assert wrong.status_code == 422 and "079203004567" not in wrong.text and "Nokia 3" in wrong.text
    mai.post(f"{at}/receive", data={"model": "Nokia 3", "serial": "sn-77", "accessories": ["charger", "cable"]})
    page = main(mai.get(at).text)
    assert "SN-77" in page and "Củ sạc, Dây cáp" in page and "Chờ kiểm tra" in page
    assert mai.get(f"{at}/receive").status_code == 409
    half = mai.post(f"{at}/wipe", data={"method": "settings_reset", "checks": ["accounts_out"]})
    assert half.status_code == 422 and "Phải làm và đánh dấu đủ mọi mục" in half.text
    checks = ["accounts_out", "cards_out", "reset_done", "welcome_seen", "starts_charges"]
    mai.post(f"{at}/wipe", data={"method": "settings_reset", "checks": checks})
    page = main(mai.get(at).text)
    assert "Sẵn sàng" in page and "4. Sẵn sàng" in page and "1. Chờ trả lời" in page
    paper = main(mai.get(f"{at}/wipe-record").text)
    assert "Biên bản xoá dữ liệu" in paper and "SN-77" in paper and "Mai" in paper
    for said in (words_of(mai.get(f"{at}/wipe-record.pdf").data), text_of(mai.get(f"{at}/wipe-record.docx").data)):
        assert "BIÊN BẢN" in said and "Xoá dữ liệu trên máy" in said and "SN-77" in said
    assert "Máy của bạn đã xoá sạch dữ liệu" in as_("bay").get("/notices").text


def test_a_number_that_exists_is_named_on_the_form(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        first, second = make.received(world, serial="SN-0001"), make.accepted(world)
        code = make.device(first).code
    answer = as_("mai").post(f"/devices/{second}/receive", data={"model": "Nokia", "serial": "SN-0001"})
    assert answer.status_code == 422 and f"Số máy này đã có: máy {code} (đang kiểm tra" in answer.text


def test_each_button_is_there_only_where_its_move_is(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        stored, ready = make.received(world, serial="SN-01"), make.ready(world, serial="SN-02", terms="loan")
    mai = as_("mai")
    page, other = mai.get(f"/devices/{stored}").text, mai.get(f"/devices/{ready}").text
    assert "/do/repair" in page and "/do/scrap" in page and "/do/back" not in page and "/do/again" not in page
    assert "/do/again" in other and "/do/back" in other and "/do/repair" not in other
    for act, status in (("repair", 200), ("scrap", 200), ("again", 409), ("repaired", 409), ("back", 409),
                        ("away", 409), ("nothing", 404)):  # fmt: skip
        assert mai.get(f"/devices/{stored}/do/{act}").status_code == status, act
    assert mai.post(f"/devices/{stored}/do/repair", data={"reason": ""}).status_code == 422
    mai.post(f"/devices/{stored}/do/repair", data={"reason": "Loa rè, gửi tiệm ở chợ"})
    assert "Loa rè, gửi tiệm ở chợ" in main(mai.get(f"/devices/{stored}").text)


def test_what_was_only_lent_is_scrapped_with_its_donors_yes(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        device_id = make.received(world, terms="loan")
    mai, at = as_("mai"), f"/devices/{device_id}/do/scrap"
    refused = mai.post(at, data={"reason": "Cháy nguồn"})
    assert refused.status_code == 422 and "Người cho mượn phải đồng ý" in refused.text and "Cháy nguồn" in refused.text
    assert mai.post(at, data={"reason": "Cháy nguồn", "agrees": "y"}).status_code == 302
    with app.app_context():
        given = make.received(world, serial="SN-0002")
    assert mai.post(f"/devices/{given}/do/scrap", data={"reason": "Cháy nguồn"}).status_code == 302


def rows_of(page: str) -> list[str]:
    """The labels of the machines of a page, in its order."""
    return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page)


@pytest.mark.full
def test_a_store_is_paged_and_found_by_any_number_and_costs_the_same(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    with app.app_context():
        made = [make.offered(world, count=50), make.offered(world, count=5)]
        for offer_id in made:
            donations_commands.accept_offer(person(world["mai"]), offer_id)
        label = make.device(make.device_ids(made[0])[3]).code
        known = make.received(world, serial="SN-4711")
    mai, at = as_("mai"), f"/units/{world['phuong']}/devices"
    first = mai.get(f"{at}?state=expected").text
    assert len(rows_of(first)) == ROWS and "1–50 trên 55 dòng" in first
    after = re.search(r'href="([^"]+page=2[^"]*)"', first)
    assert after is not None
    queries.clear()
    rest = mai.get(after[1].replace("&amp;", "&")).text
    cost = len(queries)
    assert len(rows_of(rest)) == 5 and not {*rows_of(rest)} & {*rows_of(first)}
    queries.clear()
    mai.get(f"{at}?state=expected")
    assert len(queries) == cost
    for typed in (label.removeprefix("M-").lower(), label):
        assert mai.get(at, query_string={"q": typed}).location.startswith("/devices/")
    for typed in ("SN-4711", " sn-4711 ", "sn - 4711"):  # as it stands on the machine, or nearly
        assert mai.get(at, query_string={"q": typed}).location == f"/devices/{known}"
    assert "Không có máy nào như vậy" in mai.get(f"{at}?q=M-XXXXXX").text
    assert mai.get(f"/units/{world['truong']}/devices").status_code == 404


def test_labels_of_many_machines_are_printed_at_once_and_of_no_other_store(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = [make.received(world, serial=f"SN-{n:04}") for n in range(3)]
        codes = [make.device(one).code for one in ids]
    at = f"/units/{world['phuong']}/devices/labels"
    page = as_("mai").get(at, query_string={"device": [ids[0], ids[2], 10**8, "x"]}).text
    assert page.count('class="card-print"') == 2 and codes[0] in page and codes[2] in page and codes[1] not in page
    assert "Chưa chọn máy nào" in as_("mai").get(at).text


def test_a_donors_page_costs_the_same_for_one_machine_and_for_many(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    with app.app_context():
        make.received(world)
    bay = as_("bay")
    bay.get("/devices")
    queries.clear()
    bay.get("/devices")
    one = len(queries)
    with app.app_context():
        make.received(world, serial="SN-0002", count=7)
        make.offered(world, count=20)
    queries.clear()
    bay.get("/devices")
    assert len(queries) == one


# ---- for somebody without an account ---------------------------------------------------------------------------


def test_who_has_no_account_reads_the_story_by_the_code_of_a_receipt(app: Flask, world: World, as_: As) -> None:
    mai = as_("mai")
    sent = mai.post(f"/units/{world['phuong']}/devices/offers/new", data=form(donor_name="Bác Năm Hiền"))
    assert sent.status_code == 302
    with app.app_context():
        row = make.offer(int(sent.location.rsplit("/", 1)[1]))
        code, label = row.story_code, row.devices[0].code
    paper = mai.get(f"{sent.location}/receipt").text
    assert f"/devices/story/{code}" in paper and "Hiền" not in main(paper) and "<svg" in paper
    page = app.test_client().get(f"/devices/story/{code}")
    assert page.status_code == 200 and "Đang chờ phường trả lời" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"] and page.headers["Cache-Control"] == "no-store"
    for hidden in ("Hiền", label, "Mai"):
        assert hidden not in page.text
    assert app.test_client().get(f"/devices/story/{code[:4]}-{code[4:8]}-{code[8:]}".lower()).status_code == 200
    assert app.test_client().get("/devices/story/AAAAAAAAAAAA").status_code == 404


def test_guessing_codes_comes_to_an_end(app: Flask, world: World) -> None:
    rate_limits.clear()
    client = app.test_client()
    answers = [client.get(f"/devices/story/AAAAAAAAAA{n}").status_code for n in range(10, 45)]
    assert answers[0] == 404 and answers[-1] == 429
    rate_limits.clear()


@pytest.mark.parametrize("state", policy.STATES)
def test_every_state_has_a_story_that_names_a_stage_and_at_most_a_month(state: str) -> None:
    row = Device(state=state, state_since=clock.now())
    for was_out in (False, True):
        story = story_of(row, was_out)
        assert story.stage in STAGE_WORDS
        assert bool(story.month) == (state in policy.WITH_FAMILY)
        assert story.since is None or story.since.day == 1
    assert story_of(Device(state="reserved"), False) == story_of(Device(state="ready"), False)
    assert story_of(Device(state="stored"), True).stage == "back"


def test_a_donor_who_reads_the_story_learns_no_label_serial_or_name(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        device_id = make.ready(world, serial="SN-SECRET-9")
        row = make.device(device_id)
        code, offer_id = row.code, row.offer_id
        story = row.offer.story_code
    for page in (as_("bay").get(f"/devices/offers/{offer_id}").text, as_("bay").get("/devices").text,
                 app.test_client().get(f"/devices/story/{story}").text):  # fmt: skip
        text = main(page)
        assert "Sẵn sàng cho một gia đình" in text
        assert code not in page and "SECRET" not in page and "Samsung" not in text and "Mai" not in text
    for page in ("", "/label", "/receive", "/wipe", "/wipe-record", "/wipe-record.pdf", "/do/scrap"):
        assert as_("bay").get(f"/devices/{device_id}{page}").status_code == 404


# ---- the label and what it leads to ----------------------------------------------------------------------------


def test_the_label_leads_to_a_page_that_is_the_same_for_everybody(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        device_id = make.received(world)
        code = make.device(device_id).code
    assert f"/d/{code}" in as_("mai").get(f"/devices/{device_id}/label").data.decode() or code in main(
        as_("mai").get(f"/devices/{device_id}/label").text
    )
    visitor_cache.forget()
    page = app.test_client().get(f"/d/{code}")
    assert page.status_code == 200 and "Set-Cookie" not in page.headers and "csrf_token" not in page.text
    text = main(page.text)
    assert "Nhặt được máy này?" in text and code in text and "Không ai phải đóng tiền" in text
    assert "Bảy" not in text and "/lessons/bat-may-lam-quen" in page.text
    assert f"/d/{code}" in visitor_cache.kept()
    assert app.test_client().get(f"/d/{code.removeprefix('M-').lower()}").status_code == 200
    assert app.test_client().get("/d/M-XXXXXX").status_code == 404


def test_a_machine_that_was_here_before_says_so(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        old = make.received(world, serial="SN-0001")
        inventory_commands.scrap_device(person(world["mai"]), old, "Không lên nguồn")
        new = make.received(world, serial="SN-0001")
        code = make.device(old).code
    assert f"Máy này đã từng ở đây: {code} (đã bỏ, tái chế" in main(as_("mai").get(f"/devices/{new}").text)


def test_a_donor_of_long_ago_reads_the_month(app: Flask, world: World) -> None:
    row = Device(state="lent", state_since=clock.now() - timedelta(days=40))
    assert re.fullmatch(r"\d\d/\d{4}", story_of(row, True).month)
