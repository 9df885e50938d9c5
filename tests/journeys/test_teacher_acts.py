"""What a teacher does in a room, each act seen by the pupil at once: enter, mute, lock, unlock, hand over; and a close
with a few words of what was done."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site


def test_a_teacher_keeps_order_and_asks_somebody_else_to_help_on(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(0), cards["khoa"], **phone).signs_in()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    quang = Person(browser, site.url(0), cards["quang"], **phone).signs_in("/helping")
    room = come_together(minh, khoa)
    minh.says("Em chào anh ạ").hears("Em chào anh ạ")
    khoa.hears("Em chào anh ạ").says("Anh đây").hears("Anh đây")

    hang.goes_to("/board").finds_the_page_accessible("teacher-board-list").presses("Em Minh, Em Khoa")
    hang.is_at(r"/board\?room=\d+$").sees("Minh (người học, đang có mặt)")
    hang.sees("Nhờ người khác giúp tiếp").finds_the_page_accessible("teacher-board")
    hang.presses("Vào phòng").is_at(r"/rooms/\d+$")
    minh.hears("Cô Hằng đã vào phòng")
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.finds_the_page_accessible("teacher-order")
    hang.chooses("Ai", "Em Khoa").page.locator("#order-reason").fill("nghỉ một chút")
    hang.presses("Tạm ngừng viết")
    hang.sees("Em Khoa tạm ngừng viết.")
    khoa.sees("tạm ngừng viết đến")
    minh.hears("Cô Hằng yêu cầu Khoa tạm ngừng viết")

    # What was being typed stays in the browser while the room is locked.
    typed = minh.page.locator("textarea#text")
    typed.fill("Em đang viết dở")
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.page.locator("#order-reason").fill("Cả phòng nghỉ năm phút")
    for danger in ("Mời ra khỏi phòng", "Khoá phòng"):
        expect(hang.page.get_by_role("button", name=danger, exact=True)).to_be_in_viewport(ratio=1)
    hang.presses("Khoá phòng")
    minh.hears("Cô Hằng đã khoá phòng: Cả phòng nghỉ năm phút.")
    minh.sees("Phòng đang khoá: Cả phòng nghỉ năm phút. Em vẫn đọc được.")
    expect(typed).to_have_count(0)
    minh.finds_the_page_accessible("pupil-locked")
    hang.says("Cô chờ hai bạn nhé")
    minh.hears("Cô chờ hai bạn nhé")
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.sees("Cô Hằng đã khoá phòng: Cả phòng nghỉ năm phút").finds_the_page_accessible("teacher-locked")
    hang.presses("Mở khoá phòng")
    minh.hears("Cô Hằng đã mở khoá")
    expect(typed).to_have_value("Em đang viết dở")
    minh.says("Em viết tiếp được rồi").hears("Em viết tiếp được rồi")

    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.presses("Nhờ người khác giúp tiếp").is_at("/hand-over$").sees("Thầy Quang")
    hang.finds_the_page_accessible("teacher-hands-over")
    hang.presses("Đóng phòng và chuyển").sees("Hãy chọn một người").finds_the_page_accessible(
        "teacher-hands-over-again"
    )
    hang.page.get_by_label("Thầy Quang").check()
    hang.fills("Lý do", "Việc này cần người quen máy này").presses("Đóng phòng và chuyển").is_at(r"/rooms/\d+$")
    hang.sees("Đã chuyển.")
    minh.hears("Cô Hằng đã nhờ thầy Quang giúp tiếp").sees("Một người khác sẽ giúp tiếp.")
    khoa.hears("Cô Hằng đã nhờ thầy Quang giúp tiếp").sees("Buổi học đã kết thúc")
    minh.finds_the_page_accessible("pupil-handed-over")
    khoa.goes_to("/notices").sees("Số phút đã giúp vẫn được tính").finds_the_page_accessible("helper-thanked")
    khoa.goes_to(f"{room}/end").sees("vẫn được tính").finds_the_page_accessible("helper-end-handed-over")
    minh.presses("Xem yêu cầu").is_at("/requests$")
    minh.page.locator("main .row-card a").first.click()
    minh.is_at(r"/requests/\d+$").sees("Đang hỏi thầy Quang.").finds_the_page_accessible("pupil-waits-handed-over")

    # Both have to say yes; then the teacher closes the next room with a few words.
    quang.sees("Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    minh.presses("Đồng ý để thầy Quang giúp").is_at(r"/rooms/\d+$")
    second = minh.page.url.removeprefix(minh.site)
    assert second != room
    hang.goes_to(f"{second}/close").sees("Đóng phòng này?")
    hang.fills("Lý do đóng phòng", "Hết giờ học")
    hang.page.get_by_label(re.compile("Đã làm gì")).fill("Minh đã vào được lớp. Lần sau tập bật micro.")
    hang.finds_the_page_accessible("teacher-closes").presses("Đóng phòng").is_at(r"/rooms/\d+")
    minh.hears("Cô Hằng đã đóng phòng").presses("Tổng kết và cảm ơn").is_at("/end$")
    minh.sees("Minh đã vào được lớp. Lần sau tập bật micro.").finds_the_page_accessible("pupil-reads-summary")
    for person in (minh, khoa, hang, quang):
        person.leaves()
