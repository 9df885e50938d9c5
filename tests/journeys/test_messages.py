"""Messages that answer one another, are put right, taken back and answered in a word; by touch, by keyboard, and after
the line was gone for a while."""

from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site


def line(person: Person, text: str) -> Locator:
    return person.page.locator("#messages > li", has_text=text)


def opens(person: Person, text: str) -> Locator:
    """The sheet of one message."""
    line(person, text).locator("a.more").click()
    sheet = person.page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    return sheet


def test_two_people_talk_about_what_was_said(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).signs_in()
    room = come_together(minh, khoa)
    for person in (minh, khoa):
        person.turns_to("talk")

    # Khoa answers one message among others; Minh says in a word that it worked.
    minh.says("Em bấm đường dẫn rồi ạ").says("Nó đòi mã số")
    khoa.hears("Nó đòi mã số")
    sheet = opens(khoa, "Nó đòi mã số")
    khoa.finds_the_page_accessible("message-sheet")
    sheet.get_by_role("button", name="Trả lời").click()
    expect(khoa.page.locator("#answering")).to_contain_text("Nó đòi mã số")
    khoa.finds_the_page_accessible("message-answering")
    khoa.says("Mã ở trong tin nhắn của cô giáo, em kéo lên xem").hears("Mã ở trong tin nhắn")
    expect(khoa.page.locator("#answering")).to_be_hidden()
    expect(line(minh, "Mã ở trong tin nhắn").locator(".answered")).to_have_text("Minh Nó đòi mã số")
    opens(minh, "Mã ở trong tin nhắn").get_by_role("button", name="Làm được rồi").click()
    expect(line(khoa, "Mã ở trong tin nhắn").locator(".reactions")).to_contain_text("Làm được rồi")
    expect(minh.page.get_by_role("dialog")).to_have_count(0)
    pressed = opens(minh, "Mã ở trong tin nhắn").get_by_role("button", name="Làm được rồi")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    minh.page.keyboard.press("Escape")
    expect(line(minh, "Mã ở trong tin nhắn").locator("a.more")).to_be_focused()

    # By keyboard: Khoa puts a word right.
    khoa.says("Em bấm nút xanh ở dứơi cùng nhé").hears("dứơi")
    line(khoa, "dứơi").locator("a.more").focus()
    khoa.page.keyboard.press("Enter")
    sheet = khoa.page.get_by_role("dialog")
    sheet.get_by_role("button", name="Sửa lại").press("Enter")
    field = sheet.get_by_role("textbox", name="Sửa lại")
    expect(field).to_be_focused()
    field.fill("Gọi anh 0912 345 678")
    sheet.get_by_role("button", name="Lưu tin đã sửa").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Hãy gửi thành một tin mới")
    expect(field).to_have_value("Gọi anh 0912 345 678")
    khoa.finds_the_page_accessible("message-edit")
    field.fill("Em bấm nút xanh ở dưới cùng nhé")
    sheet.get_by_role("button", name="Lưu tin đã sửa").press("Enter")
    minh.hears("Em bấm nút xanh ở dưới cùng nhé")
    expect(line(minh, "ở dưới cùng").locator(".who")).to_contain_text("đã sửa")

    # Minh's line is gone; what became of older messages meanwhile is there when it comes back.
    minh.context.set_offline(True)
    opens(khoa, "Mã ở trong tin nhắn").get_by_role("button", name="Thu hồi").click()
    sheet = khoa.page.get_by_role("dialog")
    khoa.finds_the_page_accessible("message-withdraw")
    sheet.get_by_role("button", name="Thu hồi").click()
    khoa.hears("Tin này đã được thu hồi.")
    minh.context.set_offline(False)
    minh.hears("Tin này đã được thu hồi.").sees_not("Mã ở trong tin nhắn")
    for person, name in ((minh, "talk-minh"), (khoa, "talk-khoa")):
        person.finds_the_page_accessible(name)

    # Without script the same stands on a page of the message.
    plain = Person(browser, site.url(0), cards["minh"], **{**phone, "java_script_enabled": False}).signs_in()
    plain.goes_to(room)
    plain.page.locator("li.msg", has_text="nút xanh").locator("a.more").click()
    plain.is_at(r"/messages/\d+$").presses("Đã hiểu").is_at(r"/rooms/\d+#m\d+$")
    expect(line(khoa, "nút xanh").locator(".reactions")).to_contain_text("Đã hiểu")
    plain.page.locator("li.msg", has_text="nút xanh").locator("a.more").click()
    plain.presses("Trả lời tin này").sees("Bỏ trả lời")
    plain.says("Em thấy rồi ạ")
    khoa.hears("Em thấy rồi ạ")
    expect(line(khoa, "Em thấy rồi ạ").locator(".answered")).to_contain_text("nút xanh")
    for person in (minh, khoa, plain):
        person.leaves()
