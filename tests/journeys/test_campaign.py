"""A resident scans a poster, comes in, asks, is helped, and is counted in the campaign."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site
from tutoring.campaigns import loudspeaker_text

TITLE = "Giúp nhau học trực tuyến"
LESSON = "Vào lớp bằng đường dẫn hoặc mã phòng"
ADDRESS = re.compile(r"/c/([A-Z2-9]{6})")


def makes_a_code(mai: Person) -> None:
    """A code for the people of the ward, as it stands on posters."""
    mai.goes_to("/").page.get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.presses("Cài đặt").presses("Tạo mã mới").ticks("người học")
    mai.fills("Bao nhiêu người dùng được", "100").presses("Tạo mã")
    mai.sees("Quét mã, hoặc mở")


def writes_the_campaign(mai: Person) -> None:
    mai.goes_to("/").page.get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.presses("Hoạt động").presses("Xem và lập chiến dịch").sees("Chưa có chiến dịch nào")
    mai.finds_the_page_accessible("campaigns-empty")
    mai.presses("Lập chiến dịch").finds_the_page_accessible("campaign-form")
    mai.fills("Tên chiến dịch", TITLE)
    mai.fills("Để làm gì, cho ai", "Cả phường rủ nhau học. Ai kẹt chỗ nào thì có người giúp ngay chỗ đó.")
    mai.ticks("Người được giúp xong việc").fills("Đích, bao nhiêu người", "200")
    mai.fills("Ngày cuối", (datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    codes = mai.page.get_by_label("Mã vào nhóm trên trang chiến dịch")
    codes.select_option(index=1)
    mai.presses("Lưu bản nháp").is_at(r"/campaigns/\d+/manage$").sees("Đã lưu bản nháp")


def makes_the_poster(mai: Person) -> str:
    """From the lesson; returns the path that its QR code opens."""
    mai.presses("Làm tờ mới").finds_the_page_accessible("material-new")
    mai.chooses("Từ bài học", LESSON).presses("Viết sẵn cho tôi").is_at(r"/materials/\d+/edit$")
    expect(mai.page.get_by_label("Các bước", exact=True)).to_have_value(re.compile("Bấm đường dẫn vào lớp"))
    mai.finds_the_page_accessible("material-edit")
    mai.presses("Lưu và xem").is_at(r"/materials/\d+$").sees("Chiến dịch chưa công bố")
    mai.finds_the_page_accessible("poster")
    found = ADDRESS.search(mai.page.locator(".poster").inner_text())
    assert found is not None
    return found.group()


def makes_the_speech(mai: Person) -> None:
    """The page counts while one writes as the server does; what is too long stays in its field."""
    mai.presses("Làm tờ mới").ticks("Lời đọc loa").chooses("Từ bài học", LESSON).presses("Viết sẵn cho tôi")
    mai.is_at(r"/materials/\d+/edit$").finds_the_page_accessible("speech-edit")
    box, told = mai.page.get_by_label("Lời loa đọc", exact=True), mai.page.locator("[data-seconds]")
    more = box.get_attribute("data-more")
    for text in (box.input_value(), "Mời bà con Khu phố 3 học online năm 2026, gọi 111 khi nguy hiểm.", "bà con " * 99):
        box.fill(text)
        expect(told).to_have_text(str(loudspeaker_text.seconds(f"{text}\n{more}")))
    mai.presses("Lưu và xem").sees(re.compile("loa chỉ đọc dưới 60 giây, hãy bớt khoảng"))
    mai.finds_the_page_accessible("speech-too-long")
    mai.page.get_by_label("Lời loa đọc", exact=True).fill("Mời bà con Khu phố 3 cùng học.\nBị kẹt thì có người giúp.")
    mai.presses("Lưu và xem").is_at(r"/materials/\d+$").finds_the_page_accessible("speech")


def makes_the_card(mai: Person) -> None:
    mai.presses("Làm tờ mới").ticks("Ảnh để chia sẻ").chooses("Từ bài học", LESSON).presses("Viết sẵn cho tôi")
    mai.presses("Lưu và xem").is_at(r"/materials/\d+$").finds_the_page_accessible("card")
    assert mai.page.locator("main img").evaluate("(picture) => picture.naturalWidth") == 1200


def comes_in(resident: Person) -> None:
    resident.presses("Vào nhóm").sees("Lập tài khoản").fills("Họ tên", "Võ Thị Sen")
    resident.page.get_by_label("Xưng hô").select_option("bác")
    resident.page.get_by_label("Mật khẩu").first.fill("ấm chén ghế đèn")
    resident.ticks("Tôi đủ 18 tuổi")
    resident.page.locator("main").get_by_role("button", name="Lập tài khoản").click()
    resident.sees("Tên đăng nhập của bạn")


def test_a_resident_scans_a_poster_asks_is_helped_and_is_counted(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    mai = Person(browser, site.url(0), cards["mai"], **phone).signs_in()
    makes_a_code(mai)
    writes_the_campaign(mai)
    address = makes_the_poster(mai)
    mai.page.get_by_role("link", name=TITLE).first.click()
    mai.is_at("/manage$").finds_the_page_accessible("campaign-draft")
    for makes in (makes_the_speech, makes_the_card):
        makes(mai)
        mai.page.get_by_role("link", name=TITLE).first.click()
        mai.is_at("/manage$")
    assert mai.page.get_by_role("button", name="Công bố", exact=True).count() == 0  # the ward has a second officer
    tam = Person(browser, site.url(0), cards["tam"], **phone).signs_in()
    tam.goes_to(urlsplit(mai.page.url).path).presses("Công bố").sees("Đã công bố").leaves()

    resident = Person(browser, site.url(0), **phone).goes_to(address)
    resident.is_at(r"/campaigns/giup-nhau-hoc-truc-tuyen\?from=").sees(TITLE).sees("Mới bắt đầu")
    resident.finds_the_page_accessible("campaign")
    assert resident.context.cookies() == []
    comes_in(resident)
    assert site.rows("SELECT came, counted FROM material WHERE kind = 'poster'") == [(1, 0)]

    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in("/helping")
    resident.goes_to("/ask").page.get_by_label("Việc khác, chọn trong danh sách").select_option(index=1)
    resident.fills("Kể ngắn gọn", "Tôi bấm đường dẫn mà máy hỏi mã phòng.").presses("Gửi, nhờ giúp")
    resident.is_at(r"/requests/\d+$")
    hang.sees("Tôi bấm đường dẫn mà máy hỏi mã phòng.").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    resident.presses("Đồng ý để cô Hằng giúp").is_at(r"/rooms/\d+$")
    hang.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$").says("Chị bấm vào tên lớp giúp em nhé")
    resident.hears("Chị bấm vào tên lớp giúp em nhé").says("Tôi vào được rồi").hears("Tôi vào được rồi")
    assert site.rows("SELECT counted FROM campaign") == [(0,)]
    resident.opens_the_menu().presses("Kết thúc").is_at("/end$").ticks("Xong rồi").presses("Kết thúc và gửi").sees(
        "việc đã xong"
    )

    assert site.rows("SELECT counted FROM campaign") == [(1,)]
    assert site.rows("SELECT came, counted FROM material WHERE kind = 'poster'") == [(1, 1)]
    assert site.rows("SELECT scans FROM material_day") == [(1,)]
    [(who, by, at)] = site.rows(
        'SELECT full_name, material_id, counted_at FROM campaign_person JOIN "user" ON "user".id = user_id',
    )
    assert (who, by) == ("Võ Thị Sen", 1) and at is not None
    resident.goes_to(address).sees("Bạn đã được tính trong chiến dịch này")
    mai.goes_to("/").page.get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.presses("Hoạt động").finds_the_page_accessible("unit-campaigns")
    mai.presses("Xem và lập chiến dịch").finds_the_page_accessible("campaigns-of-unit").presses(TITLE)
    mai.sees("dưới 10").finds_the_page_accessible("campaign-open")
    for person in (mai, resident, hang):
        person.leaves()
