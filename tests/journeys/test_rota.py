"""A coordinator writes a week's rota for six people, by pointing and by keyboard, and renames and archives a class.

The acts are counted from the start page on and printed: each click and each field counts one.
"""

import re
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site

MOST_ACTS = 20
NAMES = ("Trần An", "Lê Bích", "Phạm Chi", "Vũ Dung")


def six_teachers(site: Site) -> None:
    """Four teachers more beside Hằng and Quang, and no turn of duty in the school yet."""
    tables = sa.MetaData()
    with site.transaction() as connection:
        tables.reflect(connection, only=["user", "membership", "duty_slot", "unit"])
        user, member, slot, unit = (tables.tables[name] for name in ("user", "membership", "duty_slot", "unit"))
        school = connection.scalar(sa.select(unit.c.id).where(unit.c.code == "demo-truong"))
        hang = connection.execute(sa.select(user).where(user.c.username == "hang")).mappings().one()
        role = connection.execute(
            sa.select(member).where(member.c.user_id == hang["id"], member.c.unit_id == school)
        ).mappings().one()  # fmt: skip
        connection.execute(sa.delete(slot).where(slot.c.unit_id == school))
        for n, name in enumerate(NAMES):
            told = {key: value for key, value in hang.items() if key != "id"}
            made = user.insert().values({**told, "username": f"gv{n}", "full_name": f"Cô {name}"}).returning(user.c.id)
            user_id = connection.scalar(made)
            of = {key: value for key, value in role.items() if key != "id"}
            connection.execute(member.insert().values({**of, "user_id": user_id}))


class Counting:
    """A person whose acts are counted."""

    def __init__(self, person: Person) -> None:
        self.person, self.acts = person, 0

    def presses(self, name: str) -> "Counting":
        self.acts += 1
        self.person.page.locator("main").get_by_role("link", name=name, exact=True).or_(
            self.person.page.locator("main").get_by_role("button", name=name, exact=True)
        ).first.click()
        return self

    def fills(self, label: str, text: str) -> "Counting":
        self.acts += 1
        self.person.fills(label, text)
        return self


def writes_the_week(quang: Counting) -> None:
    """Three watch in the afternoon and three in the evening, from Monday to Friday."""
    quang.presses("Trường Minh Hoạ").presses("Trực")
    for first, (starts, ends), names in (
        (True, ("14:00", "17:30"), ("Cô Trần An", "Cô Lê Bích", "Cô Phạm Chi")),
        (False, ("18:00", "21:00"), ("Cô Vũ Dung", "Cô Hằng Minh Hoạ", "Thầy Quang Minh Hoạ")),
    ):
        for n, name in enumerate(names):
            quang.presses(name)
            if n == 0:
                quang.fills("Từ", starts).fills("Đến", ends)
                if first:
                    quang.person.finds_the_page_accessible("rota-shift")
                    quang.person.page.set_viewport_size({"width": 1280, "height": 800})
            quang.presses("Thêm ca trực")
            expect(quang.person.page.get_by_text("Đã thêm 5 ca trực.")).to_be_visible()


def walks_by_keyboard(quang: Person) -> None:
    """One cell is in the order of Tab; arrows, Home and End lead to the others, Enter opens the form."""
    page = quang.page
    cells = page.locator("table.rota tbody a")
    assert page.locator("table.rota tbody a[tabindex='0']").count() == 1
    cells.first.focus()
    for key, name in (
        ("ArrowRight", "Cô Trần An, Thứ Hai"), ("ArrowDown", "Cô Lê Bích, Thứ Hai"), ("End", "Cô Lê Bích, Chủ nhật"),
        ("ArrowRight", "Cô Lê Bích, Chủ nhật"), ("ArrowUp", "Cô Trần An, Chủ nhật"), ("Home", "Cô Trần An"),
        ("End", "Cô Trần An, Chủ nhật"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(page.locator("table.rota a:focus")).to_have_accessible_name(re.compile(rf"^{name}"))
    page.keyboard.press("Enter")
    quang.is_at(r"day=6").sees("Cô Trần An, Chủ nhật")
    expect(page.locator("#shift")).to_be_focused()  # the form is where the keyboard goes on


def removes_and_brings_back(quang: Person) -> None:
    quang.page.get_by_role("link", name="Cô Trần An, Thứ Hai").click()
    quang.presses("Bỏ", exact=False).sees("Đã bỏ ca 14:00–17:30 Thứ Hai của Cô Trần An.")
    quang.finds_the_page_accessible("rota-removed").presses("Hoàn tác").sees("Đã thêm ca trực.")


def renames_and_archives(quang: Person) -> None:
    quang.goes_to("/").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    quang.presses("Lớp học").presses("Lớp 4A").presses("Cài đặt").finds_the_page_accessible("class-settings")
    quang.fills("Tên", "Lớp 4A1").presses("Đổi tên").sees("Tên trước: Lớp 4A").presses("Lấy lại tên trước")
    expect(quang.page.get_by_role("heading", level=1)).to_have_text("Lớp 4A")
    quang.presses("Lưu trữ Lớp 4A").sees("Ở đây còn").finds_the_page_accessible("archive").presses("Lưu trữ")
    quang.sees("Đã lưu trữ Lớp 4A").finds_the_page_accessible("archived").presses("Mở lại Lớp 4A").sees("Đã mở lại.")


def test_a_weeks_rota_for_six_people_and_a_class_that_rests(
    site: Site, browser: Browser, phone: dict[str, Any], capsys: Any
) -> None:
    six_teachers(site)
    laptop = {**phone, "viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
    quang = Person(browser, site.url(), site.cards()["quang"], **laptop).signs_in()
    counting = Counting(quang)
    writes_the_week(counting)
    written = "SELECT count(*) FROM duty_slot JOIN unit ON unit.id = unit_id WHERE code = 'demo-truong'"
    [(turns,)] = site.rows(written)
    assert turns == 30 and counting.acts < MOST_ACTS
    with capsys.disabled():
        print(f"\na week's rota for six people, 30 turns: {counting.acts} acts from the start page")
    quang.finds_the_page_accessible("rota")
    quang.page.set_viewport_size({"width": 1280, "height": 800})
    walks_by_keyboard(quang)
    removes_and_brings_back(quang)
    renames_and_archives(quang)
    quang.leaves()
