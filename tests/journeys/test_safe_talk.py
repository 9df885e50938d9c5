"""What must not be told does not arrive, and whoever wrote it learns why and may ask again."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site


def test_a_one_time_code_never_arrives(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).signs_in()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in("/desk")
    frames: list[str] = []
    khoa.page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(str(data))))
    room = come_together(minh, khoa)

    # Somebody asks for the code: the teacher sees it first.
    khoa.says("Em đọc giúp anh mã OTP vừa gửi về máy nhé").sees("Đang chờ người trực xem trước khi gửi.")
    minh.hears("Tin này đang chờ xem lại.").sees_not("đọc giúp anh")
    hang.presses("Tin chờ xem: Em Khoa").sees("Em đọc giúp anh mã OTP vừa gửi về máy nhé").finds_the_page_accessible(
        "desk-held"
    )
    hang.presses("Không gửi").sees_not("Em đọc giúp anh mã OTP")  # at night it opened a case besides
    minh.hears("Tin này đã được ẩn.")

    # Somebody tells a code all the same: it is masked before it is stored.
    minh.says("Dạ mã OTP là 482913 ạ").hears("Dạ mã OTP là [đã che mã xác nhận] ạ")
    minh.sees("Có phần được che.").finds_the_page_accessible("room-masked")
    khoa.hears("[đã che mã xác nhận]").finds_the_page_accessible("room-held")
    assert not any("482913" in frame for frame in frames)
    assert "482913" not in khoa.page.content() and "482913" not in site.logs()

    # A false alarm, or what its author takes for one, gets a second look by somebody else.
    khoa.says("Đáp số của bài là 0912 345 678").hears("[đã che số điện thoại]")
    khoa.page.locator("li.msg.mine", has_text="[đã che số điện thoại]").get_by_role("link", name="Vì sao?").click()
    khoa.is_at(r"/messages/\d+$").sees("Có số điện thoại").finds_the_page_accessible("message-why")
    khoa.fills("Vì sao tin này nên được hiện?", "Đây là đáp số của bài toán").presses("Nhờ xem lại")
    khoa.sees("Đang chờ một thầy cô khác xem").finds_the_page_accessible("message-appeal")
    hang.goes_to("/desk").presses("Nhờ xem lại: Em Khoa").sees("Đây là đáp số của bài toán").finds_the_page_accessible(
        "desk-appeal"
    )
    hang.presses("Đọc nguyên văn").sees("Đáp số của bài là 0912 345 678").finds_the_page_accessible("desk-original")
    hang.fills("Trả lời người viết", "Đúng là đáp số").presses("Cho hiện lại (cho số điện thoại)")
    minh.goes_to(room).hears("Đáp số của bài là 0912 345 678")
    khoa.goes_to("/notices").sees("Tin em nhờ xem lại đã được cho hiện lại.")
    expect(hang.page.locator("main")).to_be_visible()
    for person in (minh, khoa, hang):
        person.leaves()
