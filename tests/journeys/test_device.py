"""One laptop from its donor to a family and back to the store, and one voucher from its sponsor's file to use."""

import os
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.safety.pictures import encoded, located, seen
from tests.servers import Site
from tutoring.kernel.clock import LOCAL, local

SERIAL = "PF-3XK40921"
THANKS = "Con có máy học mỗi tối, cả nhà vui lắm. Cảm ơn bạn rất nhiều."
ANSWER = "Chúc em học vui. Máy được dùng là tôi mừng."


def one(site: Site, question: str) -> Any:
    """The one value that a question finds in the site's database."""
    return site.rows(question)[0][0]


def goes_on_to(site: Site, day: date, hour: int) -> None:
    """The clock of the site shows this hour of this day."""
    then = datetime.combine(day, time(hour), LOCAL)
    site.goes_on_after((then - site.now()).total_seconds())


def picks(who: Person, **fields: str) -> Person:
    """Choose options by the names that stand in the form: several forms have the same words in their labels."""
    for name, value in fields.items():
        who.page.locator(f'[name="{name}"][value="{value}"]').check()
    return who


def opens_notice(who: Person, words: str) -> Person:
    who.goes_to("/notices").sees(words)
    who.page.locator("li", has_text=words).first.get_by_role("button", name="Mở").click()
    return who


def ward(site: Site) -> int:
    return int(one(site, "SELECT id FROM unit WHERE code = 'demo-phuong'"))


def path_of(who: Person) -> str:
    return who.page.url.removeprefix(who.site)


# ---- the donor, the store -------------------------------------------------------------------------------------


def offers(bay: Person, until: date, picture: Path) -> str:
    """Bảy lends the old laptop, and shows it; the page of the offer."""
    bay.goes_to("/account").presses("Mở máy và mạng của tôi").is_at("/devices$")
    bay.finds_the_page_accessible("devices").goes_to("/devices/offers/new").finds_the_page_accessible("offer-new")
    bay.presses("Gửi").sees("Hãy chọn loại máy.").finds_the_page_accessible("offer-new-wrong")
    picks(bay, kind="laptop", terms="loan", condition="good")
    bay.page.locator('[name="lend_until"]').fill(until.isoformat())
    bay.page.get_by_label("Kể thêm về máy").fill("Mua năm 2021, còn sạc. Gọi tôi 0912 345 678")
    bay.presses("Gửi").sees_not("Đã gửi.")
    bay.page.get_by_label("Kể thêm về máy").fill("Mua năm 2021, còn sạc.")
    bay.presses("Gửi").is_at(r"/devices/offers/\d+$").sees("Đang chờ phường trả lời")
    bay.chooses_a_file("Ảnh chụp máy", picture).presses("Thêm ảnh").sees("Hãy xem lại ảnh")
    bay.chooses_a_file("Ảnh chụp máy", picture).ticks("Tôi đã xem lại").presses("Thêm ảnh").sees("Đã thêm ảnh.")
    expect(bay.page.get_by_alt_text("Ảnh thứ 1 của máy")).to_be_visible()
    bay.finds_the_page_accessible("offer")
    here = path_of(bay)
    bay.presses("Giấy có mã để xem lại").is_at("/receipt$").finds_the_page_accessible("offer-receipt")
    return here.split("#")[0]


