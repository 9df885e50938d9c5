"""Writing on a lesson in a real browser: what is typed is kept by itself, and shown as learners would see it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import LAPTOP, PHONE
from tests.journeys.person import Person
from tests.journeys.test_lessons_accessibility import Typist
from tests.servers import Site
from tests.servers import site as site

LESSON = "/lessons/otp-khong-doc-cho-ai"


@pytest.fixture
def quang(site: Site, browser: Browser) -> Iterator[Person]:
    """The coordinator of the school, on a phone."""
    someone = Person(browser, site.url(), site.cards()["quang"], viewport=PHONE).signs_in()
    yield someone
    someone.leaves()


@pytest.mark.full
def test_a_step_is_written_anew_read_by_another_and_learned_from(site: Site, browser: Browser, quang: Person) -> None:
    hang = Person(browser, site.url(), site.cards()["hang"], viewport=PHONE).signs_in()
    quang.goes_to("/writing").sees("Chưa ai được giao việc duyệt bài").finds_the_page_accessible("writing-empty")
    quang.goes_to("/writing/editors").presses("Giao việc duyệt Cô Hằng Minh Hoạ").sees("Đã giao việc duyệt bài")
    quang.finds_the_page_accessible("editors")

    quang.goes_to(f"{LESSON}/3").presses("Đề nghị sửa bước này").is_at(r"/steps/1$").presses("Markdown").is_at(
        r"text=1$"
    )
    box, kept = quang.page.get_by_label("Nội dung"), quang.page.locator("#draft-said")
    text = box.input_value()
    box.fill(text.replace("## ", "## Nhớ: ", 1) + "\nGọi số 0912 345 678 ngay.\n")
    quang.sees("Còn 1 chỗ phải sửa").sees("Gọi số 0912 345 678 ngay.").finds_the_page_accessible("writing-faulty")
    expect(kept).to_have_text("Đã lưu.")
    box.fill(text.replace("## ", "## Nhớ: ", 1))
    quang.sees("Đúng mẫu bài học").sees_not("Còn 1 chỗ phải sửa")
    quang.page.reload()
    quang.sees("Đúng mẫu bài học").presses("Gửi cho người duyệt").sees("Đã gửi.")

    hang.goes_to("/writing").finds_the_page_accessible("writing").presses("Mã OTP: không đọc cho bất kỳ ai")
    hang.is_at(r"/review$").finds_the_page_accessible("review")
    hang.presses("Đã đọc hết, đăng").sees("Đã đăng.")
    hang.leaves()
    visitor = Person(browser, site.url(), viewport=PHONE).goes_to(f"{LESSON}/3").sees("Nhớ: ")
    visitor.leaves()


def test_without_a_network_nothing_typed_is_lost_and_that_is_said(site: Site, quang: Person) -> None:
    quang.goes_to(f"{LESSON}/4").presses("Đề nghị sửa bước này").is_at(r"/steps/1$").presses("Markdown").is_at(
        r"text=1$"
    )
    box, kept = quang.page.get_by_label("Nội dung"), quang.page.locator("#draft-said")
    quang.context.set_offline(True)
    box.fill(box.input_value() + "\nThêm một câu.\n")
    expect(kept).to_contain_text("máy không có mạng")
    quang.context.set_offline(False)
    box.press_sequentially("Nữa.")
    expect(kept).to_have_text("Đã lưu.")
    quang.page.reload()
    expect(box).to_have_value(box.input_value())
    quang.sees("Thêm một câu.")


@pytest.mark.full
def test_a_new_lesson_begins_with_what_is_still_to_be_written(quang: Person) -> None:
    quang.goes_to("/writing/new").finds_the_page_accessible("writing-new")
    quang.fills("Tên bài", "Gửi ảnh cho cô giáo").fills("Mã bài", "gui anh").presses("Tiếp tục")
    quang.sees("Có chỗ cần sửa").finds_the_page_accessible("writing-new-wrong")
    quang.fills("Mã bài", "gui-anh-cho-co").presses("Tiếp tục").is_at(r"/writing/\d+/lesson$")
    quang.sees("chỗ phải sửa").finds_the_page_accessible("writing-laid-out")
    quang.presses("1. VIẾT: tên bước 1").is_at(r"/steps/1$").sees("Chỗ này còn chờ viết")
    quang.finds_the_page_accessible("writing-step").presses("Về các bước của bài").is_at(r"/lesson$")
    quang.presses("Rút đề nghị này").is_at("/writing$").sees("Đã rút")


@pytest.mark.full
@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["360", "1280"])
def test_a_step_is_written_in_the_form_by_keyboard_alone(site: Site, browser: Browser, size: dict[str, int]) -> None:
    writer = Typist(browser, site.url(), site.cards()["quang"], viewport=size)
    page = writer.signs_in().goes_to(f"{LESSON}/4").presses("Đề nghị sửa bước này").is_at(r"/steps/1$").page
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    writer.finds_the_page_accessible("form-open")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    rows = page.locator('fieldset[id^="f-screens-0-parts-"]')
    before = rows.count()

    page.reload()
    writer.tabs_to(page.locator("#f-screens-0-parts-new"), 300)
    writer.tabs_to(page.locator('[name="act"][value="add:screens.0.parts"]'))
    page.keyboard.press("Enter")
    writer.is_at(rf"#f-screens-0-parts-{before}$")
    expect(rows).to_have_count(before + 1)
    writer.tabs_to(rows.last.get_by_label("Chữ", exact=True), 3)
    page.keyboard.type("Bấm vào dòng này")
    writer.tabs_to(page.locator('.desk [name="act"][value="save"]:not(.sr)'), 300)
    page.keyboard.press("Enter")
    writer.sees("Đã lưu.")
    expect(page.locator("#judged figure").first).to_contain_text("Bấm vào dòng này")

    writer.tabs_to(page.locator(f'[value="remove:screens.0.parts.{before}"]'), 300)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(before)
    writer.leaves()


@pytest.mark.full
@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["360", "1280"])
def test_a_question_is_written_in_the_form_by_keyboard_alone(
    site: Site, browser: Browser, size: dict[str, int]
) -> None:
    writer = Typist(browser, site.url(), site.cards()["quang"], viewport=size)
    page = writer.signs_in().goes_to(LESSON).presses("Đề nghị sửa câu hỏi của bài").is_at(r"/quiz$").page
    writer.finds_the_page_accessible("quiz-form")
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    writer.finds_the_page_accessible("quiz-form-open")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    rows = page.locator("details.folded")
    before = rows.count()

    page.reload()
    writer.tabs_to(page.locator('[name="act"][value="add:questions"]'), 300)
    page.keyboard.press("Enter")
    writer.is_at(rf"at=questions\.{before}#f-questions-{before}$")
    expect(rows).to_have_count(before + 1)
    new = rows.last
    expect(new.get_by_label("Hỏi về bước nào")).to_be_visible()
    writer.tabs_to(new.locator(f"#f-questions-{before}-prompt"), 3)
    page.keyboard.type("Ai được biết mã?")
    expect(page.locator("#draft-said")).to_have_text("Đã lưu.")
    expect(page.locator("#judged article").last).to_contain_text("Ai được biết mã?")
    expect(new.locator("[data-said]").filter(has_text="Chưa điền ô này.").first).to_be_visible()

    writer.tabs_to(page.locator(f'[value="up:questions.{before}"]'), 30)
    page.keyboard.press("Enter")
    writer.is_at(rf"#f-questions-{before - 1}$")
    writer.tabs_to(page.locator(f'[value="remove:questions.{before - 1}"]'), 30)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(before)
    expect(page.locator("#f-questions")).to_be_focused()  # the browser does so some time after the page is there
    writer.sees("Đúng mẫu bài học, không có lỗi nào.").presses("Rút đề nghị này").is_at("/writing$")
    writer.leaves()
