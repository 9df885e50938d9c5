"""The page for lesson editors and its files."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.insights.conftest import bank, name_editor
from tests.insights.lesson_quality.test_queries import answer, say
from tests.lessons.conftest import Loads
from tutoring.accounts.models import User
from tutoring.insights.lesson_quality.tables import REASONS, TABLES
from tutoring.kernel.csv_files import plain
from tutoring.lessons.feedback import models as feedback_models
from tutoring.lessons.search.commands import record_miss
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
PAGE = "/insights/lessons"
LINK = f'href="{PAGE}"'


# ---- who may ---------------------------------------------------------------------------------------------------


def test_coordinators_and_named_teachers_see_the_figures(app: Flask, world: World, as_: As, two_paths: Loads) -> None:
    hang = as_("hang")
    assert hang.get(PAGE).status_code == hang.get(f"{PAGE}/rescues.csv").status_code == 404
    assert LINK not in hang.get("/lessons").text
    with app.app_context():
        name_editor(world["hang"])
        name_editor(world["bay"])  # named once, and no teacher any more
    for name in ("hang", "quang"):
        assert as_(name).get(PAGE).status_code == as_(name).get(f"{PAGE}/rescues.csv").status_code == 200
        assert LINK in as_(name).get("/lessons").text
    for name in ("bay", "minh", "lan", "muoi", "mai", "admin1"):
        assert as_(name).get(PAGE).status_code == as_(name).get(f"{PAGE}/rescues.csv").status_code == 404, name
        assert LINK not in as_(name).get("/lessons").text


def test_visitors_are_not_led_there(client: FlaskClient, two_paths: Loads) -> None:
    visitor_cache.forget()
    assert LINK not in client.get("/lessons").text
    assert client.get(PAGE).status_code == 302


# ---- what it says ----------------------------------------------------------------------------------------------


def test_a_table_without_lines_says_what_will_stand_there(as_: As, two_paths: Loads) -> None:
    page = as_("quang").get(PAGE).text
    for key, table in TABLES.items():
        assert (str(table.empty) in page) is (key != "care"), key
    assert f'{PAGE}/rescues.csv"' not in page


def test_figures_stand_beside_their_bars_and_lead_to_their_step(app: Flask, as_: As, two_paths: Loads) -> None:
    with app.app_context():
        for useful in (False, False, False, True):
            say("vao-lop", 2, useful, "" if useful else "words")
        say("otp", 1, False, "failed")
    page = as_("quang").get(PAGE).text
    assert '<a href="/lessons/vao-lop/2">Vào lớp bằng đường dẫn</a>' in page and "2. Mở đường dẫn" in page
    assert '<td class="num" data-label="Chưa có ích">3</td>' in page and ">75 %</td>" in page
    assert f"{REASONS['words']}: 3" in page
    assert 'class="whole" width="100.0"' in page and 'class="part" width="75.0"' in page
    assert 'class="whole" width="25.0"' in page  # one of four
    of_path = as_("quang").get(f"{PAGE}?path=an").text
    assert 'href="/lessons/otp/1"' in of_path and 'href="/lessons/vao-lop/2"' not in of_path
    assert '<option value="an" selected>' in of_path


@pytest.mark.parametrize(
    "asked", ["path=khong-co", "days=7", "days=x", "days=99999999999999999999", "path=%27%20OR%201"]
)
def test_odd_questions_get_the_whole_page(as_: As, two_paths: Loads, asked: str) -> None:
    page = as_("quang").get(f"{PAGE}?{asked}")
    assert page.status_code == 200 and '<option value="90" selected>' in page.text


def test_nobody_appears(app: Flask, as_: As, residents: list[User]) -> None:
    names = [user.full_name for user in residents]
    for user in residents:
        answer(user, "vao-lop", 2, "c1", "b")
    quang = as_("quang")
    pages = [quang.get(PAGE).text, *(quang.get(f"{PAGE}/{key}.csv").text for key in TABLES)]
    assert "Người lạ gửi" in pages[0]
    for name in names:
        assert not any(name in page for page in pages)


def test_the_page_costs_the_same_whatever_the_size_of_the_bank(
    app: Flask, as_: As, two_paths: Loads, queries: list[str]
) -> None:
    quang, costs = as_("quang"), []
    for more in (0, 60):
        two_paths(bank(more))
        with app.app_context():
            for number in range(more):
                say(f"bai-{number}", 2, False)
        quang.get(PAGE)
        queries.clear()
        assert quang.get(PAGE).status_code == 200
        costs.append([statement for statement in queries if statement != "BEGIN"])
    assert len(costs[0]) == len(costs[1]) == 14, costs[0]


# ---- files -----------------------------------------------------------------------------------------------------


def read(client: FlaskClient, key: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"{PAGE}/{key}.csv{query}")
    assert answer.mimetype == "text/csv" and answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_a_file_holds_every_line_of_its_table(app: Flask, as_: As, two_paths: Loads) -> None:
    with app.app_context():
        say("vao-lop", 2, False, "screen")
        say("vao-lop", 2, True)
        for n in range(15):
            record_miss(f"từ lạ thứ {n}", "vi")
    quang = as_("quang")
    assert read(quang, "feedback", "?path=thu&days=30") == [
        ["Bài", "Bước số", "Bước", "Chưa có ích", "Mọi ý kiến", "Phần", "Lý do"],
        ["Vào lớp bằng đường dẫn", "2", "Mở đường dẫn", "1", "2", "50 %", "màn hình không giống: 1"],
    ]
    assert len(read(quang, "searches")) == 1 + 15
    assert len(re.findall(r"tu la thu \d+", quang.get(PAGE).text)) == 10
    assert read(quang, "rescues") == [["Bài", "Bước số", "Bước", "Nhờ giúp", "Đã xong", "Phần"]]
    named = quang.get(f"{PAGE}/feedback.csv?path=thu&days=30").headers["Content-Disposition"]
    assert named == 'attachment; filename="cung-hoc-feedback-thu-30-ngay.csv"'
    assert quang.get(f"{PAGE}/khong-co.csv").status_code == 404


def test_hidden_figures_are_hidden_in_files_too(as_: As, residents: list[User]) -> None:
    for user in residents[:10]:
        answer(user, "vao-lop", 2, "c1", "b" if user is residents[0] else "a")
    assert read(as_("quang"), "answers")[1:] == [
        ["Vào lớp bằng đường dẫn", "2", "Mở đường dẫn", "Đường dẫn nào an toàn?", "Người lạ gửi", "dưới 10", "10", ""]
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-x", "@a", "\tx", " =1", "\r=1", "＝1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert plain(cell) == f"'{cell}"
    assert plain("1 = 1") == "1 = 1"


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) == set(feedback_models.REASONS)
