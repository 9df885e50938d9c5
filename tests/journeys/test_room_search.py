"""What is new in a room, what the other one has read, and words found again: by touch, by keyboard, without scripts."""

from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site


def line(person: Person, text: str) -> Locator:
    return person.page.locator("#messages > li", has_text=text)


def test_what_is_new_what_was_read_and_what_was_said_long_ago(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).signs_in()
    room = come_together(minh, khoa)
    for person in (minh, khoa):
        person.turns_to("talk")

    # Minh sees that Khoa has read; what Minh writes next is not read yet.
    seen = minh.page.locator("#seen")
    minh.says("Em quên mật khẩu rồi ạ")
    khoa.hears("Em quên mật khẩu rồi ạ")
    expect(seen).to_be_visible()
    expect(seen).to_have_text("Đã xem")
    khoa.says("Em bấm Quên mật khẩu nhé")
    minh.hears("Em bấm Quên mật khẩu nhé")
    expect(seen).to_be_hidden()
    expect(khoa.page.locator("#seen")).to_be_visible()

    # Minh looks at something else; when Minh comes back, a line stands above what is new, and the page opens there.
    minh.goes_to("/")
    for n in range(1, 31):
        khoa.says(f"Bước thứ {n}")
    khoa.hears("Bước thứ 30")
    minh.goes_to("/").sees("30 tin chưa đọc").finds_the_page_accessible("start-unread")
    minh.goes_to("/rooms").sees("30 tin chưa đọc")
    minh.goes_to(room)
    expect(minh.page.locator("#unread")).to_be_in_viewport()
    expect(minh.page.locator("#unread + li")).to_contain_text("Bước thứ 1")
    below = minh.page.locator("#more").get_by_role("button", name="30 tin mới")
    expect(below).to_be_visible()
    khoa.says("Xong chưa em?")
    minh.page.locator("#more").get_by_role("button", name="31 tin mới").press("Enter")
    expect(line(minh, "Xong chưa em?")).to_be_in_viewport()
    expect(minh.page.locator("#more")).to_be_hidden()
    minh.finds_the_page_accessible("room-unread")  # on one long screen, where all is read at once
    minh.says("Xong rồi ạ")
    khoa.hears("Xong rồi ạ")
    expect(seen).to_be_visible()
    minh.finds_the_page_accessible("room-seen")

    # Words typed without marks are found; a hit leads to its place, which stands out.
    minh.page.locator("#calls > summary").press("Enter")
    minh.page.get_by_role("link", name="Tìm trong phòng").focus()
    minh.page.keyboard.press("Enter")
    minh.is_at(r"/search$")
    minh.page.get_by_role("searchbox", name="Từ cần tìm").press_sequentially("quen mat khau")
    minh.page.keyboard.press("Enter")
    minh.sees("Minh, ").finds_the_page_accessible("room-search")
    hits = minh.page.locator(".hits li")
    expect(hits).to_have_count(2)
    expect(hits.first.locator("mark")).to_have_text("Quên mật khẩu")
    hits.last.get_by_role("link").press("Enter")
    minh.is_at(r"/rooms/\d+#m\d+$")
    expect(line(minh, "Em quên mật khẩu rồi ạ")).to_be_in_viewport()
    minh.finds_the_page_accessible("room-found")
    minh.goes_to(f"{room}/search?q=khong-co-dau").sees("Chưa tìm thấy tin nào")
    minh.finds_the_page_accessible("room-search-nothing")

    # The same without script.
    plain = Person(browser, site.url(0), cards["minh"], **{**phone, "java_script_enabled": False}).signs_in()
    plain.goes_to(room).opens_the_menu().presses("Tìm trong phòng").fills("Từ cần tìm", "BƯỚC THỨ").presses("Tìm")
    expect(plain.page.locator(".hits li")).to_have_count(20)
    plain.presses("Cũ hơn")
    expect(plain.page.locator(".hits li")).to_have_count(10)
    plain.page.locator(".hits a").last.click()
    plain.is_at(r"/rooms/\d+#m\d+$").sees("Bước thứ 1")
    for person in (minh, khoa, plain):
        person.leaves()
