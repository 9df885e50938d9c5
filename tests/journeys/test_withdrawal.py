"""A mother takes a yes back while her child sits in a room; then she changes her mind."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

STEP = "/lessons/vao-lop-bang-duong-dan/2"


def test_a_consent_is_withdrawn_while_the_child_is_in_a_room_and_taken_back(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(len(site.ports) - 1), cards["minh"], **phone)
    khoa = Person(browser, site.url(0), cards["khoa"], **phone)
    lan = Person(browser, site.url(0), cards["lan"], **phone)
    for one in (minh, khoa, lan):
        one.signs_in()
    minh.goes_to(STEP).presses("Em bị kẹt").is_at("/ask").fills(
        "Hoặc viết lời của em", "Em không thấy nút nộp bài."
    ).presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")
    khoa.goes_to("/helping").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    minh.sees("Anh Khoa sẵn sàng giúp").presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    khoa.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")
    minh.says("Em chào anh ạ").hears("Em chào anh ạ")
    khoa.hears("Em chào anh ạ")

    lan.goes_to("/account").presses("Minh").is_at(r"/children/\d+$").finds_the_page_accessible("child-consents")
    child = lan.page.url
    lan.goes_to(child + "/consents/chat").sees("Trong 24 giờ bạn còn lấy lại được.")
    lan.finds_the_page_accessible("consent-given").presses("Rút lại đồng ý").sees("Trong 24 giờ còn lấy lại được")

    for one in (minh, khoa):
        one.sees("Buổi học dừng ở đây theo ý của gia đình Minh. Không ai làm gì sai.")
        one.sees("Buổi học đã kết thúc")
        expect(one.page.locator("textarea#text")).to_have_count(0)
    minh.finds_the_page_accessible("room-stopped")
    khoa.goes_to("/notices").sees(re.compile("đã dừng theo ý của gia đình hoặc của bạn ấy"))
    khoa.finds_the_page_accessible("helper-told")
    minh.goes_to("/notices").sees("Em không làm gì sai.")

    lan.finds_the_page_accessible("child-withdrawn")
    lan.goes_to(child + "/consents/chat").sees("Bấm nhầm thì lấy lại được đến").finds_the_page_accessible("take-back")
    lan.presses("Lấy lại").sees("Đã lấy lại: đồng ý còn nguyên như trước.")
    minh.goes_to(STEP).presses("Em bị kẹt").is_at("/ask").fills("Hoặc viết lời của em", "Em hỏi lại ạ.").presses(
        "Gửi, nhờ giúp"
    ).is_at(r"/requests/\d+$")

    lan.goes_to(child + "/consents/profile").presses("Rút lại đồng ý").sees("Bạn chắc chưa?")
    lan.finds_the_page_accessible("withdraw-profile").presses("Chắc chắn rút lại")
    minh.is_at("/sign-in")
    for one in (minh, khoa, lan):
        one.leaves()
