"""People and talk come first in a room: most of a phone's screen is talk, and one menu holds the rest."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import DRAWN, PHONE
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site

# How much of the screen the talk has, between what stands above and below it.
TALK = """() => {
    const top = document.querySelector(".roombar").getBoundingClientRect().bottom;
    const box = document.getElementById("log").getBoundingClientRect();
    const end = Math.min(box.bottom, document.querySelector(".talk .dock").getBoundingClientRect().top);
    return (end - Math.max(box.top, top, 0)) / innerHeight;
}"""
# How much of the screen is taken by what stands still while the page scrolls.
STANDING = """() => [...document.querySelectorAll(".bar, .roombar, .roombar .emergency, .dock")]
    .filter((one) => getComputedStyle(one).position === "sticky" && getComputedStyle(one).display !== "contents")
    .reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight"""
# What is read or pressed and reaches beyond the edge of the screen.
CUT = """() => [...document.querySelectorAll("a, button, summary, h1, h2, h3, p, textarea, label")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1)
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.matches(".skip"))
    .map((one) => one.outerHTML.slice(0, 120))"""

# A field to type in, or the name of the page, that has less than half of the screen's width.
SQUEEZED = """() => [...document.querySelectorAll("main h1, main textarea, main input:is([type=search], [type=text])")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1)
    .filter((one) => one.getBoundingClientRect().width < innerWidth / 2)
    .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def pair(site: Site, browser: Browser, phone: dict[str, Any]) -> tuple[Person, Person]:
    cards = site.cards()
    return tuple(Person(browser, site.url(0), cards[name], **phone).signs_in() for name in ("minh", "khoa"))  # type: ignore[return-value]


def test_the_first_message_is_in_view_and_most_of_a_phone_is_talk(pair: tuple[Person, Person]) -> None:
    minh, khoa = pair
    minh.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    room = come_together(minh, khoa)
    first = minh.page.locator("#messages > [data-seq='1'], #messages > .mine").first
    expect(first).to_contain_text("máy hỏi mã phòng")
    expect(first).to_be_in_viewport(ratio=1)
    minh.page.evaluate(DRAWN)
    assert minh.page.evaluate(TALK) >= 0.6
    expect(minh.page.locator("#messages > [data-day]")).to_have_count(1)

    khoa.says("Em đọc cho anh mấy chữ trên màn hình nhé")
    minh.hears("Em đọc cho anh mấy chữ")
    said = minh.page.locator("#messages > li", has_text="mấy chữ trên màn hình")
    expect(said.locator(".avatar")).to_have_text("K")
    live = said.get_attribute("class")
    minh.goes_to(room)
    expect(said).to_have_class(live or "")  # the same hue in both ways of drawing a message
    expect(said.locator(".avatar")).to_have_text("K")
    expect(minh.page.locator("#messages > [data-day]")).to_have_count(1)

    stays_for_what_is_read_in_letters_of_twice_the_size(minh, room)
    minh.goes_to(room)

    # A new pupil sends no picture yet, and is told why.
    minh.presses("Vì sao chưa gửi được ảnh?").sees("Em gửi được ảnh sau ba buổi học.")

    # Two taps report: the menu, and what happened. Who is reported sees nothing of it.
    minh.opens_the_menu().presses("Có người làm em sợ").is_at("/report/sent").sees("Đã gửi")
    minh.goes_to("/my-reports").sees("Có người làm em sợ")
    for person in pair:
        person.leaves()


def stays_for_what_is_read_in_letters_of_twice_the_size(minh: Person, room: str) -> None:
    line = minh.page.context.new_cdp_session(minh.page)
    line.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})  # as somebody sets it in their browser
    lesson = "/lessons/vao-lop-bang-duong-dan"
    for path in (room, f"{lesson}/2", f"{lesson}/done", "/ask?lesson=vao-lop-bang-duong-dan&step=3", "/", "/lessons"):
        minh.goes_to(path)
        minh.page.evaluate(DRAWN)
        assert minh.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert minh.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert minh.page.evaluate(CUT) == [], path
        assert minh.page.evaluate(SQUEEZED) == [], path
        assert minh.page.evaluate(STANDING) <= 0.5, path
        head = minh.page.evaluate("document.querySelector('.bar').getBoundingClientRect().height / innerHeight")
        assert head + minh.page.evaluate(STANDING) <= 0.5, path
    line.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
