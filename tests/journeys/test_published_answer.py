"""What solved a request stays on its step: written by the helper, agreed to by both sides, released, found, marked."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.pair_in_room import LESSON, pair_and_teacher
from tests.journeys.person import Person
from tests.published_answers.solved import ANSWER, PROBLEM
from tests.servers import Site

FIRST = ANSWER.split("\n", maxsplit=1)[0]


def test_an_answer_goes_from_the_end_of_a_session_to_the_next_pupil(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    minh, khoa, hang = pair_and_teacher(site, browser, phone)
    cards = site.cards()
    lan, an = (Person(browser, site.url(0), cards[name], **phone) for name in ("lan", "an"))
    stranger = Person(browser, site.url(len(site.ports) - 1), **phone)
    minh.opens_the_menu().presses("Kết thúc").is_at("/end$").ticks("Gửi lời cảm ơn").presses("Kết thúc")
    minh.sees("Đã gửi lời cảm ơn.")

    # The helper writes anew; a text with a name does not pass.
    khoa.sees("Buổi học đã kết thúc").presses("Tổng kết và cảm ơn").is_at("/end$").presses(
        "Viết lại thành lời giải ngắn cho người sau"
    )
    khoa.finds_the_page_accessible("answer-write")
    khoa.fills("Bị kẹt ở đâu?", PROBLEM).fills("Làm sao thì được?", "Hỏi Minh là biết, bạn ấy chỉ cho từng bước.")
    khoa.presses("Gửi").sees("giống tên người trong buổi học")
    khoa.fills("Làm sao thì được?", ANSWER).presses("Gửi").is_at(r"/answers/\d+$").sees("Đang chờ hai bên đồng ý")
    page = khoa.page.url.removeprefix(khoa.site)

    # The child and its guardian say yes; the yes of one alone brings nothing to the teacher.
    minh.goes_to("/answers").presses(PROBLEM).is_at(page).finds_the_page_accessible("answer-asked")
    minh.presses("Đồng ý cho đăng").sees("Đổi ý lúc nào cũng được.")
    hang.signs_in("/answers/review").sees_not(PROBLEM)
    lan.signs_in("/answers").presses(PROBLEM).is_at(page).sees("Cho đăng lời giải từ việc của Minh?")
    lan.presses("Đồng ý cho đăng").sees("Đổi ý lúc nào cũng được.")
    stranger.goes_to(f"{LESSON}/2/answers").sees("Bước này chưa có lời giải nào").sees_not(PROBLEM)
    stranger.goes_to("/search?q=man+hinh+trang").sees_not(PROBLEM)

    # A teacher reads it beside the step, and releases it.
    hang.goes_to("/answers/review").presses(PROBLEM).is_at(f"{page}/review$").sees(FIRST)
    hang.finds_the_page_accessible("answer-read").presses("Đọc rồi, đăng").is_at("/answers/review$")
    khoa.goes_to(page).sees("Đang ở trên trang")

    # A pupil with the same trouble finds it, opens it, and says so.
    an.signs_in("/search?q=man+hinh+trang").presses(PROBLEM).is_at(f"{LESSON}/2/answers#answer-")
    an.sees(FIRST).sees("một bạn lớp 11 đã giúp").sees_not("cũng bị vậy.").finds_the_page_accessible("answer-of-step")
    an.presses("Em cũng bị vậy").sees("Có người cũng bị vậy.")
    expect(an.page.get_by_role("button", name="Bỏ “em cũng bị vậy”")).to_be_visible()
    assert site.rows("SELECT count(*) FROM published_answer_mark") == [(1,)]

    # Without an account it is read, and not marked; no name stands there. A later no takes it away.
    stranger.goes_to(f"{LESSON}/2").presses("Xem 1 lời giải").is_at("/answers$")
    stranger.page.locator("summary", has_text=PROBLEM).click()
    stranger.sees(FIRST)
    read = stranger.page.locator("main").inner_text()
    assert not [hidden for hidden in ("Khoa", "Minh", "Tôi cũng bị vậy") if hidden in read], read
    lan.goes_to(page).presses("Không đăng nữa").sees(re.compile("đã nói không\\."))
    an.goes_to(f"{LESSON}/2/answers").sees_not(PROBLEM)
    assert site.rows("SELECT count(*) FROM published_answer_mark") == [(0,)]
    for person in (minh, khoa, hang, lan, an, stranger):
        person.leaves()
