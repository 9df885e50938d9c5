"""A report by a child: two taps on a small phone; the teacher reads what, not who; the mother learns of it later."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser import wait_until
from tests.journeys.person import Person
from tests.servers import Site

UNKIND = "Bạn học chậm quá"


def _room(minh: Person, khoa: Person) -> None:
    """Minh asks, Khoa helps, both sit in the room."""
    minh.goes_to("/ask?lesson=vao-lop-bang-duong-dan&step=2").fills("Hoặc viết lời của em", "Em chưa vào được lớp.")
    minh.presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")
    khoa.goes_to("/helping").sees("Em chưa vào được lớp.").presses("Nhận giúp")
    minh.sees("Anh Khoa sẵn sàng giúp").presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    khoa.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")


def test_a_report_by_a_child(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh, khoa, hang, lan, quang = (
        Person(browser, site.url(0 if name != "khoa" else len(site.ports) - 1), cards[name], **phone)
        for name in ("minh", "khoa", "hang", "lan", "quang")
    )
    quang.signs_in("/").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    quang.presses("Cài đặt").fills("Số gọi khi khẩn cấp", "028 3829 1234").presses("Lưu").sees("Đã lưu số trực.")
    quang.finds_the_page_accessible("unit-duty-phone")
    minh.signs_in()
    khoa.signs_in()
    _room(minh, khoa)
    minh.turns_to("talk")
    khoa.says(UNKIND).hears(UNKIND)
    minh.hears(UNKIND).finds_the_page_accessible("room-with-report")

    # First tap, on the message as it was drawn a moment ago; second tap.
    minh.page.get_by_role("link", name="Báo tin này").click()
    minh.is_at(r"/report/message/\d+/\d+$").finds_the_page_accessible("report")
    minh.presses("Nói xấu, bắt nạt").is_at("/report/sent").sees("Đã gửi").finds_the_page_accessible("reported")
    minh.presses("Báo cáo của em").sees("Đã nhận").finds_the_page_accessible("my-reports")
    minh.goes_to("/my-reports").page.go_back()

    lan.signs_in("/notices").sees_not("đã báo một việc")
    lan.goes_to("/my-reports").sees_not("Con tôi đã báo")

    hang.signs_in("/notices").sees("Có báo cáo mới chờ bạn xem trong hôm nay.").presses("Mở")
    hang.is_at(r"/desk/cases/\d+$").sees("một em trong phòng").sees(UNKIND).finds_the_page_accessible("case")
    assert "Minh" not in re.sub(r"Minh Hoạ", "", hang.page.locator("main").inner_text())
    hang.goes_to("/desk").sees(re.compile("^còn [23] ngày")).sees(re.compile("cần quyết định"))
    hang.finds_the_page_accessible("cases").page.locator("main .line a").first.click()
    # One key does it while a button has the focus, and is a letter like any other where somebody types.
    hang.page.get_by_label("Lời nhắn cho người đó").press("3")
    hang.page.get_by_role("button", name="Nhắc nhở").press("3")
    hang.sees("Đã làm: Ẩn tin.").sees("Bạn đang xem, đến").finds_the_page_accessible("case-acted")
    khoa.sees("Tin này đã được ẩn.")
    hang.presses("Hoàn tác").sees("Đã hoàn tác. Người ấy nhận được tin.")
    khoa.hears(UNKIND)
    hang.page.get_by_label("đã ẩn tin").check()
    hang.fills("Viết cho người bị báo", "Lời này làm bạn buồn. Mình nói nhẹ với nhau nhé.")
    hang.fills("Viết cho người đã báo", "Cảm ơn em đã báo.").presses("Quyết định")
    hang.sees("Đã quyết định.")

    khoa.sees("Tin này đã được ẩn.")
    minh.goes_to("/my-reports").sees("Đã xử lý: đã ẩn tin").sees("Cảm ơn em đã báo.")
    lan.goes_to("/notices").sees("Minh đã báo một việc").goes_to("/my-reports").sees("Con tôi đã báo")
    lan.finds_the_page_accessible("my-reports-guardian")

    # The person beside the room's name, and danger: the numbers stand there at once.
    minh.page.goto(minh.page.url.replace("/my-reports", "/rooms"))
    minh.page.locator("main .row-card a").first.click()
    minh.opens_the_menu().presses("Báo về anh Khoa")
    minh.is_at(r"/report/person/\d+$").presses("Em đang bị nguy hiểm").sees("Gọi ngay một trong các số này")
    expect(minh.page.locator('main a[href="tel:+842838291234"]')).to_be_visible()
    minh.finds_the_page_accessible("reported-danger")
    khoa.says("Em còn đó không?")
    expect(khoa.page.locator("#messages .held")).to_be_visible()
    for person in (minh, khoa, hang, lan, quang):
        person.leaves()


def test_the_emergency_card_is_there_without_a_network_and_without_a_sign_in(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    quang = Person(browser, site.url(0), cards["quang"], **phone).signs_in("/")
    quang.page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    quang.presses("Cài đặt").fills("Số gọi khi khẩn cấp", "028 3829 1234").presses("Lưu").sees("Đã lưu số trực.")
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in("/help")
    wait_until(
        minh.page,
        "caches.match('/lessons/offline', {cacheName: 'emergency'}).then(Boolean)"
        ".then((kept) => kept && navigator.serviceWorker.ready)"
        ".then(() => navigator.serviceWorker.controller !== null)",
    )
    minh.presses("Đăng xuất").sees("Đăng nhập")
    minh.context.set_offline(True)
    minh.page.goto("/rooms")
    minh.sees("Máy đang không có mạng").sees("Điện thoại trực: Trường Minh Hoạ")
    for number in ("111", "113", "115", "+842838291234"):
        expect(minh.page.locator(f'main a[href="tel:{number}"]')).to_be_visible()
    minh.finds_the_page_accessible("offline-card")
    minh.leaves()
    quang.leaves()
