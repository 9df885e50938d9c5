"""The main job by keys alone, and what a reader of screens is told of the talk."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.pair_in_room import LESSON
from tests.journeys.person import Person
from tests.safety.pictures import photo
from tests.servers import Site

READER = (Path(__file__).parent / "reader.js").read_text("utf-8")
HERE = """() => {
    const one = document.activeElement;
    return [(one.ariaLabel || (one.labels?.[0] ?? one).innerText || "").trim(), one.matches("textarea, input")];
}"""


def comes_to(page: Page, name: str, field: bool = False) -> None:
    """Tab until what has this name has the focus."""
    for _ in range(90):
        said, typed_into = page.evaluate(HERE)
        if said.startswith(name) and (typed_into or not field):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {name!r} on {page.url}")


def by_key(person: Person, name: str, key: str = "Enter") -> None:
    comes_to(person.page, name)
    person.page.keyboard.press(key)


def types(person: Person, name: str, text: str) -> None:
    comes_to(person.page, name, field=True)
    person.page.keyboard.type(text)


def read(person: Person) -> list[str]:
    return list(person.page.evaluate("window.read"))


def test_the_main_job_is_done_by_keys_and_read_once(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(0), cards["khoa"], **phone).signs_in("/helping")

    minh.goes_to(f"{LESSON}/2")
    by_key(minh, "Em bị kẹt")
    minh.is_at("/ask")
    types(minh, "Hoặc viết lời của em", "Em bấm đường dẫn mà máy hỏi mã phòng.")
    by_key(minh, "Gửi, nhờ giúp")
    minh.is_at(r"/requests/\d+$")
    khoa.sees("Em bấm đường dẫn mà máy hỏi mã phòng.")
    by_key(khoa, "Nhận giúp")
    minh.sees("Anh Khoa sẵn sàng giúp")
    by_key(minh, "Đồng ý để anh Khoa giúp")
    minh.is_at(r"/rooms/\d+$")
    khoa.sees("Vào phòng học")
    by_key(khoa, "Vào phòng học")
    khoa.is_at(r"/rooms/\d+$")

    for person in (minh, khoa):
        by_key(person, "Trò chuyện")
        log = person.page.get_by_role("log", name="Tin nhắn")
        expect(log).to_be_visible()
        assert log.evaluate("(one) => one.ariaLive ?? 'polite'") == "polite"
        expect(person.page.get_by_role("textbox", name="Tin nhắn")).to_be_visible()
        person.page.evaluate(READER)
    types(minh, "Tin nhắn", "Em chào anh ạ")
    by_key(minh, "Gửi tin nhắn")
    khoa.hears("Em chào anh ạ")
    minh.hears("Em chào anh ạ")
    expect(minh.page.locator("#messages > li.wait")).to_have_count(0)
    told = [text for text in read(khoa) if "Em chào anh ạ" in text]
    assert len(told) == 1 and "Minh" in told[0], read(khoa)
    assert not [text for text in read(minh) if "Em chào anh ạ" in text], read(minh)

    # What is held is said to whoever wrote it, with the reason, and to the others without its words.
    types(khoa, "Tin nhắn", "Em đọc giúp anh mã OTP vừa gửi về máy nhé")
    by_key(khoa, "Gửi tin nhắn")
    expect(khoa.page.locator("#messages > li.held")).to_have_count(1)
    expect(minh.page.locator("#messages > li.held")).to_have_count(1)
    own = [text for text in read(khoa) if "mã OTP" in text]
    assert len(own) == 1 and "chờ" in own[0], read(khoa)
    assert [text for text in read(minh) if "đang chờ xem lại" in text]
    assert not [text for text in read(minh) if "OTP" in text]

    # A picture is told by its words; near a pupil it waits for the teacher, which its sender hears.
    by_key(khoa, "Gửi ảnh")
    khoa.page.locator("#picture [type=file]").set_input_files(
        {"name": "anh.png", "mimeType": "image/png", "buffer": photo()}
    )
    expect(khoa.page.locator("#picture .preview img")).to_be_visible()
    types(khoa, "Ghi chú cho ảnh", "Nút ở góc dưới")
    by_key(khoa, "Gửi ảnh")
    for person in (khoa, minh):
        expect(person.page.locator("#messages > li.held")).to_have_count(2)
    own = [text for text in read(khoa) if "Nút ở góc dưới" in text]
    assert len(own) == 1 and "Đang chờ người trực xem trước khi gửi." in own[0], read(khoa)
    assert len([text for text in read(minh) if "đang chờ xem lại" in text]) == 2, read(minh)
    assert not [text for text in read(minh) if "Nút" in text]

    minh.page.locator("#calls > summary").press("Enter")
    by_key(minh, "Kết thúc")
    minh.is_at("/end$")
    by_key(minh, "Thoải mái", "Space")
    by_key(minh, "Gửi lời cảm ơn", "Space")
    by_key(minh, "Kết thúc")
    minh.sees("Đã gửi lời cảm ơn.")
    for person in (minh, khoa):
        person.leaves()
