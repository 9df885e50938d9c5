"""Three people ask for the same; a helper asks all of them at once, two say yes and talk in one room, one waits on."""

import re
from typing import Any

from playwright.sync_api import Browser

from tests.journeys.person import Person
from tests.journeys.test_parent_joins import poster_code, sign_up
from tests.servers import Site


def asks(who: Person, words: str) -> None:
    who.goes_to("/ask").page.get_by_label("Việc khác, chọn trong danh sách").select_option(index=1)
    who.fills("Kể ngắn gọn", words).presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")


def test_similar_requests_are_helped_together(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards, far = site.cards(), site.url(len(site.ports) - 1)
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    code = poster_code(hang)
    hoa, sau = Person(browser, far, **phone), Person(browser, site.url(0), **phone)
    sign_up(hoa, code, "Nguyễn Thị Hoà", "chị")
    sign_up(sau, code, "Trần Thị Sáu", "bà")
    lan = Person(browser, far, cards["lan"], **phone).signs_in()
    for who, words in ((hoa, "Tôi bấm đường dẫn mà không vào được."), (sau, "Bà chưa biết vào lớp họp phụ huynh."),
                       (lan, "Chị không nghe thấy tiếng."),):  # fmt: skip
        asks(who, words)

    hang.goes_to("/helping").sees("2 người khác đang nhờ cùng việc này.").finds_the_page_accessible("similar-board")
    hang.page.get_by_role("button", name="Giúp cả nhóm").first.click()
    hang.sees("Đã hỏi từng người.").sees("0 trên 3 người đã đồng ý").finds_the_page_accessible("similar-asked")
    for who in (hoa, sau, lan):
        who.sees("Cô Hằng muốn giúp bạn cùng vài người")
    lan.finds_the_page_accessible("similar-question").presses("Không, tôi chờ được giúp riêng")
    lan.sees(re.compile("đang đứng thứ"))
    hoa.presses("Đồng ý học nhóm với cô Hằng").sees("Bạn đã đồng ý.").finds_the_page_accessible("similar-yes")
    sau.presses("Đồng ý học nhóm với cô Hằng").is_at(r"/rooms/\d+$")
    for who in (hoa, hang):
        who.presses("Vào phòng học").is_at(r"/rooms/\d+$")
    hang.says("Cô chào cả hai").hears("Cô chào cả hai")
    for who in (hoa, sau):
        who.hears("Cô chào cả hai")
    for person in (hang, hoa, sau, lan):
        person.leaves()