def takes_in(mai: Person, ward_id: int, offer: str) -> str:
    """The officer says yes, takes it in with its serial, and wipes it; the page of the machine."""
    mai.goes_to("/").page.get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.finds_the_page_accessible("ward-with-devices").goes_to(f"/units/{ward_id}/devices")
    mai.finds_the_page_accessible("store").goes_to(offer).sees("Mua năm 2021, còn sạc.")
    mai.page.get_by_label("Dặn gì thêm").fill("Mang tới quầy một cửa, sáng thứ hai.")
    mai.presses("Đồng ý nhận").sees("Đã đồng ý nhận.").finds_the_page_accessible("offer-staff")
    mai.presses("Nhận máy M-", exact=False).is_at("/receive$").finds_the_page_accessible("receive")
    mai.fills("Hãng và đời máy", "Dell Latitude 5300").page.get_by_label("Số sê-ri").fill("MH-A8-001")
    mai.presses("Nhận vào kho").sees("Số máy này đã có").finds_the_page_accessible("receive-known")
    mai.page.get_by_label("Số sê-ri").fill(SERIAL)
    mai.ticks("Củ sạc").presses("Nhận vào kho").is_at(r"/devices/\d+$")
    here = path_of(mai)
    mai.finds_the_page_accessible("machine").presses("Ghi biên bản xoá dữ liệu").is_at("/wipe$")
    picks(mai, method="overwritten").ticks("Đã xoá sạch cả ổ đĩa")
    mai.presses("Ghi biên bản, máy sẵn sàng").is_at("/wipe$").finds_the_page_accessible("wipe-half")
    for box in mai.page.locator('[name="checks"]').all():
        box.check()
    mai.presses("Ghi biên bản, máy sẵn sàng").is_at(r"/devices/\d+$").sees("Sẵn sàng")
    mai.presses("Xem biên bản").is_at("/wipe-record$").finds_the_page_accessible("wipe-record")
    mai.goes_to(f"{here}/label").finds_the_page_accessible("label")
    return here


# ---- the family, two people -----------------------------------------------------------------------------------


def asks_for_family(hang: Person, minh: int) -> None:
    """The teacher, for the family of a pupil who has nothing to learn with."""
    hang.goes_to("/devices/order").finds_the_page_accessible("need-order")
    hang.goes_to(f"/devices/needs/new?for={minh}").finds_the_page_accessible("need-new")
    hang.presses("Gửi đăng ký").sees("Hãy chọn nhà mình hiện có gì.").finds_the_page_accessible("need-new-wrong")
    picks(hang, at_home="shared", elsewhere="no").presses("Gửi đăng ký").sees("Đã gửi.")
    hang.finds_the_page_accessible("class-needs")


def decided(mai: Person, tam: Person, need: str, model: str) -> None:
    """The ward confirms, mai proposes, tám approves; nobody does both."""
    mai.goes_to(need).finds_the_page_accessible("need-work").presses("Xác nhận gia đình này").is_at("/confirm$")
    mai.finds_the_page_accessible("need-confirm")
    picks(mai, basis="hardship").page.get_by_label("Xác nhận có hạn").fill(
        (local(datetime.now(UTC)).date() + timedelta(days=300)).isoformat()
    )
    mai.presses("Xác nhận").is_at(r"/devices/needs/\d+$").finds_the_page_accessible("need-in-line")
    mai.presses("Chọn máy để đề xuất").is_at("/propose$").finds_the_page_accessible("need-propose")
    mai.page.get_by_label(model).check()
    mai.presses("Đề xuất").is_at(r"/devices/needs/\d+$").sees("Bạn đã đề xuất, nên một người khác phải duyệt.")
    expect(mai.page.get_by_role("button", name="Duyệt")).to_have_count(0)
    mai.finds_the_page_accessible("need-proposed")
    opens_notice(tam, "chờ người thứ hai duyệt")
    tam.goes_to(need).sees("còn 1 nhà đứng trước").finds_the_page_accessible("need-second")
    tam.presses("Duyệt").sees("Đã duyệt").finds_the_page_accessible("need-approved")


def planned(mai: Person, ward_id: int, day: date) -> str:
    """A day at a public place; the page of the handover."""
    mai.goes_to(f"/units/{ward_id}/handover-points").finds_the_page_accessible("points")
    mai.goes_to(f"/units/{ward_id}/device-handovers").finds_the_page_accessible("handovers")
    mai.presses("Hẹn ngày: Chị Lan", exact=False).is_at("/handover$").fills("Ngày", day.isoformat())
    mai.page.get_by_label("Giờ", exact=True).fill("22:00")
    mai.presses("Hẹn và báo gia đình").sees("từ 7 giờ đến 19 giờ").finds_the_page_accessible("handover-plan-wrong")
    mai.page.get_by_label("Giờ", exact=True).fill("09:00")
    mai.presses("Hẹn và báo gia đình").is_at(r"/device-handovers/\d+$").finds_the_page_accessible("handover-staff")
    return path_of(mai)


