"""An officer trains the people of a neighbourhood: announced, signed up for, marked; a year later they are due."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from playwright.sync_api import Browser, expect

from tests.forked_processes import done
from tests.journeys.person import Person
from tests.servers import Site
from tutoring.kernel.clock import LOCAL, local
from tutoring.training.readiness import months_after

TITLE = "Hướng dẫn bà con trên điện thoại"
TRACK = "Người của khu phố và tổ công nghệ số cộng đồng"


def learned(site: Site, username: str) -> None:
    """Somebody goes through all lessons of the track for neighbourhoods, and passes their quizzes."""
    status, _out, err = done("tests.journeys.staff_learner", username, env={**site.env, "JOBS": "0"})
    assert status == 0, err


def goes_on_to(site: Site, day: date, hour: int) -> None:
    """The clock of the site shows this hour of this day."""
    then = datetime.combine(day, time(hour), LOCAL)
    site.goes_on_after((then - site.now()).total_seconds())


def announces(mai: Person, day: date, seats: str) -> None:
    mai.presses("Mở buổi tập huấn").is_at("/training/new").fills("Tên buổi tập huấn", TITLE)
    mai.chooses("Dành cho", TRACK).fills("Ngày", day.isoformat()).fills("Giờ bắt đầu", "08:00")
    mai.fills("Ở đâu", "Phòng họp 2, Ủy ban nhân dân phường").fills("Bao nhiêu chỗ", seats)
    mai.page.get_by_label("Lời dặn").fill("Mang theo điện thoại đã sạc đầy.")
    mai.presses("Mở buổi tập huấn")


def test_from_the_first_session_to_the_renewal(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    cards, url = site.cards(), site.url(0)

    def comes(name: str) -> Person:
        return Person(browser, url, cards[name], **phone).signs_in()

    mai, muoi, bay = (comes(name) for name in ("mai", "muoi", "bay"))
    day = local(datetime.now(UTC)).date() + timedelta(days=2)

    # bay, of the digital team, is put on the track by hand
    mai.goes_to("/").page.get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.presses("Thành viên").presses("Tập huấn cán bộ").sees("0 sẵn sàng trên 1 người")
    mai.finds_the_page_accessible("training-ward-new")
    mai.presses("Thêm hoặc bỏ người").presses(TRACK).fills("Họ tên, phường hoặc khu phố", "bảy").presses("Tìm")
    mai.ticks("Bảy Minh Hoạ").finds_the_page_accessible("training-people").presses("Thêm vào lộ trình")
    mai.goes_to("/").page.get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.presses("Thành viên").presses("Tập huấn cán bộ").sees("0 sẵn sàng trên 2 người")

    announces(mai, day, "1")
    mai.sees("Hãy ghi một số từ 2 đến 200.").finds_the_page_accessible("training-wrong")
    expect(mai.page.get_by_label("Tên buổi tập huấn")).to_have_value(TITLE)
    mai.fills("Bao nhiêu chỗ", "20").presses("Mở buổi tập huấn").sees("Đã mở buổi tập huấn.")
    mai.finds_the_page_accessible("training-session-officer")

    muoi.goes_to("/notices").sees("Có buổi tập huấn dành cho bạn")
    muoi.page.locator("li", has_text="Có buổi tập huấn").get_by_role("button", name="Mở").click()
    muoi.is_at(r"/training/sessions/\d+$").finds_the_page_accessible("training-session")
    muoi.presses("Đăng ký", exact=False).sees("Đã có chỗ").sees("còn 19 trên 20 chỗ")
    bay.goes_to("/").presses("Tập huấn của tôi").sees("chưa bắt đầu").finds_the_page_accessible("training-own")
    bay.presses("Đăng ký", exact=False).sees("Bạn được nhắc trước một ngày.")
    learned(site, "muoi")

    # it is held
    goes_on_to(site, day - timedelta(days=1), 9)
    muoi.goes_to("/notices").sees("Ngày mai có buổi tập huấn")
    goes_on_to(site, day, 9)
    mai.goes_to("/training").presses(TITLE).presses("Điểm danh").sees("Đã đăng ký (2)")
    mai.finds_the_page_accessible("training-attendance").ticks("Bảy Minh Hoạ")
    mai.page.get_by_label("Thấy làm được").first.check()
    mai.presses("Lưu điểm danh").sees("Chỉ xác nhận “thấy làm được” cho người có mặt.")
    expect(mai.page.get_by_label("Thấy làm được").first).to_be_checked()
    mai.finds_the_page_accessible("training-attendance-wrong")
    mai.page.get_by_label("Bác Mười Minh Hoạ", exact=True).check()
    mai.presses("Lưu điểm danh").sees("Đã điểm danh.").sees("Đã thấy làm được")
    mai.finds_the_page_accessible("training-attendance-done")
    mai.goes_to("/training").presses("Phường Minh Hoạ").sees("1 sẵn sàng trên 2 người")
    mai.finds_the_page_accessible("training-ward")
    expect(mai.page.get_by_role("row", name="Bác Mười")).to_contain_text("sẵn sàng")
    expect(mai.page.get_by_role("row", name="Chú Bảy")).to_contain_text("đang học")
    muoi.goes_to("/training").sees("sẵn sàng").sees("Bạn đã xong mọi việc của lộ trình này.")
    muoi.finds_the_page_accessible("training-own-ready")
    for person in (mai, muoi, bay):
        person.leaves()

    # eleven months later, and a year: whoever was signed in then is not any more
    due_on = months_after(day, 12)
    goes_on_to(site, due_on - timedelta(days=30), 9)
    mai, muoi = comes("mai"), comes("muoi")
    muoi.goes_to("/notices").sees(f"có giá trị đến hết ngày {due_on:%d/%m/%Y}")
    muoi.finds_the_page_accessible("training-notice").leaves()
    mai.goes_to("/training").presses("Phường Minh Hoạ").presses("Đến hạn 2").sees("sắp đến hạn")
    mai.finds_the_page_accessible("training-ward-due").leaves()
    goes_on_to(site, due_on, 10)
    muoi = comes("muoi")
    muoi.goes_to("/notices").sees(f"đến hạn ngày {due_on:%d/%m/%Y}").leaves()
    goes_on_to(site, due_on + timedelta(days=1), 10)
    mai, muoi = comes("mai"), comes("muoi")
    mai.goes_to("/training").presses("Phường Minh Hoạ").presses("Đến hạn 2")
    expect(mai.page.get_by_role("row", name="Bác Mười")).to_contain_text("Cần dự lại một buổi tập huấn")
    expect(mai.page.get_by_role("row", name="Bác Mười")).to_contain_text("quá hạn")
    muoi.goes_to("/training").sees("quá hạn").finds_the_page_accessible("training-own-overdue")
    for person in (mai, muoi):
        person.leaves()
