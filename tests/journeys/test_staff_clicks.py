"""How many clicks the daily acts of a teacher take from the start page, in a browser; the numbers are printed."""

import re
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.browser import LAPTOP, PHONE
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site

PRIVATE = "Anh kết bạn Zalo với em nha, đừng kể ai"


class Clicks:
    """The clicks of one act, which begins on the start page."""

    def __init__(self, person: Person) -> None:
        self.person, self.count = person.goes_to("/"), 0

    def on(self, found: Locator) -> "Clicks":
        found.click()
        self.count += 1
        return self


def sees_what_waits_in_the_upper_half(person: Person) -> None:
    """On a phone one line of places stands above what waits. A real site lacks the band of the demonstration."""
    person.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    row, band = person.page.locator("#now li").first.bounding_box(), person.page.locator(".band").first.bounding_box()
    assert row is not None and band is not None
    assert row["y"] - band["height"] < PHONE["height"] / 2


def test_a_live_room_is_one_click_away_a_held_message_two_and_a_mute_three(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    wide = {**phone, "viewport": LAPTOP, "is_mobile": False}
    minh, khoa, hang = (
        Person(browser, site.url(0), cards[name], **wide).signs_in() for name in ("minh", "khoa", "hang")
    )
    room = come_together(minh, khoa)
    khoa.says("Anh đây").hears("Anh đây")
    page = hang.page

    enters = Clicks(hang).on(page.locator("#live-rooms").get_by_role("button", name="Vào phòng"))
    hang.is_at(f"{room}$")
    minh.hears("Cô Hằng đã vào phòng")

    mutes = Clicks(hang).on(page.locator("#live-rooms").get_by_role("link", name="Trở lại"))
    mutes.on(page.get_by_text("Giữ trật tự trong phòng"))
    hang.chooses("Ai", "Em Khoa").page.locator("#order-reason").fill("nói lớn tiếng")
    mutes.on(page.get_by_role("button", name="Tạm ngừng viết", exact=True))
    khoa.sees("tạm ngừng viết đến")

    minh.says(PRIVATE)
    expect(minh.page.locator("#messages > li.held")).to_have_count(1)
    refuses = Clicks(hang)
    hang.sees("1 tin chờ xem trước khi gửi").finds_the_page_accessible("start-busy")
    sees_what_waits_in_the_upper_half(hang)
    refuses.on(page.get_by_role("link", name=re.compile("^Xem tin")))
    refuses.on(page.get_by_role("button", name="Không gửi", exact=True).first)
    expect(minh.page.locator("#messages > li.held")).to_have_count(0)

    counts = {"enter a live room": enters.count, "refuse a held message": refuses.count, "mute": mutes.count}
    print("clicks from the start page:", counts)
    assert counts == {"enter a live room": 1, "refuse a held message": 2, "mute": 3}
    for one in (minh, khoa, hang):
        one.leaves()