def handed_over(mai: Person, lan: Person, handover: str, due_on: date, kept: Path) -> str:
    """The guardian is there and reads her number; the record is printed; the page of the loan."""
    opens_notice(lan, "Đã hẹn ngày nhận máy")
    lan.is_at(rf"{handover}$").sees("Không phải đóng tiền").finds_the_page_accessible("handover-family")
    number = lan.page.locator(".waiting-place b").inner_text()
    assert re.fullmatch(r"\d{4}", number)
    mai.goes_to(handover).sees_not(number)
    saves(mai, f"{handover}/record.pdf", kept / "ban-giao-de-ky.pdf")
    mai.presses("Bàn giao tại bàn").is_at("/hand-over$").sees(SERIAL).finds_the_page_accessible("hand-over")
    picks(mai, condition="good").ticks("Củ sạc").fills("Ngày hẹn trả", due_on.isoformat())
    mai.ticks("Đã in và cùng ký biên bản.").page.get_by_label("Số người nhận đọc").fill(
        f"{(int(number) + 1) % 10_000:04}"
    )
    mai.presses("Giao máy").sees("Số này chưa đúng.").finds_the_page_accessible("hand-over-wrong")
    mai.page.get_by_label("Số người nhận đọc").fill(number)
    mai.presses("Giao máy").sees("Đã giao máy, cho mượn.")
    mai.finds_the_page_accessible("handed-over")
    saves(mai, f"{handover}/record.pdf", kept / "ban-giao.pdf")
    lan.goes_to("/devices/loans").finds_the_page_accessible("loans")
    lan.presses("Máy tính xách tay Dell Latitude 5300").is_at(r"/device-loans/\d+$").finds_the_page_accessible("loan")
    saves(lan, f"{handover}/record.pdf", kept / "ban-giao-cua-gia-dinh.pdf")
    return path_of(lan)


def saves(who: Person, path: str, to: Path) -> None:
    answer = who.context.request.get(who.site + path)
    assert answer.status == 200 and answer.body().startswith(b"%PDF-"), path
    to.write_bytes(answer.body())


def thanked(lan: Person, mai: Person, bay: Person, loan: str, ward_id: int, offer: str) -> None:
    """Words go both ways through the desk; neither learns who the other is."""
    lan.goes_to(loan).presses("Gửi lời cảm ơn người tặng máy").is_at("/thanks$").finds_the_page_accessible("thanks-new")
    lan.page.get_by_label("Lời của bạn").fill(THANKS)
    lan.presses("Gửi").sees("chờ")
    bay.goes_to("/devices/thanks").sees_not(THANKS)
    mai.goes_to(f"/units/{ward_id}/device-thanks").sees(THANKS).finds_the_page_accessible("thanks-desk")
    mai.presses("Chuyển").sees_not(THANKS)
    opens_notice(bay, "Gia đình nhận máy của bạn gửi lời cảm ơn.")
    bay.sees(THANKS).sees_not("Chị Lan").finds_the_page_accessible("thanks-came")
    bay.presses("Trả lời gia đình").is_at("/answer$").page.get_by_label("Lời của bạn").fill(ANSWER)
    bay.presses("Gửi")
    mai.goes_to(f"/units/{ward_id}/device-thanks").sees(ANSWER).presses("Chuyển").sees_not(ANSWER)
    lan.goes_to("/devices/thanks").sees(ANSWER).sees_not("Chú Bảy").finds_the_page_accessible("thanks-both")
    bay.goes_to(offer).sees("Đang được một gia đình dùng").sees_not("Chị Lan").finds_the_page_accessible("offer-story")
    story = bay.goes_to(f"{offer}/receipt").page.locator("main").inner_text()
    found = re.search(r"/devices/story/\S+", story)
    assert found, story
    bay.goes_to(found[0]).sees("Đang được một gia đình dùng").finds_the_page_accessible("story")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    made = tmp_path / "may.jpg"
    made.write_bytes(encoded(seen(1600, 1200), "JPEG", exif=located(6)))
    return made


def test_a_laptop_is_offered_and_comes_into_the_store(
    site: Site, browser: Browser, phone: dict[str, Any], photo: Path
) -> None:
    bay, mai = (Person(browser, site.url(0), site.cards()[name], **phone).signs_in() for name in ("bay", "mai"))
    offer = offers(bay, local(datetime.now(UTC)).date() + timedelta(days=500), photo)
    takes_in(mai, ward(site), offer)
    opens_notice(bay, "đã xoá sạch dữ liệu")
    for person in (bay, mai):
        person.leaves()


