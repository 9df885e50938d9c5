"""A ward opens its queue, and a resident draws a number on a phone with the code that the wall display shows."""

from typing import Any

from playwright.sync_api import Browser

from tests.browser import LAPTOP
from tests.journeys.person import Person
from tests.servers import Site


def test_from_the_door_to_a_number(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    mai = Person(browser, site.url(0), site.cards()["mai"], **phone | {"viewport": LAPTOP}).signs_in()
    mai.goes_to("/").presses("Đơn vị").presses("Hàng chờ tại quầy").presses("Mở hàng chờ")
    mai.sees("Đã mở hàng chờ").presses("Giờ, việc, quầy, màn hình").finds_the_page_accessible("queue-settings")
    mai.page.get_by_label("Bắt đầu phát số").fill("0:00")
    mai.page.get_by_label("Ngừng phát số").fill("23:59")
    for day in ("Thứ Bảy", "Chủ nhật"):
        mai.page.get_by_label(day, exact=True).check()
    mai.presses("Lưu giờ").sees("Đã lưu.")
    door, display = (
        str(mai.page.locator("dl.addresses a").nth(at).get_attribute("href")).partition("/q/")[2] for at in (2, 0)
    )

    wall = Person(browser, site.url(len(site.ports) - 1), **phone | {"viewport": LAPTOP})
    wall.goes_to(f"/q/{display}").sees("Quầy chưa mở.").finds_the_page_accessible("queue-display")
    code = wall.page.locator(".day-code b").inner_text()

    her = Person(browser, site.url(len(site.ports) - 1), **phone)
    her.goes_to(f"/q/{door}").finds_the_page_accessible("queue-door")
    her.page.get_by_label("VNeID, căn cước").check()
    her.page.get_by_label("Mã hôm nay").fill(code)
    her.presses("Lấy số").sees("Bạn là người kế tiếp").finds_the_page_accessible("queue-ticket")
