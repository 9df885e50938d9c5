"""The search among the topics on the page of asking: while somebody types, by keys alone, and without a script."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

FOUND = "[...document.querySelectorAll('#found input')].map((one) => one.value)"
TYPED = ("mật khẩu", "NOP BAI", "mat tieng", "đ", "dịch vụ công", "cán bộ", "wi-fi 4g", "làm bánh", "%", "  ")


def test_a_topic_is_found_while_typing_by_keys_alone_and_the_same_as_without_a_script(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in("/ask")
    box, status = minh.page.get_by_label("Tìm việc cần giúp"), minh.page.locator("#find-status")
    expect(minh.page.get_by_role("button", name="Tìm", exact=True)).to_have_count(0)  # the page finds by itself
    for typed in TYPED:
        box.fill(typed)
        answer = minh.context.request.get(f"{site.url(0)}/ask", params={"find": typed})
        assert minh.page.evaluate(FOUND) == re.findall(r'value="([^"]+)" data-undrafted', answer.text()), typed
        found = len(minh.page.evaluate(FOUND))
        assert status.inner_text() == (f"Tìm thấy: {found}" if found else status.inner_text())
    minh.finds_the_page_accessible("ask-search")

    box.fill("tai lieu")
    box.press("Enter")  # goes to what was found, and sends nothing
    expect(minh.page.get_by_label("Tìm tài liệu học đáng tin")).to_be_focused()
    minh.page.keyboard.press("Space")
    box.fill("mat khau")  # what is chosen stays beside what is found now
    expect(minh.page.get_by_label("Tìm tài liệu học đáng tin")).to_be_checked()
    expect(minh.page.locator("#found input")).to_have_count(2)

    box.fill("làm bánh")
    expect(status).to_contain_text("Chưa thấy việc nào như vậy.")
    minh.finds_the_page_accessible("ask-search-none")
    box.press("ArrowDown")
    minh.page.keyboard.press("Enter")
    expect(minh.page.locator("input[name=topic][value=other]")).to_be_checked()
    expect(minh.page.get_by_label("Việc khác, chọn trong danh sách")).to_be_focused()
    expect(minh.page.get_by_label("Kể ngắn gọn")).to_have_value("làm bánh")
    minh.page.get_by_label("Việc khác, chọn trong danh sách").select_option("hoc.tim-tai-lieu")
    minh.presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$").sees("làm bánh")
    minh.leaves()

    without = {**phone, "java_script_enabled": False}
    lan = Person(browser, site.url(0), cards["lan"], **without).signs_in("/ask")
    lan.fills("Kể ngắn gọn", "Máy con rớt mạng").fills("Tìm việc cần giúp", "wi-fi")
    lan.page.get_by_label("Tìm việc cần giúp").press("Enter")
    lan.sees("Tìm thấy: 1")
    expect(lan.page.get_by_label("Kể ngắn gọn")).to_have_value("Máy con rớt mạng")
    lan.ticks("Kết nối Wi-Fi, 4G, 5G").presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$").sees("Máy con rớt mạng")
    lan.leaves()
