"""From every kind of step to the first message: one tap, one sheet, nothing that must be filled in."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.lessons import bank as banks
from tests.servers import Site


def step_of_each_kind() -> dict[tuple[str, ...], str]:
    """The address of one step for each set of blocks that a step of the bank has."""
    found: dict[tuple[str, ...], str] = {}
    for lesson in banks.real().lessons:
        for step in lesson.steps:
            kind = tuple(sorted({block["type"] for block in step.text("vi").blocks}))
            found.setdefault(kind, f"/lessons/{lesson.id}/{step.position}")
    return found


def test_from_a_step_of_each_kind_the_words_come_into_the_room(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone)
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone)
    minh.signs_in()
    khoa.signs_in("/helping")
    steps = step_of_each_kind()
    assert len(steps) >= 12
    for address in steps.values():
        minh.goes_to(address).presses("Em bị kẹt").is_at("/ask")
        assert minh.page.locator("main [required], main [aria-required]").count() == 0, address
        words = minh.page.locator("main input[name=say]:checked + *, main label:has(input[name=say]:checked)")
        said = words.first.inner_text().strip()
        assert said, address
        minh.presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")
        khoa.goes_to("/helping").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
        minh.presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
        expect(minh.page.locator("#messages").get_by_text(said)).to_be_visible()
        minh.opens_the_menu().presses("Kết thúc").is_at("/end$").presses("Kết thúc")
        expect(minh.page.get_by_role("button", name="Kết thúc", exact=True)).to_have_count(0)
    minh.leaves()
    khoa.leaves()
