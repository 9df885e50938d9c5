"""The first day of a school in browsers: from the link in the terminal to a class list and a claimed card.

Two administrators, a coordinator, a mother and her child take part. They go by the words of the pages alone.
"""

import re
import subprocess
import time
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser import LAPTOP, PHONE
from tests.community.class_files.spreadsheets import workbook
from tests.waiting import until

SCHOOL, GROUP, PUPIL = "Trường Tiểu học Minh Hoạ", "Lớp 4A", "Nguyễn Thị Bảo"
PASSWORD = "bốn con mèo trắng ngủ trưa"
FAMILY_PASSWORD = "bốn quả cam ngọt"
WORDS_A_MINUTE = 250  # syllables: an unhurried reader of Vietnamese
KEYS_A_SECOND = 3
PHONE_SECONDS = 45  # a scan and six digits, with the app installed; ten recovery codes copied
SCAN_SECONDS = 10  # the camera opened and held over a printed code
LINK = re.compile(r"https?://\S+/set-up/\S+")


class Stopwatch:
    """Prints the seconds of the site, and beside them how far people are who read each page and type each answer."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def prints(self, part: str, person: "Someone") -> None:
        print(
            f"{part}: {time.monotonic() - self.began:.0f} s of the site, {person.clock / 60:.1f} min of people",
            flush=True,
        )


class Someone:
    """A person with a browser and a clock of their own: reading, typing and the phone move the clock on."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.clock = 0.0
        self.secret = ""
        self.pressed: str | re.Pattern[str] = ""
        self.known: set[str] = set()
        asked = self.page.get_by_role("heading", name="Xác nhận đúng là bạn", exact=True)
        self.page.add_locator_handler(asked, self.is_asked_again)

    def is_asked_again(self) -> None:
        """Types a new code when the site asks once more who it is, which it does after ten minutes."""
        undone = "undone" in self.page.url
        self.page.locator("#code").fill(pyotp.TOTP(self.secret).now())
        self.clock += 6 / KEYS_A_SECOND
        self.page.get_by_role("main").get_by_role("button", name="Xác nhận", exact=True).click()
        if undone:  # what was pressed is pressed again
            self.page.get_by_role("main").get_by_role("button", name=self.pressed).click()

    def reads(self) -> None:
        """Reads what is new to this person on the page."""
        lines = set(self.page.get_by_role("main").inner_text().splitlines()) - self.known
        self.known |= lines
        self.clock += sum(len(line.split()) for line in lines) * 60 / WORDS_A_MINUTE

    def begins_after(self, *others: "Someone") -> "Someone":
        """Waits for what others hand over."""
        self.clock = max(self.clock, *(one.clock for one in others))
        return self

    def goes_to(self, address: str) -> "Someone":
        answer = self.page.goto(address)
        assert answer is not None and answer.ok, f"{address}: {answer and answer.status}"
        return self

    def types(self, label: str | re.Pattern[str], text: str) -> "Someone":
        field = self.page.get_by_role("main").get_by_label(label)
        field.first.fill(text)
        self.clock += len(text) / KEYS_A_SECOND
        return self

    def presses(self, name: str | re.Pattern[str]) -> "Someone":
        """Presses a button or follows a link of the main part, after reading the page."""
        self.reads()
        self.pressed = name
        main = self.page.get_by_role("main")
        exact = isinstance(name, str)
        main.get_by_role("button", name=name, exact=exact).or_(main.get_by_role("link", name=name, exact=exact)).filter(
            visible=True
        ).first.click()
        return self

    def sees(self, text: str | re.Pattern[str]) -> "Someone":
        expect(self.page.get_by_role("main").get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def hears(self, text: str) -> "Someone":
        """Sees a message above the main part."""
        expect(self.page.get_by_text(text)).to_be_visible()
        return self

    def puts_the_code_on_a_phone(self) -> None:
        self.sees("Bước 1: Cài app tạo mã")
        found = re.search(r"secret=([A-Z2-7]+)", self.page.content())
        assert found is not None
        self.secret = found[1]
        self.page.locator("#code").fill(pyotp.TOTP(self.secret).now())
        self.clock += PHONE_SECONDS
        self.presses("Bật mã").sees("Các mã này chỉ hiện một lần").presses("Tôi đã cất mã")

    def comes_back(self) -> "Someone":
        """Follows the way back to the set-up, which stands above other pages."""
        self.page.get_by_role("link", name="Trở lại thiết lập trang").click()
        return self

    def shown_once(self) -> str:
        return self.page.locator(".secret").inner_text()


def printed_link(said: str) -> str:
    """The link in what a terminal shows."""
    found = LINK.findall(said)
    assert found, said
    return str(found[-1])


def first_day(browser: Browser, link: str, folder: Path) -> None:
    """Walks from the link to a claimed card; prints the time of each part."""
    site, watch = "/".join(link.split("/")[:3]), Stopwatch()

    def someone(size: dict[str, int] = LAPTOP) -> Someone:
        context = browser.new_context(viewport=size, base_url=site, accept_downloads=True)  # type: ignore[arg-type]
        return Someone(context)

    admin, second, coordinator, mother = someone(), someone(PHONE), someone(), someone(PHONE)
    until(lambda: _opens(admin.page, site), "the site answers", 300)
    admin.goes_to(link).presses("Bắt đầu").presses("Tiếp tục")
    admin.types("Tên của trang", "Học Vui Bình An").presses("Lưu và tiếp tục")
    admin.types("Họ tên", "Trần Văn Mẫu").types("Mật khẩu", PASSWORD).presses("Lập tài khoản")
    admin.puts_the_code_on_a_phone()
    watch.prints("the first administrator is in", admin)

    admin.presses("Làm tiếp: Người quản trị thứ hai").presses("Làm mã").sees("Mã chỉ hiện lần này")
    code = admin.shown_once()
    second.begins_after(admin).goes_to("/second-admin").types("Mã cho người quản trị thứ hai", code).types(
        "Họ tên", "Lê Thị Mẫu"
    )
    second.types("Mật khẩu", PASSWORD).presses("Lập tài khoản").puts_the_code_on_a_phone()
    watch.prints("the second administrator is in", second)

    admin.presses("Tiếp tục").types("Tìm phường, xã, đặc khu", "an khanh ho chi minh").presses("Tìm")
    admin.page.get_by_role("radio", name="Phường An Khánh").check()
    admin.presses("Chọn nơi này").types("Tên trường", SCHOOL).types("Các lớp", "4A, 4B, 5A")
    admin.presses("Lập trường và lớp").sees("3 lớp")
    _invite(admin, second)
    address = admin.page.get_by_role("main").locator("a[href*='/join/']").inner_text()
    coordinator.begins_after(admin, second)
    admin.comes_back().presses("Phường An Khánh").presses("Tiếp tục")
    admin.presses(re.compile(f"^Ghi số trực ?: {SCHOOL}")).types("Số gọi khi khẩn cấp", "028 3822 1234").presses("Lưu")
    admin.comes_back().presses("Tiếp tục").presses("Trang này không gửi thư")
    admin.presses("Làm khoá").types("Tám ký tự cuối của khoá", admin.shown_once()[-8:]).presses("Tôi đã cất khoá")
    admin.sees("Tám việc đều xong.")
    watch.prints("the site is set up", admin)

    coordinator.goes_to(address).types("Họ tên", "Phạm Thị Mẫu").types(re.compile("^Mật khẩu"), PASSWORD)
    coordinator.page.get_by_label(re.compile("^Tôi đủ 18 tuổi")).check()
    coordinator.presses("Lập tài khoản").presses(f"Mở trang {SCHOOL}").puts_the_code_on_a_phone()
    coordinator.presses("Lớp học").presses(GROUP).presses("Lớp học").presses("Danh sách lớp và thẻ cho ba mẹ")
    coordinator.page.get_by_label("Tệp danh sách lớp").set_input_files(class_file(folder))
    coordinator.presses("Xem thử").sees(PUPIL).presses("Đúng, nhận 3 em").hears("Đã nhận 3 em.")
    coordinator.page.locator("main .crumb a").click()
    watch.prints("the class list is loaded", coordinator)

    coordinator.sees("chưa in thẻ")
    with coordinator.page.expect_download() as coming:
        coordinator.presses("In thẻ cho các em chưa có người nhận")
    coming.value.save_as(folder / "cards.pdf")
    mother.begins_after(coordinator)
    _claim(mother, card_code(folder / "cards.pdf", PUPIL.split()[-1]))
    watch.prints("a mother has claimed a card", mother)
    for one in (admin, second, coordinator, mother):
        one.page.context.close()


def _invite(admin: Someone, second: Someone) -> None:
    """The first administrator records the basis and invites a coordinator, the second one confirms the code.

    The links stand beside the new school. The first one goes on while the coordinator begins.
    """
    admin.presses(re.compile(f"^Ghi căn cứ nhận danh sách lớp ?: {SCHOOL}"))
    admin.types("Căn cứ pháp lý", "Ý kiến pháp lý mẫu, ngày 1 tháng 12")
    admin.types(re.compile("^Thoả thuận giữa"), "Thoả thuận mẫu số 1, ngày 1 tháng 12")
    admin.presses("Ghi và bật").sees("Đang bật.")
    admin.comes_back().presses("Phường An Khánh")
    admin.presses(re.compile(f"^Mời điều phối viên ?: {SCHOOL}"))
    admin.page.get_by_role("radio", name=re.compile("^điều phối viên")).check()
    admin.presses("Tạo mã").sees("cần một người thứ hai xác nhận")
    second.begins_after(admin).goes_to("/").presses(re.compile("^Xem ?: Mã mời điều phối viên")).presses("Xác nhận mã")
    second.hears("Đã xác nhận. Mã dùng được từ bây giờ.")
    admin.page.reload()


def _claim(mother: Someone, code: str) -> None:
    """A mother scans a printed card with her phone, and hands it to her child for its own answers."""
    mother.clock += SCAN_SECONDS
    mother.goes_to(f"/card/{code.replace('-', '')}").sees("Thẻ của")
    mother.types("Họ tên của bạn", "Nguyễn Thị Hoà").types(re.compile("^Mật khẩu"), FAMILY_PASSWORD)
    mother.page.get_by_label(re.compile("^Mẹ")).check()
    for purpose in ("profile", "pairing", "chat"):
        mother.page.locator(f'[name="purposes"][value="{purpose}"]').check()
        mother.page.locator(f'[name="assents"][value="{purpose}"]').check()
    mother.page.get_by_label(re.compile("^Tôi đủ 18 tuổi")).check()
    mother.presses("Gửi cho thầy cô").sees("Thẻ đã nhận")


def _opens(page: Page, address: str) -> bool:
    try:
        answer = page.goto(address)
    except Error:  # it has printed the link, and does not listen yet
        return False
    return answer is not None and answer.ok


def card_code(sheet: Path, called: str) -> str:
    """The code that stands on a printed card, as pdftotext reads it."""
    text = subprocess.run(["pdftotext", "-layout", str(sheet), "-"], capture_output=True, text=True, check=True).stdout
    assert called in text
    found = re.search(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}\b", text)
    assert found is not None, text
    return found[0]


def class_file(folder: Path) -> Path:
    """A class list as schools export it."""
    made = folder / "lop4a.xlsx"
    rows = ((1, PUPIL, "05/03/2016"), (2, "Trần Văn Cường", "12/07/2016"), (3, "Lê Thị Dung", "23/11/2016"))
    head = ("STT", "Họ và tên (*)", "Ngày sinh (*)")
    made.write_bytes(workbook(("DANH SÁCH LỚP 4A",), head, *rows))
    return made
