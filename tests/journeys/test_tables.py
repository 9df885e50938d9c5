"""Staff find one thing among many, and act on many at once: how many acts it takes from the start page, counted."""

import re
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.person import Person
from tests.servers import Site
from tutoring.accounts.models import User
from tutoring.community.models import Membership

SERIAL = "MH-A8-001"  # of a tablet of the demonstration


class Acts:
    """What somebody does by hand, counted: a press, or a search that is typed and sent."""

    def __init__(self, page: Page) -> None:
        self.page, self.many = page, 0

    def presses(self, name: str, role: Any = "link", within: Locator | None = None) -> None:
        self.many += 1
        (within or self.page).get_by_role(role, name=re.compile(f"^{name}")).first.click()

    def searches(self, label: str, words: str) -> None:
        self.many += 1
        box = self.page.get_by_label(label, exact=True)
        box.fill(words)
        box.press("Enter")


def test_a_machine_is_found_by_its_serial_in_two_acts(site: Site, browser: Browser) -> None:
    mai = Person(browser, site.url(0), site.cards()["mai"], viewport={"width": 1280, "height": 800}).signs_in("/")
    acts = Acts(mai.page)
    acts.presses("Máy và mạng")
    mai.is_at(r"/units/\d+/devices$").finds_the_page_accessible("store-table", quick=True)
    acts.searches("Tìm máy", SERIAL)
    mai.is_at(r"/devices/\d+$").sees("Galaxy Tab A8")
    print(f"a machine is found by its serial in {acts.many} acts")
    assert acts.many == 2
    mai.leaves()


def test_rows_are_ticked_by_keys_and_by_the_page_and_the_number_is_said(site: Site, browser: Browser) -> None:
    mai = Person(browser, site.url(0), site.cards()["mai"], viewport={"width": 1280, "height": 800}).signs_in("/")
    acts, page = Acts(mai.page), mai.page
    acts.presses("Máy và mạng")
    said, boxes = page.locator("[data-pick-said]"), page.locator("input[name=device]")
    expect(said).to_have_text("Chưa chọn dòng nào")
    many = boxes.count()
    assert many >= 3
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(said).to_have_text("Đã chọn 3")
    boxes.nth(1).press("Space")
    expect(said).to_have_text("Đã chọn 2")
    page.get_by_role("link", name="Chọn tất cả trên trang này").click()
    expect(said).to_have_text(f"Đã chọn {many}")
    page.get_by_role("button", name="In nhãn").click()
    mai.is_at("/devices/labels")
    expect(page.locator(".card-print")).to_have_count(many)
    mai.finds_the_page_accessible("labels", quick=True).leaves()


def wait_in_class(site: Site, many: int) -> None:
    """So many children, whose guardians made their accounts, wait for their class 6A."""
    unit = site.rows("SELECT id FROM unit WHERE code = 'demo-lop6a'")[0][0]
    begin = site.rows('SELECT max(id) FROM "user"')[0][0] + 1
    now = site.now()
    people = [
        {
            "id": begin + n, "kind": "child", "state": "waiting", "full_name": f"Bé {n}", "called_name": f"Bé {n}",
            "username": f"be.{n}", "address_form": "em", "password_hash": "", "grade": 6, "birth_year": now.year - 11,
            "language": "vi", "created_at": now,
        }
        for n in range(many)
    ]  # fmt: skip
    member = {"unit_id": unit, "role": "learner", "state": "waiting", "created_at": now}
    with site.transaction() as connection:
        connection.execute(sa.insert(User.__table__), people)
        connection.execute(sa.insert(Membership.__table__), [{**member, "user_id": one["id"]} for one in people])


def test_24_pupils_are_confirmed_in_three_acts(site: Site, browser: Browser) -> None:
    wait_in_class(site, 24)
    hang = Person(browser, site.url(0), site.cards()["hang"], viewport={"width": 1280, "height": 800}).signs_in("/")
    hang.sees("24 học sinh chờ xác nhận vào Lớp 6A")
    acts, row = Acts(hang.page), hang.page.locator("li", has_text="24 học sinh chờ xác nhận vào Lớp 6A")
    acts.presses("Xác nhận", within=row)
    hang.is_at(r"/members\?state=waiting$").finds_the_page_accessible("members-waiting", quick=True)
    acts.presses("Chọn tất cả trên trang này")
    expect(hang.page.locator("[data-pick-said]")).to_have_text("Đã chọn 24")
    acts.presses("Xác nhận", role="button")
    hang.sees("Đã xác nhận 24 người.").sees("Không có ai đang chờ xác nhận.")
    print(f"24 pupils are confirmed in {acts.many} acts")
    assert acts.many == 3
    hang.leaves()


def test_long_lists_of_staff_are_accessible(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    unit = site.rows("SELECT id FROM unit WHERE code = 'demo-lop6a'")[0][0]
    hang.goes_to(f"/units/{unit}/members").finds_the_page_accessible("members-table", quick=True)
    hang.goes_to("/desk/cases").finds_the_page_accessible("cases-table", quick=True)
    admin = Person(browser, site.url(0), cards["admin1"], **phone).signs_in()
    for place in ("log", "units", "codes", "failed"):
        admin.goes_to(f"/admin/{place}").finds_the_page_accessible(f"admin-{place}-table", quick=True)
    for person in (hang, admin):
        person.leaves()
