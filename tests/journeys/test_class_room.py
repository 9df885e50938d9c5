"""The room of a class: a teacher opens it, announces, lets all write, asks two pupils apart, closes; and a resident
asks at the desk of the ward."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

TITLE = "Phòng của Lớp 6A"


def test_a_class_has_a_room(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    hang, minh = (Person(browser, site.url(0), site.cards()[name], **phone).signs_in() for name in ("hang", "minh"))
    opens_the_room(hang, minh)
    for person in (hang, minh):
        person.leaves()


def opens_the_room(hang: Person, minh: Person) -> None:
    """The teacher opens it for announcements, a pupil reads and reacts, and then all may write."""
    hang.goes_to("/units")
    hang.page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    hang.presses("Lớp học").page.get_by_role("link", name="Lớp 6A").click()
    hang.presses("Lớp học")
    hang.finds_the_page_accessible("unit-with-rooms")
    hang.page.get_by_role("button", name=f"Mở phòng: {TITLE}").click()
    hang.is_at(r"/rooms/\d+$").sees(TITLE)
    hang.finds_the_page_accessible("class-teacher")

    # A pupil finds it on the start page, reads and reacts while it is for announcements, and writes afterwards.
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.presses("Chỉ để thông báo").sees("Cô Hằng chuyển phòng sang chỉ thông báo")
    minh.goes_to("/").presses(TITLE).is_at(r"/rooms/\d+$").sees("Phòng này đang chỉ để thông báo")
    expect(minh.page.locator("textarea#text")).to_have_count(0)
    hang.says("Ngày mai lớp mình học lúc 7 giờ nhé").hears("Ngày mai lớp mình học lúc 7 giờ nhé")
    minh.hears("Ngày mai lớp mình học lúc 7 giờ nhé").finds_the_page_accessible("class-announcing")
    minh.page.locator("#messages .msg", has_text="Ngày mai").get_by_role("link", name="Trả lời, thả cảm xúc").click()
    minh.presses("Đã hiểu")
    expect(hang.page.locator("#messages .reactions")).to_contain_text("Đã hiểu")
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.finds_the_page_accessible("class-order")
    hang.presses("Cho mọi người viết")
    minh.hears("Cô Hằng mở lại cho mọi người viết")


def test_a_class_writes_goes_apart_and_ends(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    hang, minh = (Person(browser, site.url(0), site.cards()[name], **phone).signs_in() for name in ("hang", "minh"))
    opens_the_room(hang, minh)

    # One pupil alone neither answers a grown-up nor is taken apart; another one comes, and all write.
    room = minh.page.url.removeprefix(minh.site)
    minh.sees("Các em viết được khi có ít nhất hai bạn đã vào phòng.").finds_the_page_accessible("class-alone")
    hang.goes_to(f"{room}/split").sees("Chưa đủ người").finds_the_page_accessible("class-nobody-to-split")
    tam = _classmate(site, browser, phone, hang)
    tam.goes_to(room).sees(TITLE).says("Em là Tâm").hears("Em là Tâm")
    minh.hears("Em là Tâm").says("Dạ em chào cô").hears("Dạ em chào cô")
    tam.hears("Dạ em chào cô")

    # The teacher asks both into a side room, and what was done comes back from it.
    hang.goes_to(f"{room}/split").finds_the_page_accessible("class-split")
    hang.fills("Để làm gì", "Luyện bật micro").presses("Mở phòng nhỏ").sees("Hãy chọn từ 2 đến 30 người")
    expect(hang.page.get_by_label("Để làm gì", exact=True)).to_have_value("Luyện bật micro")
    hang.finds_the_page_accessible("class-split-refused")
    hang.ticks("Minh").ticks("Tâm").presses("Mở phòng nhỏ").is_at(r"/rooms/\d+$").sees("Luyện bật micro")
    minh.hears("Cô Hằng mời Minh, Tâm sang phòng nhỏ “Luyện bật micro”.")
    minh.finds_the_page_accessible("class-asked-apart")
    minh.presses("Sang phòng nhỏ “Luyện bật micro”").says("Em nghe rõ").hears("Em nghe rõ")
    hang.hears("Em nghe rõ").finds_the_page_accessible("side-room-teacher")
    minh.finds_the_page_accessible("side-room-pupil")
    hang.goes_to(f"{hang.page.url.removeprefix(hang.site)}/close").fills("Lý do đóng phòng", "Xong việc")
    hang.page.locator("#summary").fill("Cả hai đã bật được micro.")
    hang.finds_the_page_accessible("side-room-close").presses("Đóng phòng").is_at(r"/rooms/\d+")
    minh.hears("Cô Hằng đã đóng phòng").presses("Về phòng chung")
    minh.hears("Phòng nhỏ “Luyện bật micro” đã đóng. Đã làm: Cả hai đã bật được micro.")

    # The end: read only for those who were in it.
    hang.goes_to(f"{room}/close").fills("Lý do đóng phòng", "Hết năm học").finds_the_page_accessible("class-close")
    hang.presses("Đóng phòng").is_at(r"/rooms/\d+")
    minh.hears("Cô Hằng đã đóng phòng").sees("Phòng đã đóng. Em vẫn đọc lại được.")
    minh.finds_the_page_accessible("class-closed")
    minh.goes_to("/rooms").sees(TITLE).finds_the_page_accessible("rooms-with-closed")
    for person in (hang, minh, tam):
        person.leaves()


def _classmate(site: Site, browser: Browser, phone: dict[str, Any], hang: Person) -> Person:
    """Tâm, whose mother Lan adds her to the class and whom Cô Hằng confirms, signed in with the card."""
    lan = Person(browser, site.url(0), site.cards()["lan"], **phone).signs_in("/children/new")
    lan.fills("Tên gọi của con", "Tâm").chooses("Con học lớp mấy", "Lớp 6").fills("Năm sinh của con", "2015")
    lan.page.get_by_label("mẹ", exact=True).check()
    lan.page.get_by_label("Lớp 6A").check()
    for box in lan.page.get_by_role("checkbox").all():
        box.check()
    lan.presses("Lập hồ sơ").sees("Tâm ơi, em có đồng ý không?")
    for group in lan.page.get_by_role("group").all():
        group.get_by_role("radio").first.check()
    lan.presses("Gửi câu trả lời của em").sees("Đang chờ thầy cô")
    hang.goes_to("/").sees("Tâm").page.get_by_role("link", name=re.compile("^Xác nhận ?: .*Lớp 6A")).click()
    hang.page.get_by_role("link", name=re.compile("^Xác nhận")).first.click()
    hang.page.locator("main").get_by_role("button", name=re.compile("Xác nhận")).click()
    lan.goes_to("/account").page.get_by_role("link", name=re.compile("Tâm")).click()
    lan.presses("Cấp thẻ cho con").sees("Bốn từ của em")
    name, words = (lan.page.locator(".card-print dd").nth(n).inner_text() for n in (1, 2))
    lan.leaves()
    return Person(browser, site.url(0), **phone).signs_in_as(name, words)


def test_a_resident_asks_at_the_desk(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    bay = Person(browser, site.url(0), cards["bay"], **phone).signs_in()
    mai = Person(browser, site.url(0), cards["mai"], **phone).signs_in()
    bay.goes_to("/rooms").finds_the_page_accessible("rooms-with-desk")
    bay.presses("Quầy hỏi Phường Minh Hoạ").is_at(r"/desk/\d+$").finds_the_page_accessible("desk")
    bay.presses("Vào hỏi").is_at(r"/rooms/\d+$").says("Tôi muốn hỏi về giấy khai sinh")
    bay.hears("Tôi muốn hỏi về giấy khai sinh").finds_the_page_accessible("desk-room")
    mai.goes_to("/board").sees("Quầy hỏi Phường Minh Hoạ").finds_the_page_accessible("board-with-desk")
    mai.page.locator(".line", has_text="Quầy hỏi").get_by_role("button", name="Vào phòng").click()
    mai.is_at(r"/rooms/\d+$").says("Chào chú, chú hỏi gì ạ?")
    bay.hears("Cô Mai đã vào phòng").hears("Chào chú, chú hỏi gì ạ?")
    bay.opens_the_menu().presses("Kết thúc").is_at("/end$").finds_the_page_accessible("desk-end")
    for person in (bay, mai):
        person.leaves()
