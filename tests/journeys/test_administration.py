"""Somebody who runs the site sets up the second factor, changes what everybody sees, and takes it back."""

import re
from datetime import UTC, datetime
from typing import Any

import pyotp
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from tests.journeys.person import Person
from tests.journeys.test_new_teacher import shown, types
from tests.servers import Site

PASSWORD = "mot hai bon nam trang giay"
DAY = f"{datetime.now(UTC).year + 1}-03-03"


def work_fails(site: Site) -> None:
    """A piece of nightly work was given up, as when a disk was full."""
    with site.transaction() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO due_work (kind, key, run_at, payload, attempts, failed_at, last_error) "
                "VALUES ('audit.anchor', 'audit.anchor:of-a-bad-night', :at, '{}', 8, :at, 'OSError')"
            ),
            {"at": datetime.now(UTC).replace(tzinfo=None)},
        )


def with_second_factor(who: Person, site: Site) -> Person:
    """Signs in with the passphrase and sets up the app that makes codes."""
    who.signs_in_as("thu.quantri", PASSWORD).goes_to("/account/second-factor/set-up").sees("Bước 2")
    who.page.get_by_text("Không quét được?").click()
    secret = who.page.locator("details b").inner_text().replace(" ", "")
    types(who, "6 số trên app", shown(pyotp.TOTP(secret), site)).sees("Mười mã dự phòng")
    return who.presses("Tôi đã cất mã")


def why(page: Page, words: str) -> None:
    page.get_by_label("Vì sao", exact=True).first.fill(words)


def test_whoever_runs_the_site_changes_what_everybody_sees_and_takes_it_back(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    site.flask("admin", "create", "Trần Thị Thu", "--handle", "thu.quantri", "--password", PASSWORD)
    work_fails(site)
    visitor = Person(browser, site.url(0), **phone)
    thu = with_second_factor(Person(browser, site.url(0), **phone), site)

    thu.goes_to("/account").presses("Mở trang quản trị").sees("1 tác vụ lỗi")
    thu.finds_the_page_accessible("admin")
    thu.presses("Cài đặt").finds_the_page_accessible("admin-settings").presses("Thông báo ở đầu mọi trang")
    thu.page.get_by_label("Giá trị", exact=True).fill("Tối nay trang nghỉ 30 phút.")
    why(thu.page, "nâng cấp máy")
    thu.presses("Lưu cho cả trang").sees("Đã lưu").sees("Tối nay trang nghỉ 30 phút.")
    thu.finds_the_page_accessible("admin-setting")
    visitor.goes_to("/help").sees("Tối nay trang nghỉ 30 phút.")

    thu.goes_to("/admin/facts").finds_the_page_accessible("admin-facts").presses("5656 hoặc 156", exact=False)
    thu.fills("Giá trị", "158").finds_the_page_accessible("admin-fact")
    why(thu.page, "đổi đầu số")
    thu.presses("Lưu và hiện trong các bài").sees("Các bài học hiện giá trị mới ngay")
    visitor.goes_to("/lessons/lo-bam-link-la").sees(re.compile("đầu số 158"))

    thu.goes_to(f"/admin/holidays/{DAY}").fills("Tên", "Nghỉ bầu cử").fills("Tên bằng tiếng Anh", "Election day")
    thu.page.get_by_label("Nguồn").fill("https://chinhphu.vn/thong-bao")
    why(thu.page, "có thông báo")
    thu.presses("Lưu ngày nghỉ").sees("Nghỉ bầu cử").finds_the_page_accessible("admin-holidays")

    thu.goes_to("/admin/failed").presses("Ghi lại cuối nhật ký mỗi ngày").finds_the_page_accessible("admin-work")
    thu.presses("Làm lại tất cả").sees("Sẽ làm lại 1 tác vụ").sees("Không có tác vụ lỗi")

    thu.goes_to("/admin/settings/announcement").sees("nâng cấp máy")
    thu.page.get_by_text("Trả lại giá trị trước lần sửa này").first.click()
    thu.page.locator("details textarea").first.fill("xong rồi")
    thu.presses("Trả lại").sees("Đã trả lại giá trị trước lần sửa đó").sees("xong rồi")
    visitor.goes_to("/help").sees_not("Tối nay trang nghỉ")
    thu.goes_to("/admin/log?action=change_option").sees("nâng cấp máy")
    thu.sees("Trần Thị Thu đổi cài đặt Thông báo ở đầu mọi trang")
    thu.finds_the_page_accessible("admin-log")
    for person in (thu, visitor):
        person.leaves()
