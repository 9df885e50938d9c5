"""The ward prints its month: an officer reads it, compares it, and takes the file and the report along."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.community.papers.word_text import text_of
from tests.forked_processes import done
from tests.insights.pdf_text import words_of
from tests.journeys.person import SHOTS, Person
from tests.servers import Site
from tutoring.insights.monthly_statistics.months import back, of_day
from tutoring.kernel import clock


def taken(person: Person, link: str) -> Path:
    """What comes down with a press on this link."""
    with person.page.expect_download() as coming:
        person.presses(link)
    path = coming.value.path()
    if SHOTS:
        coming.value.save_as(f"{SHOTS}/{coming.value.suggested_filename}")
    return Path(path)


@pytest.fixture
def site() -> Iterator[Site]:
    """A running site with two busy months behind it: they passed before its own due work began."""
    with Site() as made:
        status, _out, err = done("tests.journeys.two_months_of_use", env={**made.prepare().env, "JOBS": "0"})
        assert status == 0, err
        yield made.start(1)


def test_a_ward_prints_its_month(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    last, before = (back(of_day(clock.today()), ago) for ago in (1, 2))
    said, said_before = (f"{month.month}/{month.year}" for month in (last, before))

    mai = Person(browser, site.url(0), site.cards()["mai"], **phone).signs_in()
    mai.goes_to("/units").page.locator("main").get_by_role("link", name="Phường Minh Hoạ").first.click()
    mai.presses("Số liệu").is_at("/figures$").sees("Tháng này chưa chốt")
    mai.finds_the_page_accessible("figures-small-month")

    mai.page.locator(f'nav a[href*="month={last:%Y-%m}"]').click()
    mai.is_at("month=").sees(f"Tháng {said}: 20 người đã học hoặc được giúp, nhiều hơn 10 người so với tháng")
    mai.sees("Một nửa số yêu cầu được nhận trong 12 phút").sees("Có 20 yêu cầu giúp")
    waits = mai.page.get_by_role("table", name=re.compile("Chờ bao nhiêu phút"))
    expect(waits.get_by_role("row", name=re.compile("^19–20"))).to_have_text(re.compile("19–2012–"))
    for picture in mai.page.locator("main img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 300
    for table in mai.page.get_by_text("Bảng số").all():
        table.click()
    mai.sees("Giữ kín mã OTP").finds_the_page_accessible("figures")

    lines = list(csv.reader(taken(mai, "Tải số liệu (CSV)").read_text("utf-8-sig").splitlines()))
    asked = {line[1]: line[4] for line in lines if line[2:4] == ["Yêu cầu giúp", "Tất cả"]}
    assert asked == {f"{last:%Y-%m}": "20", f"{before:%Y-%m}": "10"}

    paper = taken(mai, "Báo cáo tháng để in (PDF)").read_bytes()
    words = words_of(paper)
    for expected in ("BÁO CÁO", f"tháng {said}", "Phường Minh Hoạ", "Khu phố 3", "19–20", "Nơi nhận:"):
        assert expected in words
    word = taken(mai, "Báo cáo để sửa (Word)").read_bytes()
    assert f"tháng {said}" in text_of(word) and "Cư Dân" not in text_of(word)
    assert "Cư Dân" not in words and "Hằng" not in words
    mai.page.emulate_media(media="print")
    expect(mai.page.get_by_role("link", name="Tải số liệu (CSV)")).to_be_hidden()
    expect(mai.page.get_by_text("Con số chính")).to_be_visible()
    mai.page.emulate_media(media="screen")

    mai.page.get_by_text("Xem tháng khác, so với tháng khác").click()
    mai.chooses("Xem tháng", f"Tháng {said_before}").chooses("So với", f"Tháng {said}").presses("Xem")
    mai.sees(f"Tháng {said_before}: 10 người đã học hoặc được giúp, ít hơn 10 người so với tháng {said}.")
    mai.leaves()
