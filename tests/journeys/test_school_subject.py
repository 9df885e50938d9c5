"""School work between two pupils: switched on, granted, asked, and a fraction typed on a phone."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

FETCHED = "performance.getEntriesByType('resource').map(({ name }) => name).join(' ')"


@pytest.mark.full
def test_a_pupil_asks_about_maths_and_types_a_fraction_on_a_phone(
    site: Site, browser: Browser, phone: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    cards = site.cards()
    quang, hang, minh, khoa = (
        Person(browser, site.url(0), cards[name], **phone) for name in ("quang", "hang", "minh", "khoa")
    )
    quang.signs_in()
    found = re.search(r"/units/(\d+)", quang.page.content())
    assert found is not None
    quang.goes_to(f"/units/{found[1]}/school-subjects").finds_the_page_accessible("subjects-switch")
    quang.page.get_by_label("Lớp 6 đến lớp 12").check()
    quang.presses("Lưu").sees("Hãy đọc phần căn cứ rồi chọn ô đã đọc.")
    quang.page.get_by_label("Tôi đã đọc phần căn cứ, và nhà trường đồng ý").check()
    quang.presses("Lưu").sees("Đã lưu phần môn học.")

    khoa.signs_in("/helping")
    whose = khoa.page.locator("[data-who]").first.get_attribute("data-who")
    hang.signs_in(f"/skills/{whose}").page.get_by_label("Môn học").select_option(label="Toán")
    hang.page.get_by_label("Từ lớp").select_option("6")
    hang.page.get_by_label("Đến lớp").select_option("9")
    hang.presses("Ghi nhận môn này").sees("Lớp 6–9").finds_the_page_accessible("subjects-granted")

    minh.signs_in("/ask").page.get_by_text("Bài ở trường", exact=True).first.click()
    minh.page.get_by_label("Toán lớp 6").check()
    minh.fills("Kể ngắn gọn", "Em chưa biết rút gọn phân số").finds_the_page_accessible("subjects-ask")
    minh.presses("Gửi, nhờ giúp")
    khoa.sees("Em chưa biết rút gọn phân số").presses("Nhận giúp")
    minh.sees("Anh Khoa sẵn sàng giúp").presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    khoa.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")

    expect(minh.page.locator("#composer")).to_be_visible()
    begun = time.monotonic()
    minh.page.get_by_label("Viết công thức", exact=True).click()
    expect(minh.page.get_by_label("Công thức", exact=True).first).to_be_focused()
    minh.page.keyboard.type("2/3")
    expect(minh.page.get_by_label("Mẫu số")).to_be_focused()
    minh.page.get_by_role("button", name="Gửi công thức").click()
    expect(minh.page.locator("#messages math")).to_have_attribute("aria-label", "hai phần ba")
    taken = time.monotonic() - begun
    expect(khoa.page.locator("#messages math")).to_have_attribute("aria-label", "hai phần ba")
    minh.page.locator("#messages .mine .more").last.click()
    minh.presses("Sửa lại")
    expect(minh.page.locator("#edit-text")).to_have_value("\\(\\frac{2}{3}\\)")  # as typed, not "23" as it looks
    minh.page.keyboard.press("Escape")
    khoa.page.locator("#messages .msg:has(math) .more").click()
    khoa.presses("Trả lời")
    expect(khoa.page.locator("#answering p")).to_contain_text("\\(\\frac{2}{3}\\)")
    khoa.page.locator("[data-unanswer]").click()
    with capsys.disabled():
        print(f"\na fraction on a phone: {taken:.1f} s from opening the keypad until it is shown")

    khoa.page.get_by_label("Viết công thức", exact=True).click()
    expect(khoa.page.get_by_label("Công thức", exact=True).first).to_be_focused()  # else the first keys go nowhere
    khoa.page.keyboard.type("x^2")
    assert "rooms/pictures/upload.js" not in khoa.page.evaluate(FETCHED)  # the keypad needs nothing that sends pictures
    khoa.page.get_by_role("button", name="Căn bậc hai").click()
    khoa.page.get_by_role("button", name="Gửi công thức").click()
    khoa.sees("Hãy điền ô này.").finds_the_page_accessible("maths-keypad")
    khoa.page.keyboard.type("9")
    khoa.page.get_by_role("button", name="Gửi công thức").click()
    expect(minh.page.locator("#messages math").last).to_have_attribute(
        "aria-label", re.compile("^x mũ, hai căn bậc hai của chín, hết mũ$")
    )
    minh.finds_the_page_accessible("maths-room")
    for person in (quang, hang, minh, khoa):
        person.leaves()
