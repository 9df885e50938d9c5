"""A coordinator previews a round of weekly pairing, adjusts it and publishes it; both sides accept."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site


def tells_hours(who: Person, *evenings: str) -> Person:
    """Tick seven to eight of these days, by keyboard, and save."""
    who.goes_to("/hours")
    for day in evenings:
        who.page.locator(".day-label", has_text=day).click()
        box = who.page.get_by_label(f"{day} 19:00–19:30", exact=True)
        box.press("Space")
        box.press("ArrowDown")
        who.page.get_by_label(f"{day} 19:30–20:00", exact=True).press("Space")
    expect(who.page.locator(".week-sum")).to_contain_text(f"{len(evenings)} giờ")
    who.finds_the_page_accessible("hours")
    return who.presses("Lưu giờ rảnh").sees("Đã lưu giờ rảnh.")


def test_preview_adjust_publish_accept(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh, khoa, quang = (
        Person(browser, site.url(0), cards[name], **phone).signs_in() for name in ("minh", "khoa", "quang")
    )
    minh.goes_to("/ask").page.get_by_label("Việc khác, chọn trong danh sách").select_option(index=1)
    minh.page.get_by_text("Đổi giờ hoặc đổi máy").click()
    minh.ticks("Hẹn giờ hằng tuần").sees("Em chưa ghi giờ rảnh nào")
    minh.ticks("Thứ Hai").ticks("Thứ Tư").page.get_by_label("Đến", exact=True).select_option("20:00")
    minh.finds_the_page_accessible("ask-weekly")
    minh.presses("Gửi, nhờ giúp").sees("ghép các cặp theo từng đợt")
    minh.finds_the_page_accessible("request-weekly")
    tells_hours(khoa, "Thứ Tư")

    quang.goes_to("/rounds").finds_the_page_accessible("rounds")
    quang.presses("Mở đợt ghép của Trường Minh Hoạ").sees("Ai với ai")
    quang.sees("Ít hợp hơn ở:").finds_the_page_accessible("round")
    quang.page.get_by_text("Chỉnh trọng số").click()
    quang.fills("Mức kỹ năng", "20").presses("Lưu trọng số và chạy lại").sees("cộng lại là 102")
    quang.page.get_by_text("Chỉnh trọng số").click()
    quang.fills("Mức kỹ năng", "16").fills("Nhiều giờ cùng rảnh", "16").finds_the_page_accessible("round-weights")
    quang.presses("Lưu trọng số và chạy lại").sees("Ai với ai")
    quang.presses("Ghim").sees("Hãy chạy lại để xem").finds_the_page_accessible("round-stale")
    quang.presses("Chạy lại").sees("Đã ghim")
    quang.page.get_by_text("Công bố đợt này").click()
    quang.presses("Công bố và hỏi hai bên")
    if "/confirm" in quang.page.url or quang.page.get_by_text("Xác nhận đúng là bạn").count():
        quang.page.get_by_label("Mật khẩu").fill(cards["quang"]["passphrase"])
        quang.presses("Xác nhận").page.get_by_text("Công bố đợt này").click()
        quang.presses("Công bố và hỏi hai bên")
    quang.sees("Hai bên của mỗi cặp có ba ngày").finds_the_page_accessible("round-published")

    minh.goes_to("/weekly").sees("Thứ Tư hằng tuần, 19:00").finds_the_page_accessible("proposal")
    minh.presses("Đồng ý học cùng anh Khoa").sees("Đang chờ bên kia.")
    khoa.goes_to("/weekly").presses("Đồng ý học cùng em Minh").sees("Từ giờ hai bên gặp nhau hằng tuần.")
    khoa.sees("Buổi tới:").finds_the_page_accessible("booking")
    for person in (minh, khoa, quang):
        person.leaves()
