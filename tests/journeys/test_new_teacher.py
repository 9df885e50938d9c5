"""A new teacher sets up the second factor, comes back with a code, and is asked again before a marked act."""

import re
from typing import Any

import pyotp
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.journeys.test_parent_joins import PASSWORD, PHONE_NUMBER
from tests.servers import Site

LATER, MUCH_LATER = 60, 15 * 60  # seconds: to another code; to being asked again who it is


def code_for_teacher(quang: Person, admin: Person) -> str:
    """The coordinator makes a code for one teacher, and a second person confirms it."""
    quang.goes_to("/").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    quang.presses("Cài đặt").presses("Tạo mã mới").ticks("giáo viên").presses("Tạo mã")
    quang.sees("cần một người thứ hai xác nhận")
    path = re.sub(r"^https?://[^/]+", "", quang.page.url)
    admin.goes_to(path).presses("Xác nhận mã").is_at(r"/units/\d+$")
    quang.goes_to(path).sees("Quét mã, hoặc mở")
    return re.sub(r"\W", "", quang.page.locator(".poster .code").inner_text())


def signs_up(who: Person, code: str) -> None:
    who.goes_to("/join").fills("Mã tham gia", code).presses("Tiếp tục").sees("Bốn từ dễ nhớ")
    who.fills("Họ tên", "Trần Thị Sáu")
    who.page.get_by_label("Xưng hô").select_option("cô")
    who.page.get_by_label("Số điện thoại, email hoặc tên đăng nhập").fill(PHONE_NUMBER)
    who.page.get_by_label("Mật khẩu").first.fill(PASSWORD)
    who.ticks("Tôi đủ 18 tuổi")
    who.page.locator("main").get_by_role("button", name="Lập tài khoản").click()
    who.sees("Tên đăng nhập của bạn")


def gives_password(who: Person) -> None:
    who.goes_to("/sign-in").fills("Tên đăng nhập, số điện thoại hoặc email", PHONE_NUMBER)
    who.page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    who.page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()


def shown(app: pyotp.TOTP, site: Site) -> str:
    """What the app shows at the time of the site, which takes it for half a minute more."""
    return app.at(site.now())


def types(who: Person, label: str, text: str) -> Person:
    """Fill in the one field of the page and press Enter."""
    field = who.page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    return who


def test_a_new_teacher_sets_up_the_second_factor_and_is_asked_again_before_a_marked_act(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    quang = Person(browser, site.url(0), cards["quang"], **phone).signs_in()
    admin = Person(browser, site.url(0), cards["admin1"], **phone).signs_in()
    code = code_for_teacher(quang, admin)

    sau = Person(browser, site.url(len(site.ports) - 1), **phone)
    signs_up(sau, code)
    sau.goes_to("/").sees("Vai trò của bạn cần mã trên điện thoại").finds_the_page_accessible("start-without-factor")
    sau.presses("Bật mã trên điện thoại").sees("Bước 2: Đưa Cùng Học vào app")
    sau.page.get_by_text("Không quét được?").click()
    secret = sau.page.locator("details b").inner_text().replace(" ", "")
    sau.finds_the_page_accessible("set-up-factor")
    app = pyotp.TOTP(secret)
    types(sau, "6 số trên app", "000000").sees("Mã chưa đúng hoặc đã dùng rồi").finds_the_page_accessible(
        "set-up-factor-wrong"
    )
    assert (sau.page.locator("details b").text_content() or "").replace(" ", "") == secret
    types(sau, "6 số trên app", shown(app, site)).sees("Mười mã dự phòng").finds_the_page_accessible("recovery-codes")
    expect(sau.page.get_by_role("button", name="In mã")).to_be_visible()
    codes = sau.page.locator(".card-print li").all_inner_texts()
    assert len(set(codes)) == 10
    sau.presses("Tôi đã cất mã").goes_to("/account").sees("Đã gõ mã trên điện thoại").finds_the_page_accessible(
        "account"
    )
    sau.goes_to("/").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    sau.sees("Chờ xác nhận")

    sau.signs_out()
    gives_password(sau)
    sau.is_at("/sign-in/code").finds_the_page_accessible("sign-in-code")
    expect(sau.page.get_by_role("button", name="Đăng xuất")).to_have_count(0)  # nobody yet
    types(sau, "6 số trên app", "000000").sees("Mã chưa đúng hoặc đã dùng rồi")
    site.goes_on_after(LATER)
    types(sau, "6 số trên app", " ".join(re.findall("...", shown(app, site))))
    expect(sau.page.get_by_role("button", name="Đăng xuất")).to_be_attached()

    site.goes_on_after(MUCH_LATER)
    sau.goes_to("/account/second-factor").finds_the_page_accessible("second-factor")
    sau.presses("Tạo mười mã mới").is_at("/confirm-it-is-you").sees("Việc bạn vừa bấm chưa được làm")
    sau.finds_the_page_accessible("confirm-it-is-you")
    types(sau, "6 số trên app", shown(app, site)).is_at("/account/second-factor$")
    sau.presses("Tạo mười mã mới").sees("Mười mã dự phòng")
    new = sau.page.locator(".card-print li").all_inner_texts()
    assert not set(new) & set(codes)

    # The phone stays at home: a code from paper does, and only a new one.
    sau.signs_out()
    gives_password(sau)
    sau.presses("Dùng mã dự phòng").finds_the_page_accessible("recovery-code")
    types(sau, "Mã dự phòng", codes[0]).sees("Mã dự phòng chưa đúng hoặc đã dùng rồi")
    types(sau, "Mã dự phòng", new[0].lower()).sees("còn 9 mã").is_at("/account/second-factor$")

    # A demonstration account is asked for its passphrase instead.
    quang.goes_to("/board")
    site.goes_on_after(MUCH_LATER)
    quang.goes_to("/account/second-factor/set-up").is_at("/confirm-it-is-you").sees("Xác nhận đúng là bạn")
    quang.finds_the_page_accessible("confirm-by-passphrase").fills("Mật khẩu", cards["quang"]["passphrase"])
    quang.presses("Xác nhận").sees("Bước 1: Cài app tạo mã")
    for person in (quang, admin, sau):
        person.leaves()
