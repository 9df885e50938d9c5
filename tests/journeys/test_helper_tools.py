"""What a helper has at hand: phrases and the private note, with the pages where both are kept and read."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser import LAPTOP
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site

PHRASE = "{bạn} thử từng bước nhé, không cần vội."


def test_phrases_and_the_private_note_of_a_pair(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).signs_in()
    hang = Person(browser, site.url(0), cards["hang"], **phone | {"viewport": LAPTOP}).signs_in()

    # The unit's phrases: taken over, changed.
    unit = hang.page.locator("a[href^='/units/']").first.get_attribute("href")
    assert unit is not None
    phrases = f"/units/{unit.split('/')[2]}/ready-phrases"
    hang.goes_to(phrases).finds_the_page_accessible("phrases-starters").presses("Lấy các câu đã chọn")
    hang.finds_the_page_accessible("phrases-unit")
    hang.presses("Sửa", exact=False)
    hang.sees("Sửa câu mẫu").finds_the_page_accessible("phrase-edit-unit")
    hang.fills("Câu mẫu", PHRASE).presses("Lưu").sees(PHRASE)

    # The helper's own, and the note.
    come_together(minh, khoa)
    khoa.turns_to("talk").presses("Câu mẫu, bài học, ghi chú").sees("Em thử từng bước nhé, không cần vội.")
    khoa.finds_the_page_accessible("phrases-sheet")
    khoa.page.get_by_text("Ghi chú riêng về").click()
    khoa.presses("Viết ghi chú").sees("Ghi chú riêng về").finds_the_page_accessible("note-write")
    khoa.fills("Điều đã giúp được", "Em hiểu nhanh khi được nhìn hình từng bước.")
    khoa.fills("Lần tới làm gì", "Cho em tự bấm lại từ đầu, rồi mới sang bước mới.").presses("Lưu")
    khoa.is_at(r"/rooms/\d+$")
    khoa.goes_to("/helper-notes").finds_the_page_accessible("notes-of-helper")
    khoa.goes_to("/ready-phrases").finds_the_page_accessible("phrases-own-empty")
    khoa.fills("Câu mẫu", "{bạn} gửi cho {mình} xem ảnh màn hình nhé.").presses("Lưu thành câu mẫu")
    khoa.finds_the_page_accessible("phrases-own").presses("Sửa hoặc xoá", exact=False).sees("Sửa câu mẫu")
    khoa.finds_the_page_accessible("phrase-edit-own")
    khoa.goes_to("/helping").finds_the_page_accessible("helping-in-room")

    # A teacher on duty reads the note by a button; the pupil does not.
    hang.goes_to("/board").presses("Vào phòng").is_at(r"/rooms/\d+$")
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.presses("Đọc ghi chú riêng của người giúp").sees("Em hiểu nhanh khi được nhìn hình từng bước.")
    hang.sees("Lần đọc này đã ghi vào nhật ký.").finds_the_page_accessible("note-read")
    expect(minh.page.get_by_text("nhìn hình từng bước")).to_have_count(0)
    for person in (minh, khoa, hang):
        person.leaves()
