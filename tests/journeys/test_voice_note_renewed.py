"""A voice note in a part of the page that comes anew: it goes on, keeps the focus, and has its player."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import LAPTOP, wait_until
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.journeys.test_voice_note import TONE
from tests.servers import Site

HEARD = "document.querySelector('.voice audio').played.length > 0"
GOES_ON = """() => {
    const audio = document.querySelector("#item .voice audio");
    return audio.same && !audio.paused && document.activeElement.closest(".voice")?.contains(audio);
}"""


def speaks(page: Page) -> None:
    """Record for two seconds and send."""
    page.get_by_role("button", name="Bấm để nói").click()
    expect(page.locator(".recorder .clock")).to_have_text("0:02")
    page.get_by_role("button", name="Dừng").click()
    page.get_by_role("button", name="Gửi tin thoại").click()


def test_a_note_that_is_heard_at_the_desk_goes_on_while_its_part_comes_anew(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone)
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).signs_in()
    hang = Person(browser, site.url(0), cards["hang"], **phone | {"viewport": LAPTOP})
    minh.context.add_init_script(TONE)
    minh.signs_in()
    come_together(minh, khoa)
    minh.turns_to("talk").page.locator("#add-voice").click()
    speaks(minh.page)
    minh.hears("Đang chờ người trực xem trước khi gửi.")

    hang.signs_in("/desk").presses("Tin chờ xem: Em Minh")
    hang.page.evaluate("Object.assign(document.querySelector('.voice audio'), { same: true, loop: true })")
    hang.page.get_by_role("button", name="Nghe", exact=True).click()
    wait_until(hang.page, HEARD)
    hang.page.evaluate("document.getElementById('item').old = true")
    khoa.turns_to("talk").says("Em đọc giúp anh mã OTP vừa gửi về máy nhé")
    wait_until(hang.page, "!document.getElementById('item').old")
    assert hang.page.evaluate(GOES_ON)

    # One that was not pressed is served anew, and its first press plays it.
    hang.page.reload()
    expect(hang.page.get_by_role("button", name="Nghe", exact=True)).to_be_visible()
    hang.page.evaluate("document.querySelector('#item .voice audio').same = true")
    hang.page.evaluate("document.getElementById('item').old = true")
    khoa.says("Em nhắn giúp anh mã OTP lần nữa nhé")
    wait_until(hang.page, "!document.getElementById('item').old")
    assert not hang.page.evaluate("document.querySelector('#item .voice audio').same")
    hang.page.get_by_role("button", name="Nghe", exact=True).click()
    wait_until(hang.page, HEARD)
    for person in (minh, khoa, hang):
        person.leaves()
