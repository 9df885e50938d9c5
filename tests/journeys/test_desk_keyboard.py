"""The desk and the board by keyboard alone: j from the start, one key an act, the focus stays in the list."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser import LAPTOP
from tests.forked_processes import done
from tests.journeys.person import Person
from tests.servers import Site


def focused(person: Person) -> str:
    """The words of the row that has the focus."""
    words: str = person.page.evaluate(
        "document.activeElement.matches('.cover') ? document.activeElement.innerText : ''"
    )
    return words


def test_a_teacher_decides_by_keyboard_and_stays_in_the_list(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    status, _out, err = done("tests.journeys.waiting_messages", env={**site.env, "JOBS": "0"})
    assert status == 0, err
    cards = site.cards()
    hang = Person(browser, site.url(0), cards["hang"], **phone)
    hang.page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    hang.signs_in("/desk")
    page, pane, keys = hang.page, hang.page.locator("#item"), hang.page.keyboard
    expect(pane).to_contain_text("Em làm đến bài 0")
    expect(page).to_have_url(re.compile("item=m"))  # what comes in meanwhile takes nobody's place

    # The first j goes to the row that is open; the next ones open what they come to.
    keys.press("j")
    assert focused(hang) == "Tin chờ xem: Em Minh"
    keys.press("j")
    expect(pane).to_contain_text("Em làm đến bài 1")
    expect(page.locator("[data-keys-say]")).to_contain_text("Đã mở: Tin chờ xem: Em Minh")
    assert focused(hang) == "Tin chờ xem: Em Minh"
    expect(page.locator(".cover[aria-current]")).to_be_focused()

    # The first key refuses. What comes next is open, its row has the focus, and the slip is mended by a key.
    keys.press("1")
    expect(pane).to_contain_text("Em làm đến bài 2")
    expect(page.locator(".cover[aria-current]")).to_be_focused()
    hang.sees("Tin của em Minh không được gửi.")
    keys.press("u")
    expect(pane).to_contain_text("Em làm đến bài 1")
    expect(page.locator(".cover[aria-current]")).to_be_focused()
    hang.sees_not("không được gửi")

    # Help says the keys and switches them off, on this device, until it is asked for again.
    keys.press("?")
    dialog = page.get_by_role("dialog", name="Phím tắt")
    expect(dialog).to_contain_text("hoàn tác việc vừa làm")
    keys.press("1")  # no key acts behind it
    row = page.locator(".cover[aria-current]")
    row.evaluate("one => one.replaceWith(one.cloneNode(true))")  # as the list renews itself behind the help
    hang.finds_the_page_accessible("desk-keys")
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    dialog.get_by_label("Dùng phím tắt trên máy này").press("Space")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".cover[aria-current]")).to_be_focused()
    keys.press("1")
    keys.press("?")
    keys.press("j")
    expect(dialog).to_be_hidden()
    expect(pane).to_contain_text("Em làm đến bài 1")
    page.get_by_role("button", name="Phím tắt").press("Enter")
    dialog.get_by_label("Dùng phím tắt trên máy này").press("Space")
    keys.press("Escape")

    # Words that are typed are words, and what was typed is not taken away by going on in the list.
    page.locator(".cover[aria-current]").focus()
    keys.press("j")
    keys.press("j")
    expect(pane).to_contain_text("Một phòng học: Em Khoa")
    keys.press("Enter")
    hang.is_at(r"/desk/cases/\d+$")
    hang.finds_the_page_accessible("case-of-a-room")
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]

    # On the board the same: rows, the room beside them, and into the room.
    hang.goes_to("/board")
    room = page.locator("#room")
    keys.press("j")
    first = focused(hang)
    assert first == "Em Minh, Em Khoa"
    keys.press("j")
    expect(page.locator(".cover[aria-current]")).to_be_focused()
    expect(room).to_contain_text("Em làm đến bài")
    keys.press("k")
    expect(page.locator(".cover[aria-current]")).to_be_focused()
    keys.press("h")
    hang.sees("Phòng gửi tin bình thường trở lại.")
    expect(page.locator("[data-keys-help]")).to_be_visible()  # the new page's script listens
    keys.press("v")
    hang.is_at(r"/rooms/\d+$")
    hang.leaves()


def test_on_a_phone_each_is_a_page_of_its_own_and_without_scripts_all_works(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    status, _out, err = done("tests.journeys.waiting_messages", env={**site.env, "JOBS": "0"})
    assert status == 0, err
    hang = Person(browser, site.url(0), site.cards()["hang"], **{**phone, "java_script_enabled": False})
    hang.signs_in("/desk").sees_not("Em làm đến bài 0")
    hang.presses("Tin chờ xem: Em Minh").is_at(r"/desk\?item=m\d+$").sees("Em làm đến bài 0").sees_not("Tất cả (4)")
    hang.presses("Không gửi").is_at(r"/desk\?item=m\d+$").sees("Em làm đến bài 1").sees(
        "Tin của em Minh không được gửi."
    )
    hang.presses("Tất cả việc chờ").is_at("/desk$").sees("Tất cả (3)")
    hang.goes_to("/board").presses("Em Minh, Em Khoa").is_at(r"/board\?room=\d+$").sees(
        "Muốn đọc cuộc trò chuyện thì vào phòng."
    )
    hang.presses("Tất cả các phòng").is_at("/board$").presses("Vào phòng").is_at(r"/rooms/\d+$")
    hang.leaves()
