"""A mother gives an email address, chooses what comes by letter, hears of her son by one, and stops such letters."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests import smtp_server
from tests.journeys.person import Person
from tests.servers import Site
from tests.waiting import until

LESSON = "/lessons/vao-lop-bang-duong-dan"
ADDRESS = "lan@example.vn"
ROOMS = "Phòng học mở, có người chờ trong phòng"


@pytest.fixture
def office() -> Iterator[smtp_server.Office]:
    with smtp_server.office() as server:
        yield server


@pytest.fixture
def site(office: smtp_server.Office) -> Iterator[Site]:
    with Site(SMTP_URL=office.url, MAIL_FROM="Cùng Học <hoc@example.vn>") as made:
        yield made.prepare().start(1)


def letter(office: smtp_server.Office, subject: str) -> EmailMessage:
    """The letter of this subject, once it has come."""
    return until(lambda: next((one for one in list(office.letters) if one["Subject"] == subject), None), subject)


def plain(one: EmailMessage, kind: str = "plain") -> str:
    part = one.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def path_in(text: str, beginning: str) -> str:
    """The path of the address that begins like this."""
    found = re.search(rf"http://\S+?{beginning}\S*", text)
    assert found, text
    return urlsplit(found[0]).path


def gives_an_address(lan: Person, office: smtp_server.Office) -> None:
    lan.goes_to("/account").sees("Chưa có email").presses("Thêm email").is_at("/account/email$")
    lan.finds_the_page_accessible("email-add").fills("Địa chỉ email", ADDRESS).presses("Gửi thư xác nhận")
    lan.sees("Đã gửi thư tới l…n@example.vn.").sees("Chưa có email")
    lan.goes_to(path_in(plain(letter(office, "Xác nhận địa chỉ email cho Cùng Học")), "/account/email/"))
    lan.sees("l…n@example.vn").finds_the_page_accessible("email-confirm").presses("Xác nhận địa chỉ này")
    lan.is_at("/account$").sees("Đã xác nhận email.").finds_the_page_accessible("account-with-email")


def chooses_letters(lan: Person) -> None:
    """Rooms that open, by letter; no quiet hours, so that the journey is the same at any time of day."""
    lan.goes_to("/notices/choices")
    lan.page.get_by_role("group", name=ROOMS).get_by_label("Email").check()
    lan.fills("Từ", "12:00").fills("Đến", "12:00").finds_the_page_accessible("choices-mail").presses("Lưu")
    lan.sees("Đã lưu cách nhận thông báo.")


def is_helped(minh: Person, khoa: Person) -> None:
    khoa.signs_in("/helping")
    minh.signs_in(f"{LESSON}/2").presses("Em bị kẹt").is_at("/ask")
    minh.fills("Hoặc viết lời của em", "Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Gửi, nhờ giúp").is_at(
        r"/requests/\d+$"
    )
    khoa.sees("Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    minh.sees("Anh Khoa sẵn sàng giúp").presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")


def test_a_guardian_is_told_by_a_letter_that_names_no_child_and_stops_such_letters(
    site: Site, office: smtp_server.Office, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    lan, minh, khoa = (Person(browser, site.url(), cards[name], **phone) for name in ("lan", "minh", "khoa"))
    gives_an_address(lan.signs_in(), office)
    chooses_letters(lan)
    is_helped(minh, khoa)

    told = letter(office, "Phòng học của bạn đã mở")
    assert told["To"] == ADDRESS
    both = plain(told) + plain(told, "html")
    assert both.count("Phòng học của bạn đã mở") >= 2 and not re.search(r"Minh|Khoa|mã phòng", both), both
    lan.goes_to(path_in(plain(told), "/rooms/")).is_at(r"/rooms/\d+$")
    lan.goes_to("/notices").sees(re.compile("Minh đang được em Khoa giúp")).finds_the_page_accessible("notices-lan")

    lan.goes_to(path_in(plain(told), "/notices/off/")).sees(ROOMS).finds_the_page_accessible("letters-off")
    lan.presses("Ngừng nhận thư về việc này").sees("Từ giờ không có email nào về các việc trên.")
    lan.finds_the_page_accessible("letters-stopped").presses("Chọn lại cách nhận thông báo")
    expect(lan.page.get_by_role("group", name=ROOMS).get_by_label("Email")).not_to_be_checked()
    for person in (lan, minh, khoa):
        person.leaves()
