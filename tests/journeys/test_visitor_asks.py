"""A visitor who is stuck at a step keeps lesson, step and words through sign-in, and through sign-up by a code."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.journeys.test_parent_joins import poster_code, sign_up_on
from tests.servers import Site

STEP, WORDS = "/lessons/vao-lop-bang-duong-dan/3", "Máy hỏi mã phòng, tôi không biết lấy ở đâu"


def is_stuck(who: Person) -> Person:
    who.goes_to(STEP).presses("Em bị kẹt").is_at("/ask").sees("Bạn kẹt ở bước 3").sees("Uỷ ban phường, xã")
    who.finds_the_page_accessible("ask-visitor").page.get_by_label("Bạn đang vướng chỗ nào?").fill(WORDS)
    return who


def sends_what_was_kept(who: Person) -> None:
    expect(who.page.get_by_role("heading", level=1)).to_contain_text("bước 3")
    expect(who.page.get_by_label(re.compile("^Hoặc viết lời của"))).to_have_value(WORDS)
    who.presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$").sees(WORDS)


def test_a_visitor_keeps_the_place_through_sign_in_and_sign_up(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone)
    is_stuck(minh).presses("Đăng nhập để gửi").is_at("/sign-in")
    minh.page.get_by_label("Tên đăng nhập, số điện thoại hoặc email").fill(cards["minh"]["username"])
    minh.page.get_by_label("Mật khẩu", exact=True).fill(cards["minh"]["passphrase"])
    minh.page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()
    minh.is_at("/ask")
    sends_what_was_kept(minh)

    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    mother = Person(browser, site.url(len(site.ports) - 1), **phone)
    hang.pages_are_news = mother.pages_are_news = False  # test_parent_joins.py looks at these pages
    code = poster_code(hang)
    is_stuck(mother).presses("Tôi có mã tham gia").is_at("/join")
    sign_up_on(mother, code, "Nguyễn Thị Hoà", "chị")
    mother.presses("Nhờ người giúp").is_at("/ask")
    sends_what_was_kept(mother)
    for person in (minh, hang, mother):
        person.leaves()