def test_a_laptop_goes_to_a_family_and_comes_back(
    site: Site, browser: Browser, phone: dict[str, Any], photo: Path, tmp_path: Path
) -> None:
    cards, kept = site.cards(), Path(os.environ.get("SHOTS") or tmp_path)

    def come(*names: str) -> list[Person]:
        return [Person(browser, site.url(0), cards[name], **phone).signs_in() for name in names]

    today, ward_id = local(datetime.now(UTC)).date(), ward(site)
    bay, mai = come("bay", "mai")
    offer = offers(bay, today + timedelta(days=500), photo)
    machine = takes_in(mai, ward_id, offer)
    opens_notice(bay, "đã xoá sạch dữ liệu")

    hang, tam = come("hang", "tam")
    asks_for_family(hang, one(site, "SELECT id FROM \"user\" WHERE username = 'minh'"))
    decided(mai, tam, f"/devices/needs/{one(site, 'SELECT max(id) FROM device_need')}", "Latitude 5300")
    for person in (hang, tam):
        person.leaves()

    (lan,) = come("lan")
    handover = planned(mai, ward_id, today + timedelta(days=2))
    due_on = today + timedelta(days=60)
    loan = handed_over(mai, lan, handover, due_on, kept)
    label = mai.goes_to(machine).sees("Đang cho mượn").page.locator("h1").inner_text().split()[-1]
    mai.finds_the_page_accessible("machine-lent")
    visitor = Person(browser, site.url(0), **phone)
    visitor.goes_to(f"/d/{label.lower()}").sees("Bài học đầu tiên").sees_not("Chị Lan")
    visitor.finds_the_page_accessible("starter").leaves()
    thanked(lan, mai, bay, loan, ward_id, offer)
    for person in (bay, mai, lan):
        person.leaves()

    # a month before the day, and the day that was granted instead
    goes_on_to(site, due_on - timedelta(days=30), 10)
    lan, mai = come("lan", "mai")
    opens_notice(lan, f"hẹn trả ngày {due_on:%d/%m/%Y}").is_at(rf"{loan}$")
    lan.presses("Xin mượn thêm").sees("đang chờ phường trả lời").finds_the_page_accessible("loan-renewal-asked")
    opens_notice(mai, "xin mượn máy thêm").goes_to(loan).finds_the_page_accessible("loan-staff")
    longer = due_on + timedelta(days=90)
    mai.fills("Ngày hẹn mới", longer.isoformat()).presses("Cho mượn thêm").sees("Đã mượn thêm")
    lan.goes_to(loan).sees(f"{longer.day} tháng {longer.month}, {longer.year}")
    for person in (lan, mai):
        person.leaves()

    goes_on_to(site, longer - timedelta(days=1), 9)
    lan, mai, bay = come("lan", "mai", "bay")
    mai.goes_to(f"/units/{ward_id}/device-loans?show=soon").finds_the_page_accessible("loans-soon")
    mai.goes_to(loan).presses("Nhận lại máy").is_at("/take-back$").finds_the_page_accessible("take-back")
    picks(mai, condition="worn").ticks("Người nhận máy có mặt.").presses("Nhận lại vào kho").is_at(rf"{loan}$")
    mai.sees("Còn thiếu").finds_the_page_accessible("loan-returned")
    lan.goes_to(loan).sees("Củ sạc").finds_the_page_accessible("loan-returned-family")
    saves(lan, f"{loan}/record.pdf", kept / "tra-may.pdf")
    mai.goes_to(machine).sees("Chờ kiểm tra, xoá dữ liệu").finds_the_page_accessible("machine-back")
    bay.goes_to(offer).sees("Đã về, đang kiểm tra lại").finds_the_page_accessible("offer-back")
    for person in (lan, mai, bay):
        person.leaves()
    site.flask("devices", "check")  # raises where the books do not add up


# ---- a voucher ------------------------------------------------------------------------------------------------


