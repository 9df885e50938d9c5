"""Bác Bảy asks in an online room, is met at home by two people with badges, and learns on online; the address goes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site
from tests.waiting import until
from tutoring.kernel.clock import LOCAL, local

ADDRESS = "12/34/5 hẻm Cây Me, nhà cửa xanh"
HOUR = 3600


def meet_online(bay: Person, mai: Person) -> None:
    """Bảy asks at the desk; cô Mai comes in and proposes to meet."""
    bay.goes_to("/rooms").presses("Quầy hỏi Phường Minh Hoạ").presses("Vào hỏi").is_at(r"/rooms/\d+$")
    bay.says("Mắt tôi kém, không gõ được chữ trên máy").hears("Mắt tôi kém")
    mai.goes_to("/board").page.locator(".line", has_text="Quầy hỏi").get_by_role("button", name="Vào phòng").click()
    mai.is_at(r"/rooms/\d+$").presses("Hẹn gặp trực tiếp").is_at("/visit$").sees("Đề nghị với chú Bảy.")
    mai.finds_the_page_accessible("visit-offer").presses("Gửi đề nghị").is_at(r"/rooms/\d+$").sees("Đã đề nghị.")
    bay.hears("đề nghị hẹn gặp trực tiếp")


def accepts(bay: Person) -> None:
    """The learner alone says where: first at home with a child and nobody beside it, then with the guardian."""
    bay.goes_to("/notices").page.locator("li", has_text="đề nghị hẹn gặp").get_by_role("button", name="Mở").click()
    bay.is_at(r"/visits/new\?offer=\d+$").sees("Cô Mai đề nghị hẹn gặp bạn").finds_the_page_accessible("visit-new-desk")
    bay.presses("Tại nhà").is_at("kind=home").page.get_by_label("Cần giúp việc gì").select_option(index=1)
    bay.page.get_by_label("Kể ngắn gọn").fill("Mắt tôi kém, không gõ được chữ trên máy")
    bay.page.get_by_label("Địa chỉ").fill(ADDRESS)
    bay.page.get_by_label("Có", exact=True).check()
    bay.finds_the_page_accessible("visit-new-home")
    bay.presses("Gửi yêu cầu hẹn").sees("Gặp tại Trung tâm thay vì ở nhà").finds_the_page_accessible(
        "visit-new-refused"
    )
    expect(bay.page.get_by_label("Địa chỉ")).to_have_value(ADDRESS)
    bay.page.get_by_label("Ba mẹ hoặc người giám hộ").check()
    bay.presses("Gửi yêu cầu hẹn").is_at(r"/visits/\d+$").sees("Đang chờ xếp lịch").sees_not(ADDRESS)
    bay.finds_the_page_accessible("visit-asked")


def plans(mai: Person, day: str) -> None:
    mai.goes_to("/notices").page.locator("li", has_text="đang chờ xếp lịch").get_by_role("button", name="Mở").click()
    mai.is_at(r"/visits/\d+$").sees("Người giám hộ phải có mặt suốt buổi").sees_not(ADDRESS)
    mai.finds_the_page_accessible("visit-work-asked").presses("Xếp người và giờ").is_at("/plan$")
    mai.page.get_by_label("Ngày", exact=True).fill(day)
    mai.page.get_by_label("Giờ", exact=True).fill("09:00")
    mai.chooses("Người thứ nhất", "Bác Mười Minh Hoạ").chooses("Người thứ hai", "Cô Mai Minh Hoạ")
    mai.finds_the_page_accessible("visit-plan").presses("Xếp lịch và báo mọi người").sees("Đã xếp lịch.")
    mai.page.locator(".crumb a").click()
    mai.is_at(r"/units/\d+/visits$").presses("Đã xếp").sees("Bác Mười, Cô Mai").finds_the_page_accessible("visit-unit")


def test_from_the_room_to_the_home_and_back(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()

    def come(*names: str) -> list[Person]:
        return [Person(browser, site.url(0), cards[name], **phone).signs_in() for name in names]

    bay, mai = come("bay", "mai")
    meet_online(bay, mai)
    accepts(bay)
    day = local(datetime.now(UTC)).date() + timedelta(days=2)
    plans(mai, day.isoformat())
    bay.goes_to("/visits").finds_the_page_accessible("visits").page.locator(".row-card a").click()
    bay.sees("Bác Mười").sees("Cô Mai").sees("Nghe đúng số mới mở cửa").finds_the_page_accessible("visit-planned")
    number = bay.page.locator(".waiting-place b").inner_text()
    path = bay.page.url.removeprefix(site.url(0))
    assert len(number) == 4 and number.isdigit()
    mai.goes_to(f"{path}/badge").sees("Con số chỉ hiện từ sáng ngày hẹn").sees_not(number)
    mai.goes_to(path).sees_not("Xem địa chỉ")
    for person in (bay, mai):
        person.leaves()

    # the morning of the visit
    morning = datetime.combine(day, datetime.min.time(), LOCAL).replace(hour=8, minute=55)
    site.goes_on_after((morning - datetime.now(UTC)).total_seconds())
    (muoi,) = come("muoi")
    muoi.goes_to("/visits").page.locator(".row-card a").first.click()
    muoi.is_at(rf"{path}$").sees("Người học cầm máy").sees_not(ADDRESS).finds_the_page_accessible("visit-work")
    muoi.presses("Xem địa chỉ").sees(ADDRESS).sees("Lần mở này đã được ghi lại").finds_the_page_accessible(
        "visit-address"
    )
    muoi.presses("Xong").presses("Thẻ và con số của tôi").sees(number).finds_the_page_accessible("visit-badge")
    read = site.rows("SELECT target FROM audit_row WHERE action = 'read_visit_address'")
    assert read == [(path.replace("/visits/", "visit:"),)]
    muoi.goes_to(path).page.get_by_text("Không gặp được").click()
    muoi.sees("Không có người giám hộ: ra về").finds_the_page_accessible("visit-work-missed")
    muoi.presses("Đã gặp, ghi kết quả").is_at("/end$").ticks("Được một phần")
    muoi.page.get_by_label("Đã làm gì").fill("Đã chỉnh chữ to, bác tự mở được ứng dụng")
    muoi.finds_the_page_accessible("visit-end").presses("Ghi kết quả").sees("Đã ghi. Cảm ơn bạn đã đi giúp.")

    (bay,) = come("bay")
    bay.goes_to(path).sees("Đã chỉnh chữ to").finds_the_page_accessible("visit-done")
    bay.presses("Có, giúp được tôi").sees("giúp được tôi.")
    bay.presses("Học tiếp trên mạng").is_at(r"/requests/\d+$").sees("đang đứng thứ")
    bay.goes_to(path).presses("Xem yêu cầu trên mạng").is_at(r"/requests/\d+$")
    assert site.rows("SELECT address_sealed IS NOT NULL FROM visit") == [(1,)]
    for person in (muoi, bay):
        person.leaves()

    # seven days later
    site.goes_on_after(7 * 24 * HOUR + HOUR)
    (bay,) = come("bay")
    bay.goes_to(path)
    until(lambda: site.rows("SELECT address_sealed FROM visit") == [(None,)], "the address is gone")
    assert site.rows("SELECT address_sealed, number_sealed FROM visit") == [(None, None)]
    bay.goes_to(path).sees("Đã xoá.").finds_the_page_accessible("visit-over")
    bay.leaves()
