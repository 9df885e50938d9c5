"""From the file of a class to three families with their cards, and to a child's first step and first call for help.

A mother on a shared phone, a father without phone number and email, a grandmother who may not consent; times printed.
"""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import LAPTOP
from tests.community.class_files.spreadsheets import workbook
from tests.forked_processes import done
from tests.journeys.person import Person
from tests.servers import Site

PASSWORD = "bốn quả cam ngọt"
FIRST = ("Nguyễn Thị Bảo", "Trần Văn Cường", "Lê Thị Dung")
SYLLABLES = ("Giang", "Hà", "Khôi", "Linh", "Mai", "Nga", "Oanh")
LESSON = "/lessons/vao-lop-bang-duong-dan"


def program(site: Site, act: str) -> str:
    status, out, err = done("tests.journeys.class_cards", act, env={**site.env, "JOBS": "0"})
    assert status == 0, err
    return out


def class_file(folder: Path) -> Path:
    """A workbook of 38 pupils under a title, as schools export it."""
    names = [*FIRST, *(f"Phạm {SYLLABLES[n // 7]} {SYLLABLES[n % 7]}" for n in range(35))]
    rows = [(n, name, f"{n % 27 + 1:02}/03/2016") for n, name in enumerate(names, 1)]
    made = folder / "lop4a.xlsx"
    made.write_bytes(workbook(("DANH SÁCH LỚP 4A",), ("STT", "Họ và tên (*)", "Ngày sinh (*)"), *rows))
    return made


class Watch:
    """Prints how long each part of the evening took."""

    def __init__(self) -> None:
        self.at = time.monotonic()

    def prints(self, part: str) -> None:
        now = time.monotonic()
        print(f"{part}: {now - self.at:.1f} s")
        self.at = now


def claims(who: Person, code: str, name: str, relation: str, phone_number: str = "", shared: bool = False) -> None:
    who.goes_to("/join").fills("Mã tham gia", f"{code[:5]}-{code[5:]}".lower()).presses("Tiếp tục")
    who.sees("Thẻ của").finds_the_page_accessible("card", quick=True)
    boxes = who.page.locator("main").get_by_role("checkbox")
    assert not any(boxes.nth(n).is_checked() for n in range(boxes.count()))  # nothing is ticked beforehand
    who.fills("Họ tên của bạn", name)
    who.page.get_by_label(re.compile(f"^{relation}")).check()
    if phone_number:
        who.page.get_by_label(re.compile("^Số điện thoại")).fill(phone_number)
    who.page.get_by_label("Mật khẩu").first.fill(PASSWORD)
    for purpose in ("profile", "pairing", "chat"):
        who.page.locator(f'[name="purposes"][value="{purpose}"]').check()
        who.page.locator(f'[name="assents"][value="{purpose}"]').check()
    who.ticks("Tôi đủ 18 tuổi")
    if shared:
        who.ticks("Đây là máy dùng chung")
    who.presses("Gửi cho thầy cô").is_at("/card$").sees("chờ thầy cô").finds_the_page_accessible(
        "card-claimed", quick=True
    )


