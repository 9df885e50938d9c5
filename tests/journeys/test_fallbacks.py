"""One request through all three tracks, with a pause and a helper who does not come, while the clock goes on and the
process that does the due work is killed each time."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site
from tutoring.kernel.clock import local

LESSON = "/lessons/vao-lop-bang-duong-dan"
ANSWER = "Mở ứng dụng lớp học. Bấm nút Vào lớp ở dưới cùng. Gõ mã phòng gồm chín chữ số trong giấy của lớp."


def test_now_later_and_in_writing(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh, khoa, quang = (
        Person(browser, site.url(n % len(site.ports)), cards[name], **phone).signs_in()
        for n, name in enumerate(("minh", "khoa", "quang"))
    )

    # at once: nobody comes; a pause does not lose the place
    minh.goes_to(f"{LESSON}/2").presses("Em bị kẹt").is_at("/ask")
    minh.fills("Hoặc viết lời của em", "Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Gửi, nhờ giúp")
    page = minh.is_at(r"/requests/\d+$").page.url.removeprefix(minh.site)
    minh.page.get_by_text("Em bận một lát").press("Enter")  # the waiting room by keyboard
    minh.page.keyboard.press("Tab")
    expect(minh.page.get_by_role("button", name="Tạm dừng, giữ chỗ")).to_be_focused()
    minh.page.keyboard.press("Enter")
    minh.sees("Đang tạm dừng, chỗ của em vẫn giữ.")
    minh.page.get_by_role("button", name="Em quay lại rồi").press("Enter")
    minh.sees("đang đứng thứ")
    site.goes_on_after(21 * 60)
    minh.goes_to(page).sees("Chưa có ai nhận ngay").finds_the_page_accessible("other-ways")

    # at a time: taken, agreed, opened; the helper does not come
    when = local(site.now() + timedelta(hours=2)).replace(minute=0, second=0)
    minh.page.get_by_label("Ngày, giờ thứ 1", exact=True).select_option(f"{when:%Y-%m-%d}")
    minh.page.get_by_label("Giờ, giờ thứ 1", exact=True).fill(f"{when:%H:%M}")
    minh.presses("Hẹn các giờ này").sees("Đang tìm người giúp vào một trong các giờ em chọn")
    minh.finds_the_page_accessible("times-wished")
    khoa.goes_to("/helping").sees("Muốn hẹn giờ").finds_the_page_accessible("helping-times")
    khoa.presses(f"Nhận lúc {when:%H:%M}", exact=False).sees("Chờ người học đồng ý")
    minh.sees("Anh Khoa sẵn sàng giúp").finds_the_page_accessible("time-taken")
    minh.presses("Đồng ý để anh Khoa giúp").sees("Đã hẹn với anh Khoa").finds_the_page_accessible("time-agreed")
    khoa.goes_to("/helping").sees("Giờ đã hẹn").finds_the_page_accessible("helping-agreed")
    site.goes_on_after((when - site.now()).total_seconds() + 1)
    minh.goes_to(page).sees("Phòng học đang mở").presses("Vào phòng học").is_at(r"/rooms/\d+$")
    minh.says("Em chào anh ạ").hears("Em chào anh ạ")
    site.goes_on_after(10 * 60)
    minh.goes_to(page).sees("đang đứng thứ")
    minh.goes_to("/notices").sees("Em đã được chuyển lên đầu hàng")

    # in writing, within a day
    site.goes_on_after(18 * 3600)
    quang.goes_to("/notices").sees("Có yêu cầu đã chờ 18 giờ")
    quang.page.locator("li", has_text="Có yêu cầu đã chờ 18 giờ").get_by_role("button").click()
    quang.is_at("/waiting$").finds_the_page_accessible("waiting-owed")
    quang.presses("Trả lời bằng chữ").is_at("/write$").finds_the_page_accessible("write")
    quang.fills("Câu trả lời", ANSWER).presses("Gửi câu trả lời").sees("Đã gửi câu trả lời")
    minh.goes_to(page).sees("đã trả lời bằng chữ").finds_the_page_accessible("answered")
    minh.presses("Xong rồi, cảm ơn").sees("Đã xong").finds_the_page_accessible("answered-ended")

    # each thing happened once, whoever died in between
    number = page.rsplit("/", 1)[1]
    stages = site.rows(f"SELECT to_state, why FROM request_step WHERE request_id = {number} ORDER BY id")
    assert [stage for stage, _ in stages] == [
        "waiting", "paused", "waiting", "agreeing", "booked", "helping", "waiting", "answered", "ended",
    ]  # fmt: skip
    for table, count in (("written_answer", 1), ("no_show", 1)):
        assert site.rows(f"SELECT COUNT(*) FROM {table} WHERE request_id = {number}") == [(count,)]
    assert site.rows("SELECT COUNT(*) FROM room") == [(1,)]
    assert site.rows("SELECT COUNT(*) FROM notice GROUP BY user_id, key HAVING COUNT(*) > 1") == []
    assert site.rows("SELECT kind, last_error FROM due_work WHERE failed_at IS NOT NULL") == []
    for person in (minh, khoa, quang):
        person.leaves()
