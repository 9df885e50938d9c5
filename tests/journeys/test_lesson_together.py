"""A lesson followed together: steps, answers, the sentence where somebody is stuck, a card, and what is kept of it."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.learner import Learner, questions
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site

SLUG = "vao-lop-bang-duong-dan"
STUCK = re.compile(r"Minh bị kẹt ở bước \d+:")


def test_a_lesson_is_followed_together_and_both_keep_what_came_of_it(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    stands = next(number for number in range(3, 8) if questions(SLUG, number))
    question = questions(SLUG, stands)[0]
    cards = site.cards()
    minh = Learner(browser, site.url(0), cards["minh"], **phone)
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone)
    minh.signs_in()
    khoa.signs_in()
    room = come_together(minh, khoa)
    for one in (minh, khoa):
        expect(one.page.locator("#by-hand")).to_have_count(0)  # the scripts are at work
    minh.says("Em chào anh ạ")
    khoa.hears("Em chào anh ạ").says("Anh chào em")
    minh.hears("Anh chào em")

    # The helper proposes a step, the learner's page follows.
    khoa.turns_to("lesson")
    minh.turns_to("lesson")
    for number in range(3, stands + 1):
        khoa.presses("Bước sau")
        expect(minh.page.locator("#lesson")).to_contain_text(f"Bước {number} trên 9")

    # An answer is right or wrong for both, and what it was stays with who gave it.
    assert minh.tries_wrongly(question)
    signs = khoa.page.locator("#signs")
    expect(signs).to_contain_text("chưa đúng")
    expect(khoa.page.locator("#step input:checked")).to_have_count(0)
    minh.answers_rightly(question)
    expect(signs).to_contain_text("đúng, lần thứ 2")
    minh.presses("Em làm xong bước này").sees("Bước này đã làm xong")
    expect(signs).to_contain_text(f"đã làm xong bước {stands}")
    minh.finds_the_page_accessible("together-learner")
    khoa.finds_the_page_accessible("together-helper")

    # Stuck at one sentence, said by keyboard alone; the helper reads it in the talk as well.
    khoa.turns_to("talk")
    minh.page.locator("#stuck-form summary").focus()
    for key in ("Enter", "Tab", "Space", "Tab", "Enter"):
        minh.page.keyboard.press(key)
    minh.sees("Em đã báo bị kẹt ở bước")
    khoa.sees(STUCK).finds_the_page_accessible("stuck-in-talk")
    khoa.turns_to("lesson")
    expect(khoa.page.locator("#step .stuck-here")).to_have_count(1)
    expect(khoa.page.locator("#step .stuck-here .sr")).to_have_text("Em Minh bị kẹt ở câu này:")
    khoa.finds_the_page_accessible("stuck-helper")
    minh.finds_the_page_accessible("stuck-learner")
    khoa.presses("Đã gỡ xong câu này")
    expect(minh.page.locator("#step .stuck-here")).to_have_count(0)
    minh.page.locator("#step [data-sentence]").nth(1).click()
    minh.page.locator("#point").click()
    expect(khoa.page.locator("#step .stuck-here")).to_have_count(1)
    minh.presses("Em hết kẹt rồi")
    expect(khoa.page.locator("#stuck")).to_be_empty()

    # The learner looks back alone, and comes along again when they like.
    minh.presses("Tự xem bước trước").sees(f"Em đang tự xem bước {stands - 1}.")
    expect(minh.page.locator("#by-hand")).to_have_count(0)
    khoa.presses("Bước sau")
    minh.sees(f"Cả phòng ở bước {stands + 1}.").finds_the_page_accessible("together-alone")
    expect(minh.page.locator("#lesson")).to_contain_text(f"Bước {stands - 1} trên 9")
    minh.presses("Đi cùng mọi người")
    expect(minh.page.locator("#lesson")).to_contain_text(f"Bước {stands + 1} trên 9")

    # A lesson put into the talk.
    minh.turns_to("talk")
    khoa.turns_to("talk").presses("Câu mẫu, bài học, ghi chú").finds_the_page_accessible("phrases")
    khoa.presses("Gửi bài học").is_at("/cards$").finds_the_page_accessible("cards")
    khoa.page.get_by_label("Tìm trong bài học").fill("mã otp")
    khoa.presses("Tìm").is_at("q=").finds_the_page_accessible("cards-found")
    khoa.page.get_by_role("button", name="Gửi vào phòng").first.click()
    khoa.is_at(r"/rooms/\d+#newest$")
    expect(minh.page.locator("#messages .lesson-card")).to_contain_text("Mở riêng")
    expect(khoa.page.locator("#messages .lesson-card")).to_contain_text("Mở trong phòng")
    minh.finds_the_page_accessible("card-learner")

    # Seen to be done, and ended by both.
    khoa.turns_to("lesson").presses("Xác nhận đã làm được bài").is_at("/witness$").presses("Em đã thấy, xác nhận")
    minh.hears("xác nhận Minh đã làm được bài này")
    minh.opens_the_menu().presses("Kết thúc").is_at("/end$").ticks("Thoải mái", exact=True).ticks("Gửi lời cảm ơn")
    minh.finds_the_page_accessible("end-of-child")
    minh.presses("Kết thúc").sees("Tóm tắt buổi học").sees("Bài tiếp theo")
    minh.finds_the_page_accessible("end-kept")
    khoa.sees("Buổi học đã kết thúc").presses("Tổng kết và cảm ơn").is_at("/end$")
    khoa.ticks("Xong rồi").presses("Gửi").sees("Em đã trả lời")
    khoa.sees(f"bước {stands} của bài").presses("Đề nghị bài này").sees("Đã ghi bài tiếp theo.")
    khoa.finds_the_page_accessible("end-kept-helper")

    # The guardian reads the facts, not the talk.
    lan = Person(browser, site.url(0), cards["lan"], **phone).signs_in("/account")
    lan.page.locator("main").get_by_role("link", name=re.compile("^Minh")).first.click()
    lan.is_at(r"/children/\d+").sees("Các buổi học của con").finds_the_page_accessible("child-sessions")
    lan.page.locator("a[href$='/summary']").click()
    lan.is_at("/summary$").sees("Khoa: việc đã xong").sees_not("Thoải mái").sees("Bài tiếp theo").sees_not(
        "Em chào anh ạ"
    )
    lan.finds_the_page_accessible("summary-guardian")
    assert lan.page.url.endswith(f"{room}/summary")

    # The learner asks the same helper on.
    khoa.goes_to("/helping")
    minh.presses("Hỏi tiếp người đã giúp").is_at("/again$").finds_the_page_accessible("ask-on")
    minh.fills("Muốn hỏi tiếp điều gì", "Em làm lại thì máy hỏi mã.").presses("Gửi yêu cầu").is_at(r"/requests/\d+$")
    minh.sees("Đang hỏi anh Khoa trước.")
    khoa.sees("Em làm lại thì máy hỏi mã.")
    for person in (minh, khoa, lan):
        person.leaves()