@pytest.mark.full
def test_a_class_comes_in_and_three_families_claim(
    site: Site, browser: Browser, phone: dict[str, Any], tmp_path: Path
) -> None:
    program(site, "basis")
    cards, watch = site.cards(), Watch()
    hang = Person(browser, site.url(0), cards["hang"], **{**phone, "viewport": LAPTOP, "is_mobile": False}).signs_in()

    hang.page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    hang.presses("Lớp học").page.get_by_role("link", name="Lớp 4A").first.click()
    hang.presses("Lớp học").presses("Danh sách lớp và thẻ cho ba mẹ")
    hang.chooses_a_file("Tệp danh sách lớp", class_file(tmp_path)).presses("Xem thử")
    hang.sees("Nguyễn Thị Bảo").presses("Đúng, nhận 38 em").sees("Đã nhận 38 em.")
    hang.page.locator("main .crumb a").click()
    hang.sees("chưa in thẻ").sees_not("Nguyễn Thị Bảo").finds_the_page_accessible("class-list", quick=True)
    watch.prints("the file of 38 pupils is in")

    with hang.page.expect_download() as coming:
        hang.presses("In thẻ cho các em chưa có người nhận")
    assert Path(coming.value.path()).read_bytes().count(b"/Type /Page\n") == 5  # eight on a sheet
    watch.prints("38 cards are printed")
    codes = json.loads(program(site, "cards"))  # a reprint, whose codes a test can read

    mother, father, grandmother = (Person(browser, site.url(len(site.ports) - 1), **phone) for _ in range(3))
    watch.prints("(the test's own)")
    claims(mother, codes["Bảo"], "Nguyễn Thị Hoà", "Mẹ", "0912 345 678", shared=True)
    watch.prints("a mother on a shared phone claims")
    claims(father, codes["Cường"], "Trần Văn Tư", "Ba")
    father.sees("Tên đăng nhập của bạn").sees("tu.tv")
    watch.prints("a father without phone number and email claims")
    claims(grandmother, codes["Dung"], "Lê Thị Sáu", "Ông, bà")
    watch.prints("a grandmother holds the phone")
    for one in (mother, father, grandmother):  # no claimant sees anything of the class before the teacher confirms
        one.goes_to("/account").sees("chờ thầy cô").sees_not("Lớp 4A")
    watch.prints("(the test's own)")

    hang.goes_to("/").sees("3 thẻ chờ bạn xác nhận")
    hang.page.get_by_role("link", name=re.compile("^Xác nhận ?: 3 thẻ")).click()
    hang.sees("Xem từng em").finds_the_page_accessible("class-claims", quick=True)
    hang.presses("Xác nhận cả 2 em").sees("Đã xác nhận 2 em.")
    watch.prints("two are confirmed, two clicks from the start page")
    hang.page.get_by_role("link", name="Mở Dung").click()
    hang.sees("Người thân chỉ đồng ý thay được").finds_the_page_accessible("class-claim", quick=True)
    hang.page.get_by_label("Lý do").fill("Nhờ ba mẹ của em đồng ý giúp")
    hang.page.locator("main").get_by_role("button", name="Không nhận người này").click()
    hang.sees("Đã từ chối.")
    grandmother.goes_to("/card").sees("Nhờ ba mẹ của em đồng ý giúp")
    watch.prints("the grandmother's claim is refused")

    words = "Em bấm đường dẫn mà máy hỏi mã phòng."
    on_shared_phone(mother, *child_card(mother, "Bảo"))
    mother.goes_to(f"{LESSON}/1").presses("Bước tiếp theo").is_at(f"{LESSON}/2$")
    watch.prints("the child's first step of a lesson, on the mother's phone")
    mother.presses("Em bị kẹt").is_at("/ask")
    mother.fills("Hoặc viết lời của em", words).presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")
    watch.prints("the child's first call for help")
    khoa = Person(browser, site.url(0), cards["khoa"], **phone).signs_in("/helping")
    khoa.sees(words).presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    mother.presses("Đồng ý để anh Khoa giúp").sees("Ba mẹ ở cạnh em?").finds_the_page_accessible(
        "guardian-beside", quick=True
    )
    mother.fills("Mật khẩu của ba mẹ", PASSWORD).presses("Ba mẹ đồng ý").is_at(r"/rooms/\d+$")
    khoa.presses("Vào phòng học").is_at(r"/rooms/\d+$").says("Chào em, em đang thấy gì?")
    mother.hears("Chào em, em đang thấy gì?").says("Em thấy ô mã phòng").hears("Em thấy ô mã phòng")
    khoa.hears("Em thấy ô mã phòng")
    watch.prints("the child's first help, with the mother's word on the child's page")

    card = child_card(father, "Cường")
    child = Person(browser, site.url(0), **phone).signs_in_as(*card)
    child.goes_to(f"{LESSON}/1").presses("Bước tiếp theo").is_at(f"{LESSON}/2$")
    watch.prints("the first step of the father's child, on a device of its own")
    for one in (hang, mother, father, grandmother, child, khoa):
        one.leaves()


def child_card(guardian: Person, called: str) -> tuple[str, str]:
    """The guardian makes the child's card; gives its user name and passphrase."""
    guardian.goes_to("/account").page.get_by_role("link", name=re.compile(called)).click()
    guardian.presses("Cấp thẻ cho con").sees("Bốn từ của em")
    shown = guardian.page.locator(".card-print dd")
    return shown.nth(1).inner_text(), shown.nth(2).inner_text()


def on_shared_phone(who: Person, username: str, words: str) -> None:
    who.signs_out()
    who.signs_in_as(username, words)
