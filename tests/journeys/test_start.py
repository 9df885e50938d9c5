"""Finding by one box, by touch and by keys alone; a teacher's start page; first steps that tick themselves off."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site


def test_a_mother_finds_by_one_box_and_her_first_steps_tick_off(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    lan = Person(browser, site.url(0), cards["lan"], **phone).signs_in()
    lan.goes_to("/").sees("Con của bạn").sees("Đã xong 2 trên 4").finds_the_page_accessible("start-mother")

    # The box stands on every page; without marks she finds her child, a lesson and her ward.
    lan.page.get_by_role("link", name="Tìm", exact=True).click()
    lan.is_at(r"/search$").finds_the_page_accessible("search-empty")
    box = lan.page.get_by_role("combobox", name="Bạn tìm gì?")
    expect(box).to_be_focused()
    box.fill("minh")
    lan.page.get_by_role("button", name="Tìm", exact=True).click()
    lan.sees("Con của bạn").sees("Phường Minh Hoạ").finds_the_page_accessible("search-found")
    lan.page.get_by_role("main").get_by_role("link", name="Minh", exact=True).click()
    lan.is_at(r"/children/\d+$")
    lan.goes_to("/search?q=zzzz qqqq").sees("Chưa tìm thấy gì").finds_the_page_accessible("search-nothing")

    # She says that she has the numbers, and opens a lesson: both are done, and then the list is gone.
    lan.goes_to("/").presses("Tôi đã lưu các số này").sees("Đã xong 3 trên 4")
    lan.goes_to("/lessons/vao-lop-bang-duong-dan/1").presses("Bước tiếp theo").is_at("/2$").goes_to("/")
    lan.sees("Bước 2 trên 9").sees_not("Các bước đầu tiên")


@pytest.mark.full
def test_a_teacher_starts_and_searches_by_keys_alone(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    hang.goes_to("/").sees("Bạn đang trực").sees("Phòng đang mở").finds_the_page_accessible("start-teacher")
    keys, page = hang.page.keyboard, hang.page

    # One line, once begun; put away and brought back at once, and again from the help page.
    page.locator("#first-steps > summary").click()
    hang.presses("Ẩn phần này").sees("Đã ẩn các bước đầu tiên.").presses("Hoàn tác").sees("Các bước đầu tiên")
    page.locator("#first-steps > summary").click()
    hang.presses("Ẩn phần này").goes_to("/help").presses("Xem lại các bước đầu tiên").is_at("#first-steps$")

    # From anywhere: / and the words, Enter; Tab leads into what was found.
    page.locator("body").press("/")
    hang.is_at(r"/search$")
    box = page.get_by_role("combobox", name="Bạn tìm gì?")
    expect(box).to_be_focused()
    keys.type("khoa/")  # while one types, it is a letter as others
    expect(box).to_have_value("khoa/")
    keys.press("Enter")
    hang.is_at(r"/search\?q=khoa").sees("Lớp 11A")
    page.locator("#main").press("/")
    expect(box).to_be_focused()
    found = page.get_by_role("link", name="Khoa Minh Hoạ")
    for _ in range(12):
        keys.press("Tab")
        if found.evaluate("(link) => link === document.activeElement"):
            break
    expect(found).to_be_focused()
    keys.press("Enter")
    hang.is_at(r"/members/\d+$")

    # The key can be switched off on this device (WCAG 2.1.4).
    hang.goes_to("/search")
    page.locator("summary", has_text="Phím tắt").press("Enter")
    page.get_by_role("checkbox", name="Bấm phím / để tới ô tìm").press("Space")
    hang.finds_the_page_accessible("search-key")
    hang.goes_to("/lessons")
    page.locator("body").press("/")
    hang.is_at(r"/lessons$")


@pytest.mark.full  # the same without a browser: tests/lessons/test_search_pages.py and tests/home/test_search.py
def test_a_visitor_searches_without_scripts(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    visitor = Person(browser, site.url(0), **{**phone, "java_script_enabled": False})
    visitor.goes_to("/").page.get_by_role("link", name="Tìm", exact=True).click()
    visitor.page.get_by_label("Bạn tìm gì?").fill("khai sinh")
    visitor.page.get_by_role("button", name="Tìm", exact=True).click()
    visitor.sees("Luyện tập dịch vụ công").is_at(r"/search\?q=khai")
    expect(visitor.page.get_by_role("heading", name="Người", exact=True)).to_have_count(0)
