"""The circle of class 4A: a mother asks, another answers, the teacher pins it, and it becomes part of a lesson."""

import json
from typing import Any

from playwright.sync_api import Browser, expect

from tests.forked_processes import done
from tests.journeys.person import Person
from tests.servers import Site

ASKED = "Con không nghe được tiếng cô"
ANSWERED = "Bấm hình loa ở góc dưới. Chờ chừng mười giây rồi nghe thử."


def test_what_helped_one_mother_helps_everybody(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    status, out, err = done("tests.journeys.circle_people", env={**site.env, "JOBS": "0"})
    assert status == 0, err
    cards = {**site.cards(), "hoa": json.loads(out.splitlines()[-1])}
    lan, hoa, hang, quang = (
        Person(browser, site.url(0), cards[name], **phone).signs_in() for name in ("lan", "hoa", "hang", "quang")
    )

    # Lan finds the circle on her start page and asks.
    lan.goes_to("/").presses("Hỏi ba mẹ cùng lớp").sees("Góc hỏi đáp phụ huynh").finds_the_page_accessible("circles")
    lan.presses("Lớp 4A").sees("Chưa ai hỏi ở đây").finds_the_page_accessible("circle-empty")
    lan.presses("Hỏi một câu").fills("Câu hỏi", "Gọi em số 0912345678").fills("Kể thêm", "Máy vẫn bật loa.")
    lan.presses("Gửi câu hỏi").sees("Có chỗ cần sửa").finds_the_page_accessible("circle-ask-refused")
    lan.fills("Câu hỏi", ASKED)
    lan.page.get_by_label("Về bài học nào").select_option(value="vao-lop-bang-duong-dan")
    lan.presses("Gửi câu hỏi").is_at(r"/topics/\d+$").sees("Chưa có ai trả lời").finds_the_page_accessible("topic-new")
    topic = lan.page.url.removeprefix(lan.site)

    # Hoa was about to ask the same, and answers instead.
    hoa.goes_to("/circles").presses("Lớp 4A").presses("Hỏi một câu")
    hoa.fills("Câu hỏi", "Bé nhà mình không nghe tiếng cô giáo").fills("Kể thêm", "Máy tính bảng.")
    hoa.presses("Gửi câu hỏi").sees("Có chủ đề gần giống").finds_the_page_accessible("circle-similar")
    hoa.presses(ASKED).is_at(topic).fills("Câu trả lời của bạn", ANSWERED).presses("Gửi câu trả lời")
    hoa.sees("Đã gửi câu trả lời").finds_the_page_accessible("topic-own-answer")

    # Lan hears of it, it helps her, and she would like to be shown.
    _opens(lan, "Chị Hoa trả lời câu hỏi của bạn trong góc hỏi đáp phụ huynh.")
    lan.is_at(topic).sees(ANSWERED).presses("Giúp được tôi").sees("giúp được 1 người")
    lan.presses("Xin một buổi học trực tiếp").sees("1 ba mẹ muốn có buổi học trực tiếp về chuyện này.")
    lan.finds_the_page_accessible("topic-parent")

    # The teacher comes from the page of the class, pins it and asks its author.
    hang.goes_to("/units").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    hang.presses("Lớp học").page.get_by_role("link", name="Lớp 4A").click()
    hang.presses("Lớp học").finds_the_page_accessible("unit-with-circle").presses("Góc hỏi đáp phụ huynh").sees(ASKED)
    hang.presses(ASKED).is_at(topic)
    hang.presses("Ghim").sees("Thầy cô ghim").presses("Đề xuất thành bài học").sees("Đang hỏi người viết")
    hang.finds_the_page_accessible("topic-teacher")

    # Hoa says yes, without her name; the teacher sends it to the editors.
    _opens(hoa, "Có người muốn đưa câu trả lời của bạn vào bài học.")
    hoa.sees("Cho câu trả lời này thành bài học nhé?").finds_the_page_accessible("topic-asked")
    hoa.presses("Đồng ý, không ghi tên").sees("Bạn đã đồng ý, không ghi tên.")
    hang.goes_to(topic).presses("Gửi cho ban biên tập").sees("Bạn đứng tên đề nghị")
    hang.finds_the_page_accessible("to-lesson").presses("Gửi đi").sees("Đã gửi cho ban biên tập")

    # An editor reads where it comes from, and publishes it.
    quang.goes_to("/writing").sees("Chờ bạn duyệt").presses("Vào lớp bằng đường dẫn hoặc mã phòng")
    quang.sees("Từ góc hỏi đáp phụ huynh Lớp 4A").sees(ASKED).finds_the_page_accessible("review-from-circle")
    quang.presses("Đã đọc hết, đăng").is_at("/lessons/vao-lop-bang-duong-dan")
    hoa.goes_to(topic).sees("Đã thành bài học").presses("Mở bài học").is_at("/lessons/vao-lop-bang-duong-dan")
    quang.goes_to("/lessons/vao-lop-bang-duong-dan/1").sees(ANSWERED)

    # A session is opened from the topic's page; Lan finds the topic again without accents, and the session in it.
    hang.goes_to(topic).presses("Mở buổi học").is_at("/sessions/new")
    expect(hang.page.get_by_label("Tên buổi học")).to_have_value(ASKED)
    expect(hang.page.get_by_label("Người lớn")).to_be_checked()
    hang.fills("Giờ bắt đầu", "19:00").presses("Mở buổi học").sees("Đã mở buổi học")
    lan.goes_to("/circles").presses("Lớp 4A").fills("Tìm trong các chủ đề", "khong nghe tieng")
    lan.presses("Tìm").sees("Thầy cô đã ghim").finds_the_page_accessible("circle-found")
    lan.presses(ASKED).sees("Xem và đăng ký").finds_the_page_accessible("topic-with-session")

    # What should not stand there is hidden, with a reason that its author reads.
    hang.goes_to(topic).page.get_by_role("link", name="Ẩn", exact=True).last.click()
    hang.finds_the_page_accessible("hide-answer").fills("Lý do", "Xem lại giúp cô")
    hang.page.locator("main").get_by_role("button", name="Ẩn", exact=True).click()
    hang.sees("Đã ẩn. Người viết được báo.")
    lan.goes_to(topic).sees_not(ANSWERED)
    hoa.goes_to(topic).sees("Lý do: Xem lại giúp cô").finds_the_page_accessible("topic-hidden-own")
    for person in (lan, hoa, hang, quang):
        person.leaves()


def _opens(person: Person, notice: str) -> None:
    """Read the inbox and go where this notice leads."""
    person.goes_to("/notices").page.locator(".row-card", has_text=notice).get_by_role("button", name="Mở").click()
