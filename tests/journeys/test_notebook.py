"""A mother keeps the codes of her dossiers: written, refused, copied by keyboard, reminded of, done, thrown away."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.person import Person
from tests.servers import Site
from tutoring.kernel.clock import local

CODE = "000.00.19.H29-260115-0012"
LONG = "G01.899.108.000-260115-001234-BO-SUNG-01"


def writes(lan: Person, code: str, about: str = "", look_again: str = "") -> Person:
    lan.goes_to("/notebook/new").page.get_by_label("Mã hồ sơ").fill(code)
    lan.page.get_by_label("Hồ sơ về việc gì").fill(about)
    lan.page.get_by_label("Ngày xem lại").fill(look_again)
    return lan.presses("Lưu")


def copies_by_keyboard(page: Page, code: str) -> None:
    """Reach the button of this code with the Tab key alone, and press it."""
    page.locator("h1").click()
    card = page.locator("li", has=page.get_by_text(code, exact=True))
    button = card.get_by_role("button", name="Chép mã")
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("(button) => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(card.get_by_role("status")).to_have_text("Đã chép")
    expect(button).to_be_focused()


def test_from_the_first_code_to_the_reminder(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    card = site.cards()["lan"]
    lan = Person(browser, site.url(0), card, **phone, permissions=["clipboard-read", "clipboard-write"]).signs_in()
    lan.goes_to("/account").presses("Mở sổ hồ sơ").sees("Không có hồ sơ nào đang theo dõi")
    lan.finds_the_page_accessible("notebook-empty")
    lan.presses("Ghi một hồ sơ").is_at("/notebook/new$").finds_the_page_accessible("notebook-new")

    # her own citizen number is refused; the rest of what she typed stays
    tomorrow = (local(datetime.now(UTC)) + timedelta(days=1)).date()
    writes(lan, "079203004567", "Khai sinh bé út", tomorrow.isoformat()).sees("Đây giống số căn cước")
    expect(lan.page.get_by_label("Hồ sơ về việc gì")).to_have_value("Khai sinh bé út")
    expect(lan.page.get_by_label("Ngày xem lại")).to_have_value(tomorrow.isoformat())
    expect(lan.page.get_by_label("Mã hồ sơ")).to_have_value("")
    lan.finds_the_page_accessible("notebook-refused")
    lan.page.get_by_label("Mã hồ sơ").fill(CODE)
    lan.presses("Lưu").sees("Đã ghi vào sổ.").sees(f"Xem lại ngày {tomorrow:%d/%m/%Y}")
    lan.finds_the_page_accessible("notebook-one")

    writes(lan, LONG, "Trợ cấp cho bà ngoại, quầy số 4 tầng 2")
    copies_by_keyboard(lan.page, CODE)
    assert lan.page.evaluate("navigator.clipboard.readText()") == CODE
    copies_by_keyboard(lan.page, LONG)
    assert lan.page.evaluate("navigator.clipboard.readText()") == LONG
    lan.finds_the_page_accessible("notebook-copied")

    for number in range(10):
        writes(lan, f"H29.24.16.07-260{number % 9 + 1:03}-{number:06}", f"Hồ sơ thứ {number + 3}")
    lan.finds_the_page_accessible("notebook-twelve")

    # the morning has come
    site.goes_on_after(32 * 3600)  # past eight, whenever this runs
    lan.goes_to("/notices").sees("Đến ngày xem lại một hồ sơ trong sổ của bạn.")
    lan.sees_not(CODE).finds_the_page_accessible("notebook-notice")
    lan.page.locator("li", has_text="Đến ngày xem lại một hồ sơ").get_by_role("button", name="Mở").click()
    lan.is_at(r"/notebook#entry-\d+$").sees("Đến ngày xem lại").finds_the_page_accessible("notebook-due")

    of_birth = lan.page.locator("li", has_text="Khai sinh bé út")
    of_birth.get_by_role("button", name="Xong").click()
    lan.sees("Hồ sơ đã xong.").page.get_by_text("Đã xong (1)").click()
    lan.finds_the_page_accessible("notebook-done")
    of_birth.get_by_role("link", name="Sửa").click()
    lan.page.get_by_text("Xoá hồ sơ này khỏi sổ").click()
    lan.sees("Xoá rồi thì không lấy lại được.").finds_the_page_accessible("notebook-delete")
    lan.presses("Xoá khỏi sổ").sees("Đã xoá khỏi sổ.").sees_not(CODE)
    lan.leaves()


def test_without_the_newer_way_to_copy_and_without_scripts(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    card = site.cards()["lan"]
    lan = Person(browser, site.url(0), card, **phone, permissions=["clipboard-read"]).signs_in()
    writes(lan, CODE)
    lan.page.goto("about:blank")
    lan.page.add_init_script("window.read = () => navigator.clipboard.readText()")
    lan.page.add_init_script("Clipboard.prototype.writeText = undefined")
    lan.goes_to("/notebook")
    copies_by_keyboard(lan.page, CODE)
    assert lan.page.evaluate("read()") == CODE
    lan.page.evaluate("getSelection().removeAllRanges()")
    lan.page.locator("code").click()  # one tap selects it all, for whoever has no scripts
    assert lan.page.evaluate("getSelection().toString().trim()") == CODE
    bare = Person(browser, site.url(0), card, **phone, java_script_enabled=False).signs_in()
    bare.goes_to("/notebook").sees(CODE)
    expect(bare.page.get_by_role("button", name="Chép mã")).to_have_count(0)
    bare.page.get_by_role("button", name="Xong").click()
    bare.sees("Hồ sơ đã xong.")
    for person in (lan, bare):
        person.leaves()
