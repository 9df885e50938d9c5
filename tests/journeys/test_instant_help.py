"""The main job end to end: somebody is stuck, and a real person helps."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

LESSON = "/lessons/vao-lop-bang-duong-dan"


def test_a_pupil_gets_stuck_and_is_helped_while_a_teacher_looks_in(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone)
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone)
    hang = Person(browser, site.url(0), cards["hang"], **phone)
    the_main_job(minh, khoa, hang)
    for person in (minh, khoa, hang):
        person.leaves()


def the_main_job(minh: Person, khoa: Person, hang: Person, talking: Callable[[], object] = lambda: None) -> None:
    """Minh asks, Khoa helps, Hằng looks in. `talking` is called once all three are in the room."""
    minh.goes_to("/").finds_the_page_accessible("visitor")
    minh.goes_to("/sign-in").finds_the_page_accessible("sign-in")
    minh.signs_in_by_the_form().finds_the_page_accessible("start-pupil")
    khoa.signs_in("/helping").finds_the_page_accessible("helping-empty")
    hang.signs_in().finds_the_page_accessible("start-teacher").goes_to("/board").finds_the_page_accessible(
        "board-empty"
    )

    minh.goes_to("/lessons").finds_the_page_accessible("lessons")
    minh.goes_to(LESSON).finds_the_page_accessible("lesson")
    minh.goes_to(f"{LESSON}/1").presses("Bước tiếp theo").is_at(f"{LESSON}/2$").finds_the_page_accessible("step")
    minh.presses("Em bị kẹt").is_at("/ask").finds_the_page_accessible("ask")
    minh.fills("Hoặc viết lời của em", "Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Gửi, nhờ giúp")
    minh.is_at(r"/requests/\d+$").sees("đang đứng thứ").finds_the_page_accessible("waiting")

    khoa.sees("Em bấm đường dẫn mà máy hỏi mã phòng.").finds_the_page_accessible("helping")
    khoa.presses("Nhận giúp").sees("Đang chờ người học đồng ý")

    minh.sees("Anh Khoa sẵn sàng giúp").sees(re.compile("giới thiệu")).finds_the_page_accessible(
        "who-helps", quick=True
    )
    minh.presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    khoa.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")

    minh.says("Em chào anh ạ").hears("Em chào anh ạ")
    khoa.hears("Em chào anh ạ").says("Chào em, em đang thấy gì?").hears("Chào em, em đang thấy gì?")
    minh.hears("Chào em, em đang thấy gì?").finds_the_page_accessible("room-pupil", quick=True)
    khoa.finds_the_page_accessible("room-helper")

    khoa.turns_to("lesson").presses("Bước sau")
    minh.turns_to("lesson")
    expect(minh.page.locator("#lesson")).to_contain_text("Bước 3 trên 9")

    hang.sees("Vào phòng").finds_the_page_accessible("board").presses("Vào phòng").is_at(r"/rooms/\d+$")
    talking()
    minh.turns_to("talk").hears("Cô Hằng đã vào phòng").says("Em đọc được mã rồi").hears("Em đọc được mã rồi")
    hang.hears("Em đọc được mã rồi")
    hang.page.get_by_text("Giữ trật tự trong phòng").click()
    hang.chooses("Ai", "Em Khoa")
    hang.page.locator("#order-reason").fill("nghỉ một chút")
    hang.finds_the_page_accessible("room-teacher", quick=True)
    hang.presses("Tạm ngừng viết")
    khoa.turns_to("talk").sees("tạm ngừng viết đến")
    expect(khoa.page.get_by_label("Tin nhắn", exact=True).and_(khoa.page.locator("textarea"))).to_have_count(0)

    minh.opens_the_menu().presses("Kết thúc").is_at("/end$").finds_the_page_accessible("end")
    minh.ticks("Bình thường").ticks("Gửi lời cảm ơn").presses("Kết thúc").sees("Đã gửi lời cảm ơn.")
    khoa.sees("Buổi học đã kết thúc").presses("Tổng kết và cảm ơn").is_at("/end$")
    khoa.sees("Cảm ơn nhiều!").ticks("Xong rồi").presses("Gửi").sees("Em đã trả lời")

    minh.goes_to("/").sees("Học tiếp").sees("Bước 3 trên 9").finds_the_page_accessible("start-resume")
    minh.goes_to("/notices").finds_the_page_accessible("notices")
    minh.goes_to("/help").finds_the_page_accessible("help")
