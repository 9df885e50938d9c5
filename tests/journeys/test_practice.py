"""One rehearsal in every way: watched, together, alone, by keyboard in an exam, without scripts, without a name."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.person import Person
from tests.servers import Site

NAME = "ban-sao-khai-sinh"
REAL = "079123456789"  # looks like somebody's number; it is nobody's
BAND = "TẬP LUYỆN — không phải cổng thật"


def begins(one: Person, mode: str) -> Person:
    one.goes_to(f"/practice/{NAME}")
    one.page.locator(f"form:has(input[name=mode][value={mode}]) button").first.click()
    return one.sees(BAND)


def goes_on(page: Page, button: str, **fields: str) -> None:
    """Choose and type on a screen, then press its button."""
    for name, value in fields.items():
        field = page.locator(f"[name=set-{name}]")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f"[name=set-{name}][value='{value}']").check()
        else:
            field.fill(value)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()


def comes_to_the_form(page: Page) -> None:
    goes_on(page, "Tìm kiếm", tim="trich-luc")
    goes_on(page, "Cấp bản sao trích lục khai sinh")
    goes_on(page, "Nộp hồ sơ trực tuyến", noi_nop="phuong-tap")


def comes_to_the_trap(page: Page) -> None:
    goes_on(page, "Tiếp tục", ten_con="Lê Tập Luyện", ngay_sinh="8/3/2020", nhan_ket_qua="dien-tu")
    goes_on(page, "Xem lại hồ sơ", anh_khai_sinh="ro-bon-goc.jpg")
    goes_on(page, "Sang thanh toán", dong_y="yes")


def comes_to_the_end(page: Page) -> None:
    goes_on(page, "và nộp hồ sơ", noi_tra="vi-tap")
    goes_on(page, "Theo dõi hồ sơ", da_chep="yes")
    for _ in range(3):
        goes_on(page, "Sang ngày hôm sau")
    goes_on(page, "Nhận kết quả")


@pytest.mark.full
def test_watching_plays_by_itself_and_stops(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    anyone = Person(browser, site.url(0), **phone)
    anyone.goes_to("/practice").finds_the_page_accessible("practice-list")
    anyone.goes_to(f"/practice/{NAME}").finds_the_page_accessible("practice-scenario")
    anyone.presses("Xem làm mẫu").sees(re.compile("Bước 1 trên"))
    expect(anyone.page.get_by_role("button", name="Dừng")).to_be_visible()
    anyone.sees(re.compile("Bước 2 trên")).presses("Dừng")
    anyone.goes_to(f"/practice/{NAME}/watch?at=13").sees("Cán bộ phường đây")
    anyone.finds_the_page_accessible("practice-watch")
    anyone.presses("Tiếp").is_at("at=14")
    anyone.leaves()
    calm = Person(browser, site.url(0), **phone, reduced_motion="reduce")
    calm.goes_to(f"/practice/{NAME}/watch")
    expect(calm.page.get_by_role("button", name="Phát")).to_be_visible()
    calm.leaves()


def test_together_then_alone_with_mistakes(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    lan = Person(browser, site.url(0), site.cards()["lan"], **phone).signs_in()
    page = begins(lan, "together").page
    lan.sees("Bước tiếp theo").sees("Gõ vài từ chính").finds_the_page_accessible("practice-together")
    goes_on(page, "Tìm kiếm", tim="trich-luc")
    lan.sees("Kết quả tìm kiếm").finds_the_page_accessible("practice-together-results")

    page = begins(lan, "alone").page
    lan.sees_not("Bước tiếp theo")
    comes_to_the_form(page)
    goes_on(page, "Tiếp tục", ten_con="Le Tap Luyen", ngay_sinh=REAL, nhan_ket_qua="dien-tu")
    expect(page.get_by_role("alert")).to_be_focused()
    lan.sees("Đây có thể là số thật").sees("còn thiếu dấu").finds_the_page_accessible("practice-errors")
    expect(page.locator("[name=set-ten_con]")).to_have_value("Le Tap Luyen")
    expect(page.locator("[name=set-ngay_sinh]")).to_have_value("")
    comes_to_the_trap(page)
    lan.sees("Cán bộ phường đây").finds_the_page_accessible("practice-trap")
    goes_on(page, "Chuyển cho nhanh")
    lan.sees("Đây là lừa đảo").finds_the_page_accessible("practice-fell")
    comes_to_the_end(page)
    lan.sees("Chưa đạt. Không sao").sees("Tránh được 0 trên 1 bẫy").finds_the_page_accessible("practice-failed")
    lan.presses("Ghi vào sổ hồ sơ").is_at("/notebook/new$")
    lan.leaves()
    held = b"".join(path.read_bytes() for path in Path(site.folder).rglob("*") if path.is_file())
    assert REAL.encode() not in held and b"Le Tap Luyen" not in held


@pytest.mark.full
def test_an_exam_by_keyboard_alone(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    minh = Person(browser, site.url(0), site.cards()["minh"], **phone).signs_in()
    page = begins(minh, "exam").page

    def reaches(selector: str) -> None:
        for _ in range(40):
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached")

    def chooses(name: str, downs: int = 0) -> None:
        reaches(f"[name=set-{name}]")
        page.keyboard.press("Space")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")

    def presses(control: str) -> None:
        reaches(f"[data-control='{control}'] button")
        with page.expect_navigation():
            page.keyboard.press("Enter")

    chooses("tim", downs=1)
    presses("do:tim-kiem")
    presses("do:ban-sao")
    chooses("noi_nop", downs=1)
    presses("do:nop")
    for name, words in {"ten_con": "Lê Tập Luyện", "ngay_sinh": "8/3/2020"}.items():
        reaches(f"[name=set-{name}]")
        page.keyboard.insert_text(words)
    chooses("nhan_ket_qua")
    presses("do:tiep")
    chooses("anh_khai_sinh")
    presses("do:xem-lai")
    chooses("dong_y")
    presses("do:thanh-toan")
    presses("choose:khong")
    minh.sees_not("Nơi thật không đòi chuyển cho cá nhân")
    chooses("noi_tra", downs=1)
    presses("do:tra-va-nop")
    chooses("da_chep")
    presses("do:theo-doi")
    for _ in range(3):
        presses("do:hom-sau")
    presses("do:nhan")
    minh.sees("Đạt. Em tự làm được rồi!").sees("Tránh được 1 trên 1 bẫy").sees_not("Ghi vào sổ hồ sơ")
    minh.finds_the_page_accessible("practice-passed")
    minh.goes_to("/practice").sees("Đã tự làm được")
    minh.leaves()


def test_a_visitor_without_scripts(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    visitor = Person(browser, site.url(0), **phone, java_script_enabled=False)
    visitor.goes_to(f"/practice/{NAME}/watch").presses("Tiếp").is_at("at=1$")
    page = begins(visitor, "alone").page
    comes_to_the_form(page)
    goes_on(page, "Tiếp tục", ten_con=REAL, ngay_sinh="8/3/2020", nhan_ket_qua="dien-tu")
    visitor.sees("Đây có thể là số thật")
    assert REAL not in page.content()
    comes_to_the_trap(page)
    goes_on(page, "Không chuyển, hỏi lại ở phường")
    comes_to_the_end(page)
    visitor.sees("Kết quả: Tự làm").sees("Đăng nhập để ghi kết quả lần sau").sees("dichvucong.gov.vn")
    assert visitor.context.cookies() == []
    visitor.leaves()
