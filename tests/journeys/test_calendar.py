"""A teacher sees her week with weekdays, takes one time along as a file, and makes a feed address and stops it."""

import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import icalendar
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.journeys.test_sessions import announces
from tests.servers import Site

FILE = "Thêm vào lịch điện thoại"


def read(address: str) -> tuple[int, bytes]:
    """As a program that shows calendars reads it: without a sign-in."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def times(written: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(written).walk("VEVENT"))


def test_a_week_a_file_and_an_address_that_is_stopped(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    hang = Person(browser, site.url(), site.cards()["hang"], **phone).signs_in()
    announces(hang, "4", "19:00", "Người lớn")
    hang.sees("Đã mở buổi học.").goes_to("/").presses("Mở lịch").is_at("/calendar$")
    if not hang.page.get_by_role("link", name=FILE).count():
        hang.presses("Tuần sau").is_at("from=")  # it is on a day of the next week
    heading = hang.page.get_by_role("heading", name=re.compile(r"^(Thứ \w+|Chủ Nhật), \d+.\d+")).first
    expect(heading).to_be_visible()
    hang.finds_the_page_accessible("calendar")

    with hang.page.expect_download() as download:
        hang.page.get_by_role("link", name=FILE).first.click()
    [one] = times(Path(download.value.path()).read_bytes())
    assert one["UID"] and one["DTSTART"].dt < one["DTEND"].dt and download.value.suggested_filename.endswith(".ics")

    hang.goes_to("/calendar").presses("Lấy địa chỉ lịch").finds_the_page_accessible("calendar-feed")
    address = hang.page.get_by_label("Địa chỉ lịch", exact=True).input_value()
    status, written = read(address)
    assert status == 200 and one["UID"] in [time["UID"] for time in times(written)]
    assert "Hằng" not in written.decode()
    hang.goes_to("/calendar").sees("Bạn đang có một địa chỉ lịch.").presses("Ngừng địa chỉ này").sees("Đã ngừng.")
    assert read(address)[0] == 404
    hang.leaves()
