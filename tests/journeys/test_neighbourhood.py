"""A digital neighbourhood: Mười sets the duty, announces, picks the lessons of the month and prints the poster; a new
resident comes in by its code, asks in the room of questions and is answered; Bảy is asked to do something and does
it."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

CENTRE = "Tại Trung tâm Phục vụ hành chính công"
TITLE = "Chiều Chủ nhật học cài ứng dụng"


def sets_duty(muoi: Person) -> None:
    muoi.goes_to("/").presses("Khu phố 3").is_at(r"/(units|groups)/\d+$")
    muoi.goes_to("/groups").finds_the_page_accessible("groups").presses("Khu phố 3").is_at(r"/groups/\d+$")
    muoi.finds_the_page_accessible("group-lead").presses("Xếp lịch trực").is_at("/duty$")
    muoi.presses("Bác Mười Minh Hoạ, Thứ Sáu", exact=False).sees("Bác Mười Minh Hoạ, Thứ Sáu")
    muoi.fills("Từ", "13:00").fills("Đến", "16:00").chooses("Nơi trực", CENTRE).presses("Thêm ca trực")
    muoi.sees("Đã thêm ca trực")
    muoi.finds_the_page_accessible("rota-with-centre")


def announces(muoi: Person) -> None:
    muoi.goes_to("/groups").presses("Khu phố 3").presses("Viết thông báo").finds_the_page_accessible("new-post")
    muoi.fills("Tên thông báo", TITLE).fills("Nội dung", "Hai giờ chiều. Hỏi thêm gọi 0912 345 678.")
    muoi.ticks("Ghim lên đầu trang").ticks("Báo cho mọi người").presses("Đăng thông báo")
    muoi.sees("Có chỗ cần sửa").finds_the_page_accessible("post-refused")
    expect(muoi.page.get_by_label("Tên thông báo")).to_have_value(TITLE)
    muoi.fills("Nội dung", "Hai giờ chiều, ở nhà văn hoá. Ai cũng đến được.").presses("Đăng thông báo")
    muoi.is_at(r"/groups/\d+#post-\d+$").sees(TITLE)
    muoi.presses("Tất cả thông báo").finds_the_page_accessible("posts")
    article = muoi.page.locator("article", has_text=TITLE)
    article.get_by_role("button", name="Gỡ").click()
    muoi.sees("Đã gỡ thông báo")
    article.get_by_role("button", name="Đưa lại").click()
    muoi.sees("Thông báo đã hiện lại")


def picks_lessons(muoi: Person) -> None:
    muoi.goes_to("/groups").presses("Khu phố 3").presses("Chọn bài của tháng").finds_the_page_accessible("month")
    muoi.page.get_by_label("Bài 1").select_option(label="Mã OTP: không đọc cho bất kỳ ai")
    muoi.page.get_by_label("Bài 2").select_option("")
    muoi.page.get_by_label("Bài 3").select_option("")
    muoi.presses("Lưu").sees("Đã lưu bài học của tháng.")
    expect(muoi.page.locator("#lessons li")).to_have_count(1)


def prints_the_poster(muoi: Person) -> str:
    muoi.presses("In áp phích mời vào nhóm").is_at("/poster$").finds_the_page_accessible("group-poster")
    poster = muoi.page.locator(".poster")
    expect(poster).to_contain_text("Thứ Sáu: 13:00–16:00, tại Trung tâm Phục vụ hành chính công")
    expect(poster).not_to_contain_text("Mười")
    muoi.page.emulate_media(media="print")
    expect(muoi.page.locator(".bar")).to_be_hidden()
    expect(poster).to_be_visible()
    muoi.page.emulate_media(media="screen")
    return re.sub(r"\W", "", poster.locator(".code").inner_text())


def comes_in(site: Site, browser: Browser, phone: dict[str, Any], code: str) -> Person:
    chin = Person(browser, site.url(0), **phone).goes_to(f"/join/{code}")
    chin.fills("Họ tên", "Trần Thị Chín").chooses("Xưng hô", "bà")
    chin.page.get_by_label("Số điện thoại, email hoặc tên đăng nhập").fill("0912 345 678")
    chin.page.get_by_label("Mật khẩu").first.fill("bốn đồ vật trong nhà")
    chin.ticks("Tôi đủ 18 tuổi").page.locator("main").get_by_role("button", name="Lập tài khoản").click()
    return chin.sees("Tên đăng nhập của bạn")


def test_a_resident_comes_into_a_digital_neighbourhood(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    muoi = Person(browser, site.url(0), site.cards()["muoi"], **phone).signs_in()
    sets_duty(muoi)
    chin = comes_in(site, browser, phone, prints_the_poster(muoi.goes_to("/groups").presses("Khu phố 3")))
    chin.presses("Mở trang Khu phố 3").is_at(r"/groups/\d+$").sees("Phòng hỏi đáp chưa mở.")
    chin.sees_not("In áp phích mời vào nhóm")
    asks_in_the_room(muoi, chin)
    for person in (muoi, chin):
        person.leaves()


def asks_in_the_room(muoi: Person, chin: Person) -> None:
    """The room of questions is opened from the page, and found there."""
    muoi.goes_to("/groups").presses("Khu phố 3").presses("Mở phòng hỏi đáp").is_at(r"/rooms/\d+$")
    chin.goes_to("/groups").presses("Khu phố 3").presses("Vào phòng hỏi đáp").is_at(r"/rooms/\d+$")
    chin.says("Máy tôi hết chỗ trống thì làm sao?").hears("Máy tôi hết chỗ trống thì làm sao?")
    muoi.hears("Máy tôi hết chỗ trống thì làm sao?").says("Bà xoá bớt ảnh trùng giúp tôi nhé")
    chin.hears("Bà xoá bớt ảnh trùng giúp tôi nhé")


def test_a_digital_neighbourhood(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    muoi = Person(browser, site.url(0), cards["muoi"], **phone).signs_in()
    sets_duty(muoi)
    announces(muoi)
    picks_lessons(muoi)
    code = prints_the_poster(muoi)

    chin = comes_in(site, browser, phone, code)
    chin.presses("Mở trang Khu phố 3").is_at(r"/groups/\d+$").sees("Ghim").sees(TITLE).sees("Phòng hỏi đáp chưa mở.")
    chin.finds_the_page_accessible("group-resident").sees_not("In áp phích mời vào nhóm")
    chin.page.get_by_text("Lịch trực trong tuần").click()
    expect(chin.page.locator("#duty details")).to_contain_text("13:00–16:00: bác Mười, tại Trung tâm")
    chin.finds_the_page_accessible("group-week")

    asks_in_the_room(muoi, chin)

    # Bảy reads that there is news, is asked to help, says yes and does it.
    bay = Person(browser, site.url(0), cards["bay"], **phone).signs_in("/notices")
    bay.sees("Khu phố 3 có thông báo mới").sees_not("Hai giờ chiều")
    muoi.goes_to("/groups").presses("Khu phố 3").presses("Giao việc").finds_the_page_accessible("new-task")
    muoi.fills("Việc cần làm", "Mang loa ra nhà văn hoá").chooses("Giao cho", "Chú Bảy Minh Hoạ").presses("Giao việc")
    muoi.is_at(r"/groups/tasks/\d+$").sees("chưa trả lời").finds_the_page_accessible("task-asked")
    asked = bay.goes_to("/notices").page.locator(".row-card", has_text="Khu phố 3 nhờ bạn một việc")
    asked.get_by_role("button", name="Mở").click()
    bay.is_at(r"/groups/tasks/\d+$").finds_the_page_accessible("task-answer").presses("Tôi nhận việc này")
    bay.sees("Cảm ơn bạn đã nhận việc.").presses("Đã làm xong").sees("đã xong").finds_the_page_accessible("task-done")
    muoi.presses("Không làm việc này nữa").sees("Việc này vừa được người khác sửa.")  # of a page that has grown old
    muoi.sees("đã xong").goes_to("/groups").presses("Khu phố 3").presses("Tất cả việc").presses("Đã kết thúc")
    muoi.sees("Mang loa ra nhà văn hoá").finds_the_page_accessible("tasks-over")
    for person in (muoi, chin, bay):
        person.leaves()
