"""A teacher announces a group session; two sign up, a third waits and gets a place; the room opens and they talk."""

import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.journeys.test_parent_joins import poster_code, sign_up
from tests.servers import Site

TITLE = "Cùng vào lớp học trực tuyến"


def announces(who: Person, places: str, at: str, audience: str) -> None:
    """Fill in the form and send it."""
    who.goes_to("/sessions").presses("Mở buổi học mới").is_at("/sessions/new").fills("Tên buổi học", TITLE)
    who.page.get_by_label("Hướng dẫn việc gì").select_option(index=1)
    who.chooses("Mở cho", "Trường Minh Hoạ").ticks(audience).fills("Giờ bắt đầu", at)
    who.chooses("Từ lớp", "Lớp 4").chooses("Đến lớp", "Lớp 6")
    who.fills("Nhận nhiều nhất mấy người", places).finds_the_page_accessible(f"session-new-{places}")
    who.presses("Mở buổi học")


def its_time_comes(site: Site) -> None:
    """The session for adults begins now."""
    moment = sa.DateTime(timezone=True)
    group = sa.table("group_session", sa.column("id"), sa.column("pupils"), sa.column("at", moment))
    due = sa.table("due_work", sa.column("key"), sa.column("run_at", moment))
    with site.transaction() as connection:
        number = connection.scalar(sa.select(group.c.id).where(group.c.pupils.is_(False)))
        connection.execute(sa.update(group).where(group.c.id == number).values(at=datetime.now(UTC)))
        connection.execute(sa.update(due).where(due.c.key == f"session:{number}:0").values(run_at=datetime.now(UTC)))


def test_a_session_is_announced_filled_and_held(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards, far = site.cards(), site.url(len(site.ports) - 1)
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    code = poster_code(hang)
    hoa, sau = Person(browser, far, **phone), Person(browser, site.url(0), **phone)
    sign_up(hoa, code, "Nguyễn Thị Hoà", "chị")
    sign_up(sau, code, "Trần Thị Sáu", "bà")
    lan, minh = (Person(browser, far, cards[name], **phone).signs_in() for name in ("lan", "minh"))
    minh.goes_to("/sessions").sees("Chưa có buổi học nhóm nào").finds_the_page_accessible("sessions-none")

    announces(hang, "1", "19:00", "Người lớn")
    hang.sees("Hãy ghi một số từ 2 đến 8.").finds_the_page_accessible("session-wrong")
    expect(hang.page.get_by_label("Tên buổi học")).to_have_value(TITLE)
    hang.fills("Nhận nhiều nhất mấy người", "2").presses("Mở buổi học").sees("Đã mở buổi học.")
    announces(hang, "6", "20:30", "Học sinh")
    hang.sees("Đã mở buổi học.").sees("Bạn hướng dẫn buổi này").finds_the_page_accessible("sessions-teacher")

    minh.goes_to("/requests").presses("Buổi học nhóm").sees("Lớp 4 đến lớp 6")
    minh.finds_the_page_accessible("sessions-pupil").presses("Đăng ký", exact=False).sees("Đã có chỗ")
    lan.goes_to("/sessions").presses("Đăng ký cho An", exact=False).sees("An đã có chỗ")
    for who in (hoa, lan):
        who.goes_to("/sessions").page.get_by_role("button", name=re.compile("^Đăng ký ?:")).click()
        who.sees("Đã đăng ký. Bạn được nhắc trước một ngày và một giờ.")
        who.sees("đã đủ 2 người" if who is lan else "còn 1 trên 2 chỗ")
    sau.goes_to("/sessions").finds_the_page_accessible("sessions-full").presses("Vào danh sách chờ", exact=False)
    sau.sees("Buổi này đã đủ người.").sees("Chờ, số 1").finds_the_page_accessible("sessions-waiting")
    lan.finds_the_page_accessible("sessions-mother")
    lan.page.get_by_role("button", name=re.compile("^Rút tên ?:")).click()
    lan.sees("Chỗ này được chuyển cho người đang chờ.")
    sau.sees("Đã có chỗ").goes_to("/notices").sees("Có chỗ trống: bạn đã có chỗ")
    hang.goes_to("/sessions").page.get_by_text("2 người đã đăng ký").first.click()
    hang.sees("Bà Sáu").finds_the_page_accessible("sessions-names")
    # What was unfolded stays so when the page hears of something new; here, that lan waits now.
    lan.presses("Vào danh sách chờ", exact=False).sees("Chờ, số 1")
    hang.sees("1 người chờ").sees("Bà Sáu")

    sau.goes_to("/sessions")
    its_time_comes(site)
    for who in (hang, hoa, sau):
        who.goes_to("/sessions").sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")
    hang.says("Cô chào cả nhóm").hears("Cô chào cả nhóm")
    for who, words in ((hoa, "Em chào cô ạ"), (sau, "Bà chào cô giáo")):
        who.hears("Cô chào cả nhóm").says(words)
    for who in (hang, hoa, sau):
        who.hears("Em chào cô ạ").hears("Bà chào cô giáo")
    hoa.finds_the_page_accessible("session-room").opens_the_menu().presses("Kết thúc").sees("Rời buổi học nhóm")
    hoa.finds_the_page_accessible("session-leave").page.get_by_role("radio").first.check()
    hoa.presses("Gửi và rời phòng").sees("Đã ghi lại.")
    sau.says("Bà còn một câu hỏi").hears("Bà còn một câu hỏi")
    hang.hears("Bà còn một câu hỏi").opens_the_menu().presses("Kết thúc").page.get_by_role("radio").first.check()
    hang.presses("Kết thúc và gửi").sees("Buổi học đã kết thúc")
    sau.sees("Buổi học đã kết thúc. Bạn vẫn đọc lại được.")
    for person in (hang, hoa, sau, lan, minh):
        person.leaves()
