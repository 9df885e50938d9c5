"""From a child's two taps to a decision, and from there to a second look: another coordinator overturns it, and the
message is back. Then a room is read in an emergency, by two people."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.forked_processes import done
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site

SAID = "Cho anh xem bài em chép nhé"
SORRY = "Em chỉ hỏi bài tập, không xin gì khác ạ."
FAIR = "Đọc cả buổi thì bạn chỉ hỏi bài tập."
WHY = "Mẹ một em gọi báo em có thể đang bị đe doạ"


def _second_coordinator(site: Site) -> None:
    """Bảy coordinates the school as well, let in by two people like everybody with power."""
    status, _out, err = done("tests.journeys.coordinator", env={**site.env, "JOBS": "0"})
    assert status == 0, err


def test_a_report_is_decided_and_the_reported_one_asks_for_a_second_look(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh, khoa, quang = (
        Person(browser, site.url(0), cards[name], **phone).signs_in() for name in ("minh", "khoa", "quang")
    )
    reported_and_decided(minh, khoa, quang)
    for person in (minh, khoa, quang):
        person.leaves()


def reported_and_decided(minh: Person, khoa: Person, quang: Person) -> str:
    """What Khoa says to Minh; gives the path of their room."""
    room = come_together(minh, khoa)
    khoa.says(SAID).hears(SAID)
    minh.turns_to("talk").hears(SAID)

    # Two taps of a child; the rule hides the message at once and pauses the helper.
    minh.page.get_by_role("link", name="Báo tin này").click()
    minh.is_at(r"/report/message/\d+/\d+$").presses("Xin số điện thoại, ảnh, địa chỉ").is_at("/report/sent")
    khoa.sees("Tin này đã được ẩn.")

    quang.goes_to("/notices").sees("Gấp: có báo cáo nghiêm trọng. Mở xem trong 2 giờ.").presses("Mở")
    quang.is_at(r"/desk/cases/\d+$").sees(SAID).page.get_by_label("đã ẩn tin").check()
    quang.fills("Viết cho người bị báo", "Không hỏi xin ảnh của bạn nhỏ.")
    quang.fills("Viết cho người đã báo", "Cảm ơn em đã báo.").page.get_by_label("Không báo", exact=True).check()
    quang.page.get_by_role("button", name="Quyết định", exact=True).click()
    quang.sees("Đã quyết định.")

    # The reported one reads what was done, why and by which role, and asks for a second look.
    khoa.goes_to("/notices").sees("Không hỏi xin ảnh của bạn nhỏ.").goes_to("/acts-about-me")
    khoa.sees("Quyết định về một việc của em").sees(re.compile("điều phối viên")).sees_not("Thầy Quang")
    khoa.finds_the_page_accessible("acts-about-me")
    khoa.page.locator("main .row-card").get_by_role("link", name="Nhờ xem lại").click()
    khoa.is_at(r"/acts/\d+/second-look$").finds_the_page_accessible("ask-second-look")
    khoa.fills("Em muốn nói gì với người xem lại?", SORRY).presses("Gửi yêu cầu").is_at("/acts-about-me")
    khoa.sees("Một người khác sẽ xem lại và trả lời em trong 5 ngày.").sees("đang chờ xem lại")
    khoa.finds_the_page_accessible("acts-about-me-asked")
    return room


def test_a_second_look_overturns_and_a_room_is_read_in_an_emergency(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    _second_coordinator(site)
    cards = site.cards()
    minh, khoa, quang, bay, admin = (
        Person(browser, site.url(0), cards[name], **phone).signs_in()
        for name in ("minh", "khoa", "quang", "bay", "admin1")
    )
    room = reported_and_decided(minh, khoa, quang)

    # Who decided may look, and not decide; the second coordinator does it by keyboard alone.
    quang.goes_to("/desk/second-looks").sees("Không có yêu cầu nào chờ bạn")
    bay.goes_to("/notices").sees("Một người nhờ xem lại một quyết định. Trả lời trong 5 ngày.")
    bay.goes_to("/desk/second-looks").finds_the_page_accessible("second-looks")
    bay.page.locator("main .row-card a").first.click()
    bay.is_at(r"/desk/second-looks/\d+$").sees(SORRY).sees(SAID).finds_the_page_accessible("second-look")
    quang.goes_to(bay.page.url.removeprefix(bay.site)).sees("Bạn là người đã quyết định, nên người khác xem lại.")
    bay.presses("Trả lời").sees("Hãy chọn kết quả.").finds_the_page_accessible("second-look-again")
    bay.page.get_by_label("Giữ như trước").focus()
    for key in ("ArrowDown", "Tab"):
        bay.page.keyboard.press(key)
    expect(bay.page.get_by_label("Hoàn tác")).to_be_checked()
    bay.page.keyboard.insert_text(FAIR)
    bay.page.keyboard.press("Tab")
    bay.page.keyboard.press("Enter")
    bay.sees("Đã trả lời. Cả hai bên nhận được tin.")

    # The message is back, for both; nothing of it counts any more.
    minh.goes_to(room).turns_to("talk").hears(SAID)
    khoa.goes_to("/acts-about-me").sees("đã xem lại và rút quyết định").sees(FAIR)
    khoa.finds_the_page_accessible("acts-about-me-overturned")
    minh.goes_to("/notices").sees("kết quả đã đổi")
    khoa.goes_to(room).turns_to("talk").says("Mình học tiếp nhé").hears("Mình học tiếp nhé")
    minh.goes_to(room).turns_to("talk").hears("Mình học tiếp nhé")

    # Somebody who may not read the room asks; a coordinator of the school agrees; the room is read for an hour.
    admin.goes_to("/desk/readings").fills("Số phòng", room.rpartition("/")[2]).fills("Vì sao cần đọc ngay", "gấp")
    admin.presses("Xin đọc").sees("Hãy ghi lý do rõ hơn, ít nhất 20 ký tự.").finds_the_page_accessible("readings")
    admin.fills("Vì sao cần đọc ngay", WHY).presses("Xin đọc").is_at(r"/desk/readings/\d+$")
    admin.sees("Đang chờ một điều phối viên").finds_the_page_accessible("reading-waits")
    place = admin.page.url.removeprefix(admin.site)
    bay.goes_to("/notices").sees("Cần bạn là người thứ hai.").goes_to(place)
    bay.finds_the_page_accessible("reading-agree").presses("Đồng ý cho đọc").sees("Đã đồng ý.")
    admin.goes_to(place).presses("Đọc phòng này").sees(SAID).finds_the_page_accessible("read-room")
    minh.goes_to("/notices").sees("được phép đọc lại một phòng học của em")
    for person in (minh, khoa, quang, bay, admin):
        person.leaves()
