"""Lessons in a real browser: answers in place, a place that is remembered, and pages that everybody can use."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import LAPTOP, PHONE, axe
from tests.lessons import bank
from tests.servers import Site
from tests.servers import site as site
from tests.signed_in import cookie_of

LESSON = "/lessons/vao-lop-bang-duong-dan"
PAGES = ("/lessons", "/lessons/paths/hoc-truc-tuyen", LESSON, f"{LESSON}/1", f"{LESSON}/1?c1=b", f"{LESSON}/1?c1=a",
         f"{LESSON}/done", f"{LESSON}/print", "/lessons/search?q=duong+dan", "/lessons/search?q=xyzzy")  # fmt: skip
TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
    .filter((one) => !one.matches(".choice input, p a, li a:not(.step-list a), dd a"))
    .map((one) => [one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height < 43.9).map(([html, box]) => html + box.height)"""


@pytest.fixture
def minh(site: Site, new_context: Callable[..., BrowserContext]) -> Page:
    """A pupil of the demonstration, signed in on a phone."""
    context = new_context(base_url=site.url())
    context.add_cookies([{**cookie_of(site, "minh"), "url": site.url()}])  # type: ignore[list-item]
    return context.new_page()


@pytest.mark.full
@pytest.mark.parametrize("size", [PHONE, pytest.param(LAPTOP, marks=pytest.mark.full)], ids=["360", "1280"])
def test_everybody_can_use_the_pages(
    site: Site, new_context: Callable[..., BrowserContext], size: dict[str, int]
) -> None:
    page = new_context(base_url=site.url()).new_page()
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for address in PAGES:
        page.goto(address)
        found = axe(page, "wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
        assert found.violations_count == 0, (address, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate(TOO_SMALL) == [], address
    assert faults == []


def test_an_answer_is_said_in_place_and_hints_stay_open(minh: Page) -> None:
    minh.goto(f"{LESSON}/1")
    question = minh.locator("#c1")
    question.get_by_text("Gợi ý 1").click()
    question.get_by_text("một người lạ").click()
    question.get_by_role("button", name="Xem đúng chưa").click()
    expect(question.get_by_role("status")).to_contain_text("Chưa đúng.")
    expect(question.get_by_text("Nhìn xem ai gửi")).to_be_visible()
    assert minh.url.endswith(f"{LESSON}/1")
    question.get_by_text("Đường dẫn thầy cô gửi").click()
    question.get_by_role("button", name="Xem đúng chưa").click()
    expect(question.get_by_role("status")).to_contain_text("Đúng rồi!")


def test_a_step_opened_by_a_link_is_where_the_lesson_goes_on(minh: Page) -> None:
    with minh.expect_response("**/4/here?step=*"):
        minh.goto(f"{LESSON}/4")
    minh.goto(LESSON)
    expect(minh.get_by_role("button", name="Học tiếp từ bước 4")).to_be_visible()


@pytest.mark.full  # the same without a browser: tests/lessons/test_views.py
def test_a_lesson_can_be_gone_through_without_scripts(
    site: Site, minh: Page, new_context: Callable[..., BrowserContext]
) -> None:
    plain = new_context(base_url=site.url(), java_script_enabled=False)
    plain.add_cookies([dict(cookie) for cookie in minh.context.cookies()])  # type: ignore[misc, arg-type]
    page = plain.new_page()
    page.goto("/lessons/otp-khong-doc-cho-ai")
    page.get_by_role("button", name="Bắt đầu học").click()
    (lesson,) = (one for one in bank.real().lessons if one.id == "otp-khong-doc-cho-ai")
    for step in range(2, len(lesson.steps) + 1):
        page.get_by_role("button", name="Bước tiếp theo").click()
        page.wait_for_url(f"**/lessons/otp-khong-doc-cho-ai/{step}")
    page.get_by_role("button", name="Hoàn thành").click()
    expect(page.get_by_role("heading", name="Đã học xong bài này!")).to_be_visible()
