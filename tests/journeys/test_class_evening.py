"""A whole class in one evening: from the file of 38 pupils to the first help of a child whose father has no email.

A mother on one shared phone, a father without phone number and email, a grandmother whom the school confirms as
guardian; times of the parts are printed.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import LAPTOP
from tests.journeys.person import Person
from tests.journeys.test_class_cards import LESSON, PASSWORD, Watch, child_card, claims, class_file, program
from tests.servers import Site

WORDS = "Em bấm đường dẫn mà máy hỏi mã phòng."


def takes_its_first_step(child: Person) -> None:
    child.goes_to(f"{LESSON}/1").presses("Bước tiếp theo").is_at(f"{LESSON}/2$")


def asks_for_help(child: Person, words: str) -> None:
    child.presses("Em bị kẹt").is_at("/ask")
    child.fills("Hoặc viết lời của em", words).presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")


@pytest.mark.full
def test_a_class_in_one_evening(site: Site, browser: Browser, phone: dict[str, Any], tmp_path: Path) -> None:
    program(site, "basis")
    cards, watch = site.cards(), Watch()
    hang = Person(browser, site.url(0), cards["hang"], **{**phone, "viewport": LAPTOP, "is_mobile": False}).signs_in()
    hang.page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    hang.presses("Lớp học").page.get_by_role("link", name="Lớp 4A").first.click()
    hang.presses("Lớp học").presses("Danh sách lớp và thẻ cho ba mẹ")
    hang.chooses_a_file("Tệp danh sách lớp", class_file(tmp_path)).presses("Xem thử")
    hang.sees("Nguyễn Thị Bảo").presses("Đúng, nhận 38 em").sees("Đã nhận 38 em.")
    watch.prints("the file of 38 pupils is in")
    codes = json.loads(program(site, "cards"))
    watch.prints("38 cards are printed")

    mother, father, grandmother = (Person(browser, site.url(len(site.ports) - 1), **phone) for _ in range(3))
    claims(mother, codes["Bảo"], "Nguyễn Thị Hoà", "Mẹ", "0912 345 678", shared=True)
    claims(father, codes["Cường"], "Trần Văn Tư", "Ba")
    claims(grandmother, codes["Dung"], "Lê Thị Sáu", "Ông, bà")
    watch.prints("three families claim their cards")

    hang.goes_to("/").page.get_by_role("link", name=re.compile("^Xác nhận ?: 3 thẻ")).click()
    hang.presses("Xác nhận cả 2 em").sees("Đã xác nhận 2 em.")
    grandmother.goes_to("/account").sees("chờ thầy cô").sees_not("Lớp 4A")  # not with the parents, in bulk
    hang.page.get_by_role("link", name="Mở Dung").click()
    hang.sees("Người thân chỉ đồng ý thay được")
    hang.page.locator("main").get_by_role("checkbox").check()
    hang.page.locator("main").get_by_role("button", name="Xác nhận", exact=True).click()
    hang.sees_not("Người thân chỉ đồng ý thay được")
    watch.prints("two are confirmed at once, the grandmother alone")

    with_grandmother = Person(browser, site.url(0), **phone).signs_in_as(*child_card(grandmother, "Dung"))
    takes_its_first_step(with_grandmother)
    watch.prints("the first step of the grandmother's child")
    card = child_card(mother, "Bảo")
    mother.signs_out().signs_in_as(*card)
    takes_its_first_step(mother)
    watch.prints("the first step of the mother's child, on the shared phone")

    child = Person(browser, site.url(0), **phone).signs_in_as(*child_card(father, "Cường"))
    takes_its_first_step(child)
    asks_for_help(child, WORDS)
    page = child.page.url.removeprefix(child.site)
    watch.prints("the first step and the first call for help of the father's child")
    khoa = Person(browser, site.url(0), cards["khoa"], **phone).signs_in("/helping")
    khoa.sees(WORDS).presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    child.presses("Đồng ý để anh Khoa giúp").sees("Ba mẹ ở cạnh em?")
    child.fills("Mật khẩu của ba mẹ", PASSWORD[:4])  # the father answers on his own phone before it is sent
    father.goes_to(page).presses("Tôi đồng ý để", exact=False)
    expect(child.page.get_by_label("Mật khẩu của ba mẹ")).to_have_count(0)
    child.presses("Vào phòng học").is_at(r"/rooms/\d+$")
    khoa.presses("Vào phòng học").is_at(r"/rooms/\d+$").says("Chào em, em đang thấy gì?")
    child.hears("Chào em, em đang thấy gì?").says("Em thấy ô mã phòng").hears("Em thấy ô mã phòng")
    khoa.hears("Em thấy ô mã phòng")
    watch.prints("the first help, with the father's word from his own phone")

    asks_for_help(mother, "Em chưa thấy nút vào lớp.")
    khoa.goes_to("/helping").sees("Em chưa thấy nút vào lớp.").presses("Nhận giúp")
    khoa.sees("Kết thúc phòng đó rồi nhận tiếp.").finds_the_page_accessible("helper-in-a-room", quick=True)
    khoa.presses("Mở phòng đó").is_at(r"/rooms/\d+$").hears("Em thấy ô mã phòng")
    for one in (hang, mother, father, grandmother, with_grandmother, child, khoa):
        one.leaves()
