"""Pages, charts, files and reports of units' figures: who sees them, and that hidden figures stay hidden in all."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.community.papers.word_text import text_of
from tests.factories import World, person
from tests.insights.pdf_text import words_of
from tests.insights.stored_months import AT, NOVEMBER, OCTOBER, SECRET, WAITS, WARD, store
from tutoring.community import commands as community
from tutoring.community.models import Unit
from tutoring.community.papers import pdf_file, word_file
from tutoring.insights.monthly_statistics import measures as m
from tutoring.insights.unit_report import feature_sections
from tutoring.insights.unit_report import labels as unit_report_labels
from tutoring.insights.unit_report.sections import CHARTS
from tutoring.kernel import clock, rate_limits
from tutoring.training.monthly_report_section import ReportSection

As = Callable[[str], FlaskClient]
FILES = ("", ".csv", ".pdf", ".docx", "/people.svg")


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    with clock.travel(AT):
        yield


@pytest.fixture
def counted(app: Flask, world: World) -> World:
    """November and October of the ward, its neighbourhood, its school and the whole site are counted."""
    before = {**WARD, (m.REACHED, ""): 115, (m.NEW, ""): None, (m.ASKED, ""): 95}
    with app.app_context():
        for unit_id in (world["phuong"], world["kp3"], world["truong"], None):
            store(unit_id, NOVEMBER, WARD, WAITS)
            store(unit_id, OCTOBER, before, {(m.WAITS, ""): (20, 95)})
    return world


def seen(client: FlaskClient, path: str) -> str:
    """The text of a page without its rail and tabs, or of a file."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r'(?s)<nav class="(?:rail|tabs).*?</nav>', "", answer.text)).split())


# ---- who sees them ---------------------------------------------------------------------------------------------

WHO = {
    "phuong": {"mai", "admin1"},
    "kp3": {"mai", "muoi", "admin1"},
    "truong": {"hang", "quang", "mai", "admin1"},  # who teaches at the whole school
    "lop6a": {"hang", "quang", "admin1"},
    None: {"admin1"},
}


