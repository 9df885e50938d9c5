"""Pages of sponsored internet: each sees their own, one page alone shows a code, a sponsor reads no small number."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given as given_
from hypothesis import strategies as st

from tests.devices.voucher_fixtures import (
    approved,
    batch,
    brought,
    code,
    codes,
    given,
    opened,
    partner,
    people,
    voucher,
)
from tests.factories import World, client_of, person
from tests.test_leaked_database import thief
from tutoring.devices.vouchers import commands as vouching
from tutoring.devices.vouchers import queries
from tutoring.kernel import clock, rate_limits
from tutoring.policy.devices import vouchers as policy

As = Callable[[str], FlaskClient]
ALL = ("bay", "lan", "minh", "khoa", "hang", "quang", "muoi", "mai", "admin1")


def main(page: str) -> str:
    """What the main part of a page says, without its marks."""
    text = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def form(**more: object) -> dict[str, object]:
    return {"sponsor_id": "", "sponsor": "Công ty Mạng Xanh", "network": "viettel", "gigabytes": "10", "days": "30",
            "codes": "", "expires": "", **more}  # fmt: skip


def file(text: str, encoding: str = "utf-8-sig") -> tuple[BytesIO, str]:
    return BytesIO(text.encode(encoding)), "ma.csv"


# ---- staff ----------------------------------------------------------------------------------------------------


def test_an_officer_brings_vouchers_in_on_a_page(app: Flask, world: World, as_: As) -> None:
    mai, at = as_("mai"), f"/units/{world['phuong']}/internet"
    assert "Chưa có mã nào" in main(mai.get(at).text)
    with app.app_context():
        text, place = codes(3), partner()
    assert "Công ty Viễn Thông Xanh" in mai.get(f"{at}/new").text
    sent = mai.post(f"{at}/new", data=form(sponsor_id=str(place), sponsor="", file=file(text, "utf-16")))
    assert sent.status_code == 302
    page = main(mai.get(sent.location).text)
    assert "Công ty Viễn Thông Xanh" in page and "Đã thêm 3 mã" not in page
    assert "Tất cả 3 Chưa tặng 3" in page and "10 GB" in page
    listed = mai.get(at).text
    assert '<td class="num" data-label="Chưa tặng"><span>3' in listed
    assert '<td class="num" data-label="Tổng">3</td>' in listed
    again = mai.post(f"{at}/new", data=form(file=file(text)))
    assert again.status_code == 200 and "3 mã trong tệp đã có từ trước" in main(again.text)
    assert code(0) not in again.text


def test_a_faulty_file_is_named_by_lines_and_no_code_comes_back(app: Flask, world: World, as_: As) -> None:
    at = f"/units/{world['phuong']}/internet/new"
    answer = as_("mai").post(at, data=form(codes="mã,hạn\nGEHEIM-1234,31/12/2099\nGEHEIM-99999,\n"))
    assert answer.status_code == 422 and "GEHEIM" not in answer.text
    said = main(answer.text)
    assert "Dòng 2: Hạn dùng xa quá." in said and "Dòng 3: Thiếu hạn dùng." in said and "dán lần nữa" in said
    assert "Công ty Mạng Xanh" in answer.text
    many = as_("mai").post(at, data=form(codes="\n".join(["x"] * 80), expires="31/12/2027"))
    assert "Và 109 chỗ nữa." in main(many.text)  # each of 80 is no code, and each but the first is there already


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sponsor": ""}, "Hãy ghi tên nhà tài trợ"),
        ({"network": "mars"}, "Hãy chọn một mục"),
        ({"gigabytes": "0"}, "Hãy ghi một số từ 1 đến 1000."),
        ({"days": "x"}, "Hãy ghi một số từ 1 đến 400."),
        ({"expires": "mai"}, "Hãy ghi hạn dùng như 31/12/2027."),
        ({"codes": ""}, "Hãy chọn một tệp, hoặc dán các dòng."),
        ({"sponsor_id": "7777"}, "Hãy chọn một mục"),
    ],
)
def test_a_refused_form_keeps_what_was_typed_but_the_codes(
    world: World, as_: As, change: dict[str, object], said: str
) -> None:
    typed = form(**({"codes": "GEHEIM-1234", "expires": "31/12/2027"} | change))
    answer = as_("mai").post(f"/units/{world['phuong']}/internet/new", data=typed)
    assert answer.status_code == 422 and said in answer.text and "GEHEIM" not in answer.text
    if "days" not in change:
        assert 'value="30"' in answer.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"\xff\xfe\x00", "Không đọc được chữ"),
        (b"m\xe3,h\x1en", "Không đọc được chữ"),
        (b"code\x00", "Không đọc được chữ"),
        (b"A" * (1024 * 1024 + 1), "Tệp lớn quá"),
        (b"\x89PNG\r\n\x1a\n", "Không đọc được chữ"),
        (b"", "Hãy chọn một tệp"),
    ],
)
def test_what_is_no_file_of_text_is_refused(world: World, as_: As, sent: bytes, said: str) -> None:
    answer = as_("mai").post(f"/units/{world['phuong']}/internet/new", data=form(file=(BytesIO(sent), "x.csv")))
    assert answer.status_code == 422 and said in answer.text


def test_file_and_pasted_lines_are_not_mixed(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        text = codes(1)
    at = f"/units/{world['phuong']}/internet/new"
    both = as_("mai").post(at, data=form(codes="ABC-12345", file=file(text)))
    assert both.status_code == 422 and "chỉ một trong hai" in both.text
    assert as_("mai").post(at, data=form(codes="ABC-12345", expires="31/12/2027")).status_code == 302


def test_a_lead_reads_counts_and_nobody_else_comes_in(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        batch_id = brought(world, 3, left=10)
    page = as_("muoi").get(f"/units/{world['kp3']}/internet")
    assert 'data-label="Chưa tặng"><span>3' in page.text and "3 mã sắp hết hạn" in main(page.text)
    assert f"/internet/{batch_id}" not in page.text and "Thêm mã từ tệp" not in page.text
    for path in (f"/internet/{batch_id}", f"/units/{world['phuong']}/internet/new"):
        for name in ALL:
            assert (as_(name).get(path).status_code == 200) == (name == "mai"), (name, path)
    for name in ALL:
        seen = as_(name).get(f"/units/{world['phuong']}/internet").status_code == 200
        assert seen == (name == "mai"), name
    assert "VIDU-0001" in as_("mai").get("/internet/sample.csv").get_data(as_text=True)


def test_a_batch_is_closed_and_opened_again(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        batch_id = brought(world, 3)
    mai = as_("mai")
    mai.post(f"/internet/{batch_id}/close")
    assert "Mở lại đợt này" in main(mai.get(f"/internet/{batch_id}").text)
    assert "Đã đóng" in main(mai.get(f"/units/{world['phuong']}/internet").text)
    mai.post(f"/internet/{batch_id}/open")
    assert "Mở lại đợt này" not in main(mai.get(f"/internet/{batch_id}").text)


def test_what_lists_ask_of_the_database_does_not_grow(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:  # fmt: skip
    with app.app_context():
        rate_limits.clear()
        first = brought(world, 2, start=0)
        given(world, first)
    paths = {"mai": f"/units/{world['phuong']}/internet", "bay": "/devices/internet"}
    cost = {}
    for name, path in paths.items():
        as_(name).get(path)
        queries.clear()
        as_(name).get(path)
        cost[name] = len(queries)
    with app.app_context():
        for n in range(1, 8):
            another = brought(world, 2, start=n * 10)
            given(world, another)
    for name, path in paths.items():
        queries.clear()
        assert as_(name).get(path).text.count({"mai": '<th scope="row">', "bay": 'class="row-card"'}[name]) == 8
        assert len(queries) == cost[name] <= 15, "\n".join(queries)


def test_lists_go_on_by_pages(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        rate_limits.clear()
        for n in range(queries.PAGE + 1):
            given(world, brought(world, 1, start=n, sponsor=f"Nhà tài trợ {n}"))
    first = as_("bay").get("/devices/internet").text
    older = re.search(r'href="([^"]+before=\d+)"', first)
    assert older is not None and first.count('class="row-card"') == queries.PAGE
    last = as_("bay").get(older[1].replace("&amp;", "&")).text
    assert last.count('class="row-card"') == 1 and "Nhà tài trợ 0" in last


# ---- a family -------------------------------------------------------------------------------------------------


def test_a_family_opens_its_code_and_says_how_it_went(app: Flask, world: World, as_: As) -> None:
    bay = as_("bay")
    assert "chưa được tặng gói mạng nào" in main(bay.get("/devices/internet").text)
    with app.app_context():
        voucher_id = given(world)
    at = f"/devices/internet/{voucher_id}"
    assert at in bay.get("/devices/internet").text
    page = bay.get(at)
    assert "Mở mã" in main(page.text) and code(0) not in page.text and "Mã có dùng được không?" not in page.text
    shown = bay.post(f"{at}/open")
    assert shown.status_code == 200 and code(0) in shown.text and shown.headers["Cache-Control"] == "no-store"
    page = bay.get(at)
    assert code(0) not in page.text and "Xem lại mã" in main(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert code(0) in bay.post(f"{at}/open").text
    assert bay.post(f"{at}/used").status_code == 302
    page = bay.get(at)
    assert "Bạn đã báo dùng được" in main(page.text)
    again = bay.post(f"{at}/open")
    assert again.status_code == 302 and "không còn mở được" in bay.get(at).text


def test_a_code_that_failed_is_told(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        voucher_id = opened(world)
    at = f"/devices/internet/{voucher_id}"
    as_("bay").post(f"{at}/failed")
    assert "đang tìm gói khác" in main(as_("bay").get(at).text)
    assert "Mở để đề xuất gói khác." in main(as_("mai").get("/notices").text)


def test_what_is_over_says_so(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        voucher_id = given(world, brought(world, 1, left=4))
    with clock.travel(clock.now() + timedelta(days=5)):
        page = main(as_("bay").get(f"/devices/internet/{voucher_id}").text)
    assert "Đã hết hạn" in page and "không mở được nữa" in page and "Mở mã" not in page


def test_a_pupil_hears_that_the_guardian_opens_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        voucher_id = given(world, person_id=world["minh"], receiver_id=world["lan"])
    assert "Gói mạng do ba mẹ nhận" in main(as_("minh").get("/devices/internet").text)
    assert as_("minh").post(f"/devices/internet/{voucher_id}/open").status_code == 404
    assert code(0) in as_("lan").post(f"/devices/internet/{voucher_id}/open").text


def test_no_page_but_the_receivers_shows_a_code_nor_does_anything_that_is_written(
    app: Flask, world: World, as_: As, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        text = codes(4)
    mai = as_("mai")
    sent = mai.post(f"/units/{world['phuong']}/internet/new", data=form(file=file(text)))
    batch_id = int(sent.location.rsplit("/", 1)[1])
    with app.app_context():
        voucher_id = given(world, batch_id)
        need_id, report = voucher(voucher_id).need_id, batch(batch_id).report_code
    assert code(0) in as_("bay").post(f"/devices/internet/{voucher_id}/open").text
    mai.post(f"/units/{world['phuong']}/internet/new", data=form(file=file(text + "QRZX-00000-7M,x\n")))
    paths = [
        f"/units/{world['phuong']}/internet", f"/units/{world['kp3']}/internet", f"/internet/{batch_id}", "/notices",
        f"/devices/internet/{voucher_id}", "/devices/internet", f"/devices/needs/{need_id}", f"/sponsors/{report}",
        f"/sponsors/{report}.csv", f"/units/{world['phuong']}/needs", "/privacy", "/account", "/",
        f"/units/{world['phuong']}",
    ]  # fmt: skip
    for name in ALL:
        for path in paths:
            assert "QRZX" not in as_(name).get(path).get_data(as_text=True), (name, path)
        if name != "bay":
            answer = as_(name).post(f"/devices/internet/{voucher_id}/open")
            assert answer.status_code == 404 and "QRZX" not in answer.text
    with app.app_context():
        stolen = thief()
    said = capfd.readouterr()
    for n in range(4):
        for written in (stolen, said.out, said.err, caplog.text):
            assert code(n) not in written and code(n).lower() not in written


# ---- the sponsor ----------------------------------------------------------------------------------------------


def test_a_sponsor_reads_no_small_number_and_no_name(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        batch_id = brought(world, 40)
        for user_id in people(23):
            voucher_id = given(world, batch_id, person_id=user_id)
            if user_id % 3 == 0:
                vouching.open_voucher(person(user_id), voucher_id)
        report = batch(batch_id).report_code
    today = client.get(f"/sponsors/{report}")
    assert today.status_code == 200 and "Đã tặng cho gia đình dưới 10" in main(today.text)  # nothing of today
    with clock.travel(clock.now() + timedelta(days=1)):
        answer = client.get(f"/sponsors/{report}")
        page = main(answer.text)
        assert "Số mã đã nhận 40" in page and "Đã tặng cho gia đình 20" in page
        assert "Gia đình đã mở mã dưới 10" in page and "Công ty Mạng Xanh" in page
        assert "Người Thứ" not in answer.text and "23" not in re.sub(r"\d+/\d+/\d+", "", page).split()
        assert answer.headers["X-Robots-Tag"].startswith("noindex") and "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store" and 'content="noindex' in answer.text
        table = client.get(f"/sponsors/{report}.csv")
        rows = list(csv.reader(io.StringIO(table.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[0][:2] == ["Thời gian", "Đã tặng cho gia đình"]
    assert rows[-1][:3] == ["Tất cả", "20", "dưới 10"] and table.headers["Content-Type"].startswith("text/csv")


def test_wards_are_named_only_where_many_families_are(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        batch_id = brought(world, 30)
        for user_id in people(12):
            vouching.give_voucher(approved(world, batch_id, user_id))
        report = batch(batch_id).report_code
    with clock.travel(clock.now() + timedelta(days=1)):
        assert "Nơi đã tặng" not in client.get(f"/sponsors/{report}").text


def test_a_new_address_ends_the_old_one(app: Flask, world: World, as_: As, client: FlaskClient) -> None:
    with app.app_context():
        batch_id = brought(world, 3)
        old = batch(batch_id).report_code
    assert old in as_("mai").get(f"/internet/{batch_id}").text
    as_("mai").post(f"/internet/{batch_id}/address")
    with app.app_context():
        new = batch(batch_id).report_code
    assert client.get(f"/sponsors/{old}").status_code == 404 and client.get(f"/sponsors/{new}").status_code == 200
    for wrong in ("x", "x" * 500, "../../etc"):
        assert client.get(f"/sponsors/{wrong}").status_code == 404


def test_addresses_of_reports_are_not_guessed_without_end(client: FlaskClient) -> None:
    answers = [client.get(f"/sponsors/AAAA{n}").status_code for n in range(61)]
    assert answers == [404] * 60 + [429]
    rate_limits.clear()


@given_(st.lists(st.integers(0, 60), max_size=8))
def test_no_part_under_ten_is_shown_nor_told_by_the_rest(counts: list[int]) -> None:
    shown = policy.parts_for_sponsor(counts)
    small = [count for count in counts if 0 < count < 10]
    for count, said in zip(counts, shown, strict=True):
        assert said is None or said == count == 0 or (said % 5 == 0 and 10 <= said <= count)
    if small:
        hidden = [count for count, said in zip(counts, shown, strict=True) if said is None and count]
        assert len(hidden) >= 2 or all(count < 10 for count in counts)
        assert 0 not in [said for said in shown if said is not None]  # an empty part is hidden with the small ones


def test_another_language_speaks_of_it_too(app: Flask, world: World) -> None:
    with app.app_context():
        voucher_id = given(world)
    client = client_of(app, world["bay"])
    client.post("/language", data={"language": "en"})
    assert '<html lang="en">' in client.get(f"/devices/internet/{voucher_id}").text
