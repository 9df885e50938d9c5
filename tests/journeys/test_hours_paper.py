"""A session is confirmed, becomes minutes and then a paper; a stranger checks it; its holder revokes it."""

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser

from tests.journeys.pair_in_room import come_together
from tests.journeys.person import SHOTS, Person
from tests.servers import Site
from tutoring.kernel.db import UtcDateTime


def earlier(site: Site, by: timedelta) -> None:
    """All that was written in rooms, and who was in them since when, as if it had begun so much earlier."""
    message = sa.table("message", sa.column("id"), sa.column("at", UtcDateTime()))
    attendance = sa.table("attendance", sa.column("id"), sa.column("from_at", UtcDateTime()))
    with site.transaction() as connection:
        for table, name in ((message, "at"), (attendance, "from_at")):
            for row in connection.execute(sa.select(table)).all():
                moved = {name: getattr(row, name) - by}
                connection.execute(sa.update(table).where(table.c.id == row.id).values(moved))


def test_from_a_session_to_a_paper_that_a_stranger_checks(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards = site.cards()
    minh, khoa, quang = (
        Person(browser, site.url(0), cards[name], **phone).signs_in() for name in ("minh", "khoa", "quang")
    )
    khoa.goes_to("/helping/minutes").sees("Chưa có buổi giúp nào").finds_the_page_accessible("minutes-empty")
    come_together(minh, khoa)
    for words in ("Em chào anh ạ", "Em thấy ô nhập mã rồi"):
        minh.says(words)
        khoa.hears(words).says(f"Anh đây, {words.lower()} nhé")
        minh.hears(f"Anh đây, {words.lower()} nhé")
        earlier(site, timedelta(minutes=4))
    minh.opens_the_menu().presses("Kết thúc").is_at("/end$").finds_the_page_accessible("end-helped")
    minh.ticks("Gửi lời cảm ơn").page.get_by_text("Viết thêm vài câu", exact=True).click()
    minh.page.get_by_label("Lời nhắn cho anh Khoa").fill("Nhờ anh mà em vào được lớp.")
    minh.presses("Kết thúc")
    minh.sees("Em đã học cùng anh Khoa").sees("Em đã xác nhận là được giúp.").finds_the_page_accessible("end-said")

    khoa.goes_to("/helping").presses("Giờ giúp của em").is_at("/helping/minutes$")
    khoa.sees(re.compile(r"Đã được xác nhận [78] phút\.")).sees("Nhờ anh mà em vào được lớp.")
    khoa.finds_the_page_accessible("minutes-no-consent")
    khoa.presses("Đọc và trả lời").sees("Em lập được giấy ghi số phút").finds_the_page_accessible("consent-hours")
    khoa.presses("Em đồng ý").goes_to("/helping/minutes").finds_the_page_accessible("minutes")
    khoa.presses("Lập giấy").is_at(r"/helping/papers/\d+$").sees("Giấy đã lập xong.")
    khoa.finds_the_page_accessible("paper")
    sheet = khoa.page.pdf(format="A4", path=f"{SHOTS}/paper.pdf" if SHOTS else None)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    printed = khoa.page.locator(".paper-code span").inner_text().split()[-1]

    stranger = Person(browser, site.url(len(site.ports) - 1), **phone)
    path = "/verify/" + printed.rpartition("/verify/")[2]
    stranger.goes_to(path).sees("Giấy này còn hiệu lực.").sees("Khoa").finds_the_page_accessible("verify-valid")
    assert stranger.page.locator("form").count() == 0 and not stranger.context.cookies()

    quang.goes_to("/units").page.get_by_role("link", name="Trường Minh Hoạ").first.click()
    quang.presses("Thành viên").presses("Giờ giúp").sees("Em Khoa giúp em Minh")
    quang.finds_the_page_accessible("unit-minutes")

    khoa.presses("Thu hồi giấy").sees("Ai quét mã trên giấy sẽ thấy giấy không còn hiệu lực.")
    khoa.finds_the_page_accessible("paper-revoked")
    stranger.goes_to(path).sees("Giấy này đã được thu hồi").sees_not("Khoa").finds_the_page_accessible("verify-revoked")
    answer = stranger.page.goto("/verify/" + "0" * 32)
    assert answer is not None and answer.status == 404
    stranger.sees("Không có giấy nào mang mã này.").finds_the_page_accessible("verify-unknown")
    for person in (minh, khoa, quang, stranger):
        person.leaves()