@pytest.mark.parametrize("place", WHO, ids=str)
def test_each_sees_what_is_their_own(
    app: Flask, counted: World, as_: As, place: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = f"/units/{counted[place]}/figures" if place else "/figures"
    # What is on the papers is looked at below; here one is drawn, and of the others the status is asked.
    papers = [(pdf_file, "drawn"), (word_file, "written")]

    def not_drawn() -> None:
        for module, draws in papers:
            monkeypatch.setattr(module, draws, lambda _paper: b"-")

    if place != "kp3":
        not_drawn()
    for name in ("minh", "lan", "khoa", "bay", "hang", "quang", "muoi", "mai", "admin1"):
        client = as_(name)
        rate_limits.clear()
        for ending in FILES:
            status = client.get(top + ending).status_code
            assert status == (200 if name in WHO[place] else 404), (name, ending)
        if name in WHO[place]:
            not_drawn()


def test_what_does_not_exist_and_what_one_may_not_see_get_the_same_answer(counted: World, as_: As) -> None:
    client = as_("muoi")
    asked = {"Accept": "application/json"}
    hidden = client.get(f"/units/{counted['truong']}/figures", headers=asked)
    nowhere = client.get("/units/999999/figures", headers=asked)
    assert hidden.status_code == nowhere.status_code == 404 and hidden.json == nowhere.json
    assert as_("mai").get(f"/units/{counted['phuong']}/figures/nothing.svg").status_code == 404


def test_whoever_runs_the_site_finds_its_figures_among_the_units(world: World, as_: As) -> None:
    assert 'href="/figures"' in as_("admin1").get("/units").text
    assert 'href="/figures"' not in as_("mai").get("/units").text


def test_staff_find_the_figures_on_the_page_of_their_unit(counted: World, as_: As) -> None:
    link = f'href="/units/{counted["phuong"]}/figures"'
    assert link in as_("mai").get(f"/units/{counted['phuong']}").text


def test_an_officer_reads_sums_of_schools_and_nothing_of_classes(counted: World, as_: As) -> None:
    page = as_("mai").get(f"/units/{counted['phuong']}/figures").text
    assert f'href="/units/{counted["truong"]}/figures?month=2026-11"' in page
    school = as_("mai").get(f"/units/{counted['truong']}/figures").text
    assert f"/units/{counted['lop6a']}/figures" not in school
    assert f"/units/{counted['lop6a']}/figures" in as_("quang").get(f"/units/{counted['truong']}/figures").text


# ---- what it says ----------------------------------------------------------------------------------------------


def test_the_page_says_what_the_month_says_beside_the_month_before(counted: World, as_: As) -> None:
    text = seen(as_("mai"), f"/units/{counted['phuong']}/figures")
    assert "Tháng 11/2026: 140 người đã học hoặc được giúp, nhiều hơn 25 người so với tháng 10/2026." in text
    for words in (
        "Có 90 yêu cầu giúp, trong đó 15 yêu cầu không có ai giúp, nhiều nhất là “Giữ kín mã OTP”.",
        "Một nửa số yêu cầu được nhận trong 13 phút, 90% trong 95 phút.",
        "Hai bên đã cùng học 55 giờ trong 100 buổi.",
        "Có 240 lượt học xong bài, nhiều nhất là “Mã OTP: không đọc cho bất kỳ ai”.",
        "▲ nhiều hơn 25 (trước: 115) 140",
        "▼ ít hơn 5 (trước: 95) 90",
        "▼ nhanh hơn 7 phút (trước: 20 phút) 13 phút",
        "không so được (trước: ẩn) 45",
        "Tháng này chưa chốt",
    ):
        assert words in text, words


def test_any_two_months_are_compared(app: Flask, counted: World, as_: As) -> None:
    top = f"/units/{counted['phuong']}/figures"
    text = seen(as_("mai"), f"{top}?month=2026-10&against=2026-11")
    assert "Tháng 10/2026: 115 người đã học hoặc được giúp, ít hơn 25 người so với tháng 11/2026." in text
    assert "lâu hơn 7 phút" in text and "Tháng đã chốt, tính lần cuối" in text
    alone = seen(as_("mai"), f"{top}?month=2026-10")
    assert "Tháng 10/2026: 115 người đã học hoặc được giúp." in alone and "không so được" not in alone
    for nonsense in ("?month=2026-13", "?month=%00x", "?month=2026-11&against=tháng", "?after=x%0A99999999999999"):
        assert as_("mai").get(top + nonsense).status_code in (200, 400)


def test_a_month_that_goes_on_is_not_held_against_a_whole_one_in_its_first_sentence(counted: World, as_: As) -> None:
    with clock.travel(AT - timedelta(days=20)):
        text = seen(as_("mai"), f"/units/{counted['phuong']}/figures")
    assert "Tháng 11/2026 đến nay: 140 người đã học hoặc được giúp. Có 90 yêu cầu giúp" in text
    assert "nhiều hơn 25 (trước: 115)" in text and "Tháng này chưa chốt" in text


def test_a_month_without_figures_says_so_and_leads_to_one_with(app: Flask, counted: World, as_: As) -> None:
    text = as_("mai").get(f"/units/{counted['phuong']}/figures?month=2025-01").text
    assert "Tháng 1/2025 chưa có số liệu" in text and "month=2026-11" in text and "Con số chính" not in text


def test_before_the_first_count_the_page_says_when_figures_come(world: World, as_: As) -> None:
    page = as_("mai").get(f"/units/{world['phuong']}/figures")
    assert page.status_code == 200 and "chưa có số liệu" in page.text and "Mỗi đêm" in page.text
    assert as_("mai").get(f"/units/{world['phuong']}/figures.pdf").status_code == 200


def test_a_small_month_says_that_it_is_small_and_compares_nothing(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        store(world["phuong"], NOVEMBER, dict.fromkeys(WARD))
        store(world["phuong"], OCTOBER, WARD, WAITS)
    text = seen(as_("mai"), f"/units/{world['phuong']}/figures")
    assert "Tháng 11/2026: còn ít người tham gia nên phần lớn con số được ẩn." in text
    assert "nhiều hơn" not in text and "ít hơn" not in text and "yêu cầu giúp," not in text
    assert "Phần chưa có con số để hiện" in text and "Khi nào người ta nhờ" not in text


def test_waits_and_requests_stand_by_weekday_and_hour(counted: World, as_: As) -> None:
    page = as_("mai").get(f"/units/{counted['phuong']}/figures").text
    waits, asked, unmet = re.findall(r'<table class="heat">.*?</table>', page, re.DOTALL)
    assert re.search(r'<th scope="row">19–20</th><td class="s4">45</td><td>–</td>', waits)
    assert re.search(r'<th scope="row">19–20</th><td class="s4">20</td>', asked)
    assert re.search(r'<th scope="row">20–21</th>(<td>–</td>){6}<td class="s2">10</td>', asked)
    assert re.search(r'<th scope="row">19–20</th><td class="s4">10</td>', unmet)
    assert "3–4" not in asked  # nothing of that hour may be shown


def test_devices_and_internet_stand_on_page_file_and_paper(app: Flask, counted: World, as_: As) -> None:
    mai, top = as_("mai"), f"/units/{counted['phuong']}/figures"
    text = seen(mai, top)
    assert "35 người nhận được máy hoặc gói mạng." in text
    section = re.search(r'<section id="devices".*?</section>', mai.get(top).text, re.DOTALL)
    assert section is not None
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td[^>]*>([^<]+)</td><td[^>]*>([^<]+)</td></tr>', section[0])
    assert rows == [
        ("Máy nhận về kho", "25", "25"), ("Đăng ký cần máy", "45", "45"), ("Máy và gói mạng đã đến tay", "35", "35"),
        ("Máy đã trao, tặng hoặc cho mượn", "20", "20"), ("Gói mạng đã trao", "15", "15"),
        ("Gói mạng đã dùng (tự cho biết)", "10", "10"),
    ]  # fmt: skip
    lines = list(csv.reader(io.StringIO(mai.get(f"{top}.csv").data.decode("utf-8-sig"))))
    found = {(line[1], line[2], line[3]): line[4] for line in lines}
    assert ("2026-11", "Đăng ký cần máy, cần mạng", "Đăng ký cần mạng") not in found  # hidden parts are not named
    assert found["2026-11", "Máy mượn đã trả", "Tất cả"] == "ẩn"
    assert found["2026-11", "Máy và gói mạng đã đến tay", "Gói mạng đã trao"] == "15"
    assert "Máy đã trao, tặng hoặc cho mượn" in " ".join(words_of(mai.get(f"{top}.pdf").data).split())


def test_where_no_device_was_given_nothing_is_said_of_devices(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        store(world["phuong"], NOVEMBER, {key: value for key, value in WARD.items() if key[0] not in m.DEVICES})
    mai, top = as_("mai"), f"/units/{world['phuong']}/figures"
    page = seen(mai, top).replace("Lớp học Máy và mạng Số liệu", "Lớp học Số liệu")  # the tab of the ward
    for text in (page, mai.get(f"{top}.csv").data.decode("utf-8-sig")):
        assert "Máy và mạng" not in text and "Máy mượn" not in text and "Gói mạng" not in text
    assert "Máy và mạng" not in words_of(mai.get(f"{top}.pdf").data)


# ---- hidden stays hidden ---------------------------------------------------------------------------------------


def test_nothing_that_was_counted_leaves_the_table(counted: World, as_: As) -> None:
    mai, top = as_("mai"), f"/units/{counted['phuong']}/figures"
    found = [mai.get(top).text, mai.get(f"{top}.csv").text, words_of(mai.get(f"{top}.pdf").data)]
    found.append(text_of(mai.get(f"{top}.docx").data))
    found += [mai.get(f"{top}/{chart}.svg").text for chart in CHARTS]
    for text in found:
        assert str(SECRET) not in text.replace(".", "").replace(",", "").replace("\xa0", "")
        assert "Nhận biết lừa đảo" not in text  # a lesson of which nothing may be shown is not named either
        assert "None" not in text


def test_the_file_holds_every_shown_figure_of_both_months(counted: World, as_: As) -> None:
    answer = as_("mai").get(f"/units/{counted['phuong']}/figures.csv")
    assert answer.mimetype == "text/csv" and "demo-phuong-2026-11.csv" in answer.headers["Content-Disposition"]
    head, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[:4] == ["Đơn vị", "Tháng", "Mục", "Phần"]
    found = {(line[1], line[2], line[3]): line[4:] for line in lines}
    assert found["2026-11", "Người đã học hoặc được giúp", "Tất cả"] == ["140", "140", "", ""]
    assert found["2026-10", "Người mới, lần đầu tham gia", "Tất cả"] == ["ẩn", "ẩn", "", ""]
    assert found["2026-11", "Chờ đến khi có người nhận", "Thứ Hai, 19–20 giờ"] == ["20", "20", "45", "100"]
    assert found["2026-11", "Lượt luyện tập làm đến cuối", "Giữ kín mã OTP: cần tập lại"][0] == "10"
    assert found["2026-11", "Từ bài học đầu tiên đến hồ sơ thật", "Rồi tự nộp hồ sơ thật đầu tiên"][0] == "ẩn"


def test_a_unit_of_a_strange_name_harms_neither_file_nor_paper(app: Flask, world: World, as_: As) -> None:
    name = "=1+1 **Lớp** <b>☂ " + "Ộ" * 60
    with app.app_context():
        made = community.create_unit(person(world["quang"]), 'Lớp "x"; y', "class", name, parent_id=world["truong"])
        store(made.id, NOVEMBER, WARD)
        top = f"/units/{made.id}/figures"
    quang = as_("quang")
    answer = quang.get(f"{top}.csv")
    assert "\"'=1+1 **Lớp**" in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cung-hoc-lop-x-y-2026-11.csv"'
    assert "=1+1 **Lớp** <b>" in words_of(quang.get(f"{top}.pdf").data)
    assert "=1+1 **Lớp** <b>" in text_of(quang.get(f"{top}.docx").data)
    assert "<b>☂" not in quang.get(top).text


# ---- charts ----------------------------------------------------------------------------------------------------


def test_charts_are_pictures_and_nothing_else(counted: World, as_: As) -> None:
    for chart in CHARTS:
        _is_a_picture(as_("mai"), f"/units/{counted['phuong']}/figures/{chart}.svg")


def _is_a_picture(mai: FlaskClient, path: str) -> None:
    answer = mai.get(path)
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    text = answer.text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"script|xlink|href|//|<!--|<\?|@import|url\(|foreignObject|\son\w+=|<image|<use", text)
    root = ElementTree.fromstring(answer.data)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text and root.get("role") == "img"
    assert mai.get(path).data == answer.data  # the same figures, the same bytes
    wide = ElementTree.fromstring(mai.get(f"{path}?wide=1").data)
    assert int(wide.get("width", "")) > int(root.get("width", "")) <= 344


def test_a_chart_shows_its_numbers_and_says_where_they_are_hidden(counted: World, as_: As) -> None:
    mai, top = as_("mai"), f"/units/{counted['phuong']}/figures"
    people = mai.get(f"{top}/people.svg").text
    assert ">140<" in people and ">115<" in people and people.count(">ẩn<") == 10
    assert people.count("<rect") == 2
    needs = mai.get(f"{top}/needs.svg").text
    assert ">40 yêu cầu<" in needs and ">10 không có ai giúp<" in needs and ">ẩn không có ai giúp<" in needs
    assert ">55<" in mai.get(f"{top}/hours.svg").text  # hours, not minutes


def test_the_page_shows_each_chart_with_its_table(counted: World, as_: As) -> None:
    page = as_("mai").get(f"/units/{counted['phuong']}/figures").text
    for chart in CHARTS:
        section = re.search(rf'<section id="{chart}".*?</section>', page, re.DOTALL)
        assert section is not None
        assert f"/figures/{chart}.svg?month=2026-11" in section[0] and "<table" in section[0]
        assert re.search(r'<img [^>]*alt="Biểu đồ\. [^"]+"', section[0])
    assert "style=" not in page and "unsafe" not in as_("mai").get("/").headers["Content-Security-Policy"]


def test_a_chart_is_kept_by_the_browser_but_asked_for_each_time(app: Flask, counted: World, as_: As) -> None:
    mai, path = as_("mai"), f"/units/{counted['phuong']}/figures/people.svg"
    first = mai.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = mai.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert as_("muoi").get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404
    assert mai.get(path, headers={"Cookie": "", "If-None-Match": '"x"'}).status_code == 200


# ---- the report ------------------------------------------------------------------------------------------------


def test_the_report_says_on_paper_what_the_page_says(counted: World, as_: As) -> None:
    answer = as_("mai").get(f"/units/{counted['phuong']}/figures.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-1.")
    assert b"/Lang (vi)" in answer.data and b"/Outlines" in answer.data and b"/JavaScript" not in answer.data
    text = words_of(answer.data)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BÁO CÁO", "Phường Minh Hoạ", "tháng 11/2026",
        "ngày 08 tháng 12 năm 2026", "Con số chính", "nhiều hơn 25", "Giữ kín mã OTP", "19–20",
        "Rồi luyện tập dịch vụ công", "Khu phố 3", "Trường Minh Hoạ", "Cách tính", "Nơi nhận:",
    ):  # fmt: skip
        assert words in text, words
    assert "nhiều hơn 25 người so với" in text.replace("\n", " ")


def test_the_report_is_in_vietnamese_whatever_its_reader_reads(counted: World, as_: As) -> None:
    mai = as_("mai")
    mai.set_cookie("language", "en")
    text = words_of(mai.get(f"/units/{counted['phuong']}/figures.pdf").data)
    assert "BÁO CÁO" in text and "Kết quả người dân học" in text and "Giữ kín mã OTP" in text and "Con số chính" in text


def test_other_features_add_their_part_to_page_and_report(
    counted: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    def readiness(unit: Unit | None, month: date, _held: frozenset[str]) -> ReportSection | None:
        assert unit is not None
        said = f"{unit.name} có 12 người sẵn sàng trong {month:%m/%Y}."
        return ("Tập huấn", [said], ("Chặng", "Người"), (("Một", "12"),)) if unit.kind == "ward" else None

    monkeypatch.setattr(feature_sections, "SOURCES", (readiness,))
    mai = as_("mai")
    assert "có 12 người sẵn sàng trong 11/2026" in seen(mai, f"/units/{counted['phuong']}/figures")
    assert "có 12 người sẵn sàng trong 11/2026" in words_of(mai.get(f"/units/{counted['phuong']}/figures.pdf").data)
    assert "Tập huấn" not in seen(mai, f"/units/{counted['kp3']}/figures")


def test_the_hours_of_one_topic_are_seen_by_themselves(counted: World, as_: As) -> None:
    path, mai = f"/units/{counted['phuong']}/figures", as_("mai")
    page = mai.get(path).text
    assert "topic=an-toan.otp" in page and "topic=hoc.nop-bai" not in page  # of which no hour may be shown
    assert "19–20" in page and "20–21" in page
    one = mai.get(f"{path}?topic=an-toan.otp").text
    assert "19–20" in one and "20–21" not in one
    assert mai.get(f"{path}?topic=khac").text.count("19–20") == page.count("19–20")
    assert "· Thứ Hai, 19–20 giờ" in mai.get(f"{path}.csv").data.decode("utf-8-sig")


def test_two_figures_that_read_the_same_are_the_same(app: Flask) -> None:
    with app.test_request_context():
        assert unit_report_labels.change(m.TOGETHER, 3300, 3280).words == "như nhau"
        assert unit_report_labels.change(m.TOGETHER, 3300, 2700).words == "nhiều hơn 10 giờ"


# ---- units below -----------------------------------------------------------------------------------------------


def test_units_below_come_by_name_page_by_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        admin = person(world["admin1"])
        for n in range(60):
            name = f"Khu phố {100 + n}"
            made = community.create_unit(admin, f"kp-{n}", "neighbourhood", name, parent_id=world["phuong"])
            store(made.id, NOVEMBER, {(m.REACHED, ""): 10 + n})
        store(world["phuong"], NOVEMBER, WARD)
    mai, path = as_("mai"), f"/units/{world['phuong']}/figures"
    names: list[str] = []
    while path:
        page = mai.get(path).text
        table = page.partition('id="below"')[2]
        names += re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', table)
        onward = re.search(r'href="([^"]+after=[^"]+)"', table)
        path = onward[1].replace("&amp;", "&") if onward else ""
    assert names == sorted(names) and len(names) == len(set(names)) == 62
    assert len(names) == 62 and names[0] == "Khu phố 100"


def test_the_page_costs_the_same_however_much_happened(app: Flask, counted: World, as_: As, queries: list[str]) -> None:
    mai, path = as_("mai"), f"/units/{counted['phuong']}/figures"
    costs = []
    for turn in range(2):
        mai.get(path)
        queries.clear()
        mai.get(path)
        costs.append(len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]))
        with app.app_context():
            admin = person(counted["admin1"])
            for n in range(20):
                made = community.create_unit(
                    admin, f"n-{turn}-{n}", "neighbourhood", f"Ấp {n}", parent_id=counted["phuong"]
                )
                store(made.id, NOVEMBER, WARD)
            store(counted["phuong"], NOVEMBER, {(m.FINISHED, f"l:bai-{n}"): 20 for n in range(40)})
    assert costs[0] == costs[1] <= 35  # nine of them of the training of staff, eight of the exact counts
