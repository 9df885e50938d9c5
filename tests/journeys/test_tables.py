"""Staff find one thing among many, and act on many at once: how many acts it takes from the start page, counted."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.person import Person
from tests.servers import Site

SERIAL = "MH-A8-001"  # of a tablet of the demonstration


class Acts:
    """What somebody does by hand, counted: a press, or a search that is typed and sent."""

    def __init__(self, page: Page) -> None:
        self.page, self.many = page, 0

    def presses(self, name: str, role: Any = "link") -> None:
        self.many += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()

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
