"""A mother with a shared phone comes in by a poster, adds her child, and is helped by a pupil of grade 11."""

import re
import unicodedata
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

PHONE_NUMBER = "0912 345 678"
PASSWORD = "bốn đồ vật trong nhà"


def poster_code(hang: Person) -> str:
    """The teacher makes a poster for the parents of class 6A."""
    hang.goes_to("/").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    hang.finds_the_page_accessible("unit").presses("Lớp học").finds_the_page_accessible("unit-classes")
    hang.page.get_by_role("link", name="Lớp 6A").click()
    hang.presses("Cài đặt").finds_the_page_accessible("unit-settings").presses("Tạo mã mới")
    hang.finds_the_page_accessible("new-code")
    hang.ticks("phụ huynh").fills("Bao nhiêu người dùng được", "40").presses("Tạo mã")
    hang.sees("Quét mã, hoặc mở").finds_the_page_accessible("poster")
    shown = hang.page.locator(".poster .code").inner_text()
    return re.sub(r"\W", "", shown)


def sign_up(who: Person, code: str, name: str, form: str) -> None:
    sign_up_on(who.goes_to("/join"), code, name, form)


def sign_up_on(who: Person, code: str, name: str, form: str) -> None:
    """From the page of the code on."""
    who.finds_the_page_accessible("join").fills("Mã tham gia", code.lower()).presses("Tiếp tục")
    who.sees("Lập tài khoản").finds_the_page_accessible("sign-up")
    who.fills("Họ tên", name)
    who.page.get_by_label("Xưng hô").select_option(form)
    who.page.get_by_label("Số điện thoại, email hoặc tên đăng nhập").fill(PHONE_NUMBER)
    who.page.get_by_label("Mật khẩu").first.fill(PASSWORD)
    who.ticks("Tôi đủ 18 tuổi").ticks("Đây là máy dùng chung")
    who.page.locator("main").get_by_role("button", name="Lập tài khoản").click()
    who.sees("Tên đăng nhập của bạn").finds_the_page_accessible("welcome")


def test_a_mother_comes_in_by_a_poster_and_adds_her_child(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    mother = Person(browser, site.url(len(site.ports) - 1), **phone)
    username, words, _code = comes_in_with_her_child(hang, mother)

    # The child signs in on the same phone with the card, without accents and in capitals.
    child = Person(browser, site.url(0), **phone)
    child.signs_in_as(username.upper(), plain(words)).sees("Bống")
    for person in (hang, mother, child):
        person.leaves()


def comes_in_with_her_child(hang: Person, mother: Person) -> tuple[str, str, str]:
    """By the teacher's poster; gives the child's user name and passphrase, and the poster's code."""
    code = poster_code(hang)
    mother.goes_to("/join").fills("Mã tham gia", "KHONGCO1").presses("Tiếp tục").sees("Không có mã này")
    sign_up(mother, code, "Nguyễn Thị Hoà", "chị")

    mother.presses("Lập hồ sơ cho con").finds_the_page_accessible("add-child")
    boxes = mother.page.get_by_role("checkbox")
    assert [boxes.nth(n).is_checked() for n in range(boxes.count())] == [False] * boxes.count()  # nothing is pre-ticked
    mother.fills("Tên gọi của con", "Bống").chooses("Con học lớp mấy", "Lớp 6").fills("Năm sinh của con", "2015")
    mother.page.get_by_label("mẹ", exact=True).check()
    mother.page.get_by_label("Lớp 6A").check()
    for n in range(boxes.count()):
        boxes.nth(n).check()
    mother.presses("Lập hồ sơ").sees("Bống ơi, em có đồng ý không?").finds_the_page_accessible("assent")
    for group in mother.page.get_by_role("group").all():
        group.get_by_role("radio").first.check()
    mother.presses("Gửi câu trả lời của em").sees("Đang chờ thầy cô").finds_the_page_accessible("child")

    hang.goes_to("/").sees("Bống").page.get_by_role("link", name=re.compile("^Xác nhận ?: .*Lớp 6A")).click()
    hang.finds_the_page_accessible("unit-waiting").page.get_by_role("link", name=re.compile("^Xác nhận")).first.click()
    hang.finds_the_page_accessible("confirm")
    hang.page.locator("main").get_by_role("button", name=re.compile("Xác nhận")).click()
    mother.goes_to("/account").finds_the_page_accessible("account")
    mother.page.get_by_role("link", name=re.compile("Bống")).click()
    mother.presses("Cấp thẻ cho con").sees("Bốn từ của em").finds_the_page_accessible("card")
    words = mother.page.locator(".card-print dd").nth(2).inner_text()
    username = mother.page.locator(".card-print dd").nth(1).inner_text()
    return username, words, code


@pytest.mark.full
def test_a_mother_who_came_in_by_a_poster_is_helped_in_an_observed_room(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    mother = Person(browser, site.url(len(site.ports) - 1), **phone)
    _username, _words, code = comes_in_with_her_child(hang, mother)

    mother.goes_to("/ask").finds_the_page_accessible("ask-for-whom")
    mother.page.get_by_label("Việc khác, chọn trong danh sách").select_option(index=1)
    mother.fills("Kể ngắn gọn", "Tôi chưa biết vào lớp họp phụ huynh.").presses("Gửi, nhờ giúp").sees("đang đứng thứ")

    khoa = Person(browser, site.url(0), cards["khoa"], **phone).signs_in()
    khoa.goes_to("/helping").sees("Tôi chưa biết vào lớp họp phụ huynh.").presses("Nhận giúp")
    mother.sees("Em Khoa sẵn sàng giúp").sees(re.compile("Người trực có thể xem phòng"))
    mother.presses("Đồng ý để em Khoa giúp").is_at(r"/rooms/\d+$").says("Chào em").hears("Chào em")
    expect(mother.page.locator("#watch")).to_contain_text("Cô Hằng")
    khoa.presses("Vào phòng học").hears("Chào em").says("Dạ em chào chị").hears("Dạ em chào chị")
    mother.hears("Dạ em chào chị").finds_the_page_accessible("room-adult")

    # The grandmother shares number and password: she is asked to use the name on her card.
    grandmother = Person(browser, site.url(0), **phone)
    sign_up(grandmother, code, "Trần Thị Sáu", "bà")
    both = Person(browser, site.url(0), **phone).goes_to("/sign-in")
    both.fills("Tên đăng nhập, số điện thoại hoặc email", PHONE_NUMBER).fills("Mật khẩu", PASSWORD)
    both.page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()
    both.sees("dùng chung số này")
    for person in (hang, mother, khoa, grandmother, both):
        person.leaves()


def plain(words: str) -> str:
    """As it is typed on a keyboard without Vietnamese."""
    decomposed = unicodedata.normalize("NFD", words.replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()
