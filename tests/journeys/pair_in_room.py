"""How two people of the demonstration come into a room, for journeys that begin there."""

from typing import Any

from playwright.sync_api import Browser

from tests.journeys.person import Person
from tests.servers import Site

LESSON = "/lessons/vao-lop-bang-duong-dan"


def come_together(learner: Person, helper: Person) -> str:
    """Minh asks from a step, Khoa takes it, Minh accepts; both stand in the room, whose path this returns."""
    helper.goes_to("/helping")
    learner.goes_to(f"{LESSON}/2").presses("Em bị kẹt").is_at("/ask")
    learner.fills("Hoặc viết lời của em", "Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Gửi, nhờ giúp")
    learner.is_at(r"/requests/\d+$")
    helper.sees("Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    learner.presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    helper.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")
    return learner.page.url.removeprefix(learner.site)


def pair_and_teacher(site: Site, browser: Browser, phone: dict[str, Any], script: str = "") -> list[Person]:
    """Minh and Khoa in a room, on two servers where there are two, and Hằng, who is on duty and not signed in yet.

    `script` runs in each page of Minh before the page's own.
    """
    cards, urls = site.cards(), {"minh": site.url(0), "khoa": site.url(len(site.ports) - 1), "hang": site.url(0)}
    minh, khoa, hang = (Person(browser, urls[name], cards[name], **phone) for name in urls)
    if script:
        minh.context.add_init_script(script)
    minh.signs_in()
    khoa.signs_in()
    come_together(minh, khoa)
    return [minh, khoa, hang]
