"""What happens between a page's making and the opening of its line is not lost on who looks at it."""

from typing import Any

from playwright.sync_api import Browser, Route

from tests.journeys.person import Person
from tests.servers import Site


def test_an_answer_that_comes_before_the_line_is_open_is_shown(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).signs_in("/helping")
    held: list[Route] = []
    minh.page.route("**/socket.io.esm.min.*", lambda route: held.append(route))
    minh.goes_to("/lessons/vao-lop-bang-duong-dan/2").presses("Em bị kẹt").is_at("/ask").fills(
        "Hoặc viết lời của em", "Em không nghe thấy tiếng cô ạ."
    ).presses("Gửi, nhờ giúp")
    minh.is_at(r"/requests/\d+$").sees("đang đứng thứ")
    khoa.sees("Em không nghe thấy tiếng cô ạ.").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    assert held, "the page asked for its line before the answer came"
    minh.sees_not("Anh Khoa sẵn sàng giúp")
    for route in held:
        route.continue_()
    minh.sees("Anh Khoa sẵn sàng giúp")
    for person in (minh, khoa):
        person.leaves()