def brings_in(mai: Person, ward_id: int, file: Path) -> None:
    """The same file twice: the second time adds nothing."""
    mai.goes_to(f"/units/{ward_id}/internet").finds_the_page_accessible("internet").presses("Thêm mã từ tệp")
    mai.is_at("/new$").finds_the_page_accessible("internet-new")
    for again in (False, True):
        mai.goes_to(f"/units/{ward_id}/internet/new")
        picks(mai, network="viettel").page.get_by_label("Tên nhà tài trợ").fill("Công ty Minh Hoạ Viễn Thông")
        mai.fills("Dung lượng mỗi mã (GB)", "6").fills("Mỗi mã dùng được bao nhiêu ngày", "30")
        mai.page.get_by_label("Tệp CSV").set_input_files(file)
        mai.presses("Thêm mã")
        mai.sees("2 mã trong tệp đã có từ trước" if again else "2 mã").finds_the_page_accessible(
            f"internet-{'again' if again else 'added'}"
        )


def test_a_voucher_goes_from_its_sponsor_s_file_to_a_family(
    site: Site, browser: Browser, phone: dict[str, Any], tmp_path: Path
) -> None:
    cards = site.cards()

    def comes(name: str) -> Person:
        return Person(browser, site.url(0), cards[name], **phone).signs_in()

    today, ward_id, file = local(datetime.now(UTC)).date(), ward(site), tmp_path / "ma.csv"
    day = today + timedelta(days=200)
    file.write_text(f"mã;hạn\nMHNET-2026-00417;{day:%d/%m/%Y}\nMHNET-2026-00418;{day:%d/%m/%Y}\n", "utf-8")
    mai, lan, tam = comes("mai"), comes("lan"), comes("tam")
    brings_in(mai, ward_id, file)

    lan.goes_to("/devices/needs/new?kind=internet").finds_the_page_accessible("need-internet")
    lan.page.get_by_label("Minh", exact=True).check()
    picks(lan, at_home="shared", elsewhere="no").presses("Gửi đăng ký").is_at(r"/devices/needs/\d+$")
    need = path_of(lan)
    lan.finds_the_page_accessible("need-internet-asked")
    mai.goes_to(need).presses("Xác nhận gia đình này")
    picks(mai, basis="near_poor").page.get_by_label("Xác nhận có hạn").fill((today + timedelta(days=200)).isoformat())
    mai.presses("Xác nhận").is_at(r"/devices/needs/\d+$").presses("Đề xuất gói mạng").is_at("/needs/vouchers")
    mai.page.get_by_label("Công ty Minh Hoạ Viễn Thông").check()
    mai.page.locator(f'[name="needs"][value="{need.rsplit("/", 1)[1]}"]').check()
    mai.finds_the_page_accessible("need-vouchers").presses("Đề xuất").is_at(r"/units/\d+/needs")
    tam.goes_to(need).presses("Duyệt").sees("Đã nhận")

    opens_notice(lan, "được tặng một gói mạng").is_at(r"/devices/internet")
    lan.goes_to("/devices/internet").finds_the_page_accessible("vouchers")
    lan.page.locator(".row-card a").first.click()
    lan.is_at(r"/devices/internet/\d+$").sees_not("MHNET").finds_the_page_accessible("voucher")
    voucher = path_of(lan)
    lan.page.get_by_text("Tôi muốn mở mã bây giờ").click()
    lan.presses("Mở mã").sees("Mã của bạn").finds_the_page_accessible("voucher-open")
    code = lan.page.locator("#voucher-code").inner_text()
    assert code in file.read_text("utf-8")
    for other in (mai, tam):
        answer = other.page.goto(voucher)
        assert answer is not None and answer.status == 404
    for file in site.folder.glob("cunghoc.db*"):
        assert code.encode() not in file.read_bytes()
    lan.page.get_by_text("Đã dùng được", exact=True).click()
    lan.presses("Xác nhận đã dùng được").sees_not(code).finds_the_page_accessible("voucher-used")
    assert one(site, "SELECT count(*) FROM internet_voucher WHERE state = 'used' AND code_sealed IS NULL") == 1

    batch = one(site, "SELECT max(id) FROM internet_batch")
    mai.goes_to(f"/internet/{batch}").finds_the_page_accessible("batch").sees_not(code)
    report = mai.page.locator("#report-address").inner_text()
    sponsor = Person(browser, site.url(0), **phone)
    sponsor.goes_to(report.removeprefix(site.url(0))).sees_not("Chị Lan").finds_the_page_accessible("sponsor-report")
    for person in (mai, lan, tam, sponsor):
        person.leaves()
