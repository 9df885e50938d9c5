"""The pages that search lessons: a card for each, another reading of what was typed, no dead end, danger first."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from itertools import product
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.growth import calls
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.kernel.db import db
from tutoring.lessons.search.common_questions import QUESTIONS
from tutoring.lessons.search.models import SearchMiss
from tutoring.lessons.search.queries import CARE_SKILL, MAX_LESSONS, search

As = Callable[[str], FlaskClient]
PAGES = ["/search", "/lessons/search"]


def main_of(client: FlaskClient, where: str, **asked: str) -> str:
    answer = client.get(where, query_string=asked)
    assert answer.status_code == 200
    return unescape(answer.text.split("<main", 1)[1].split("</main>")[0])


def slugs(page: str) -> list[str]:
    """The lessons of the cards, in order."""
    return re.findall(r'<h3><a href="/lessons/([a-z0-9-]+)"', page)


# ---- cards -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", PAGES)
def test_a_lesson_stands_first_with_its_picture_and_its_steps_beneath(client: FlaskClient, where: str) -> None:
    page = main_of(client, where, q="học phí")
    card = page[page.index('<ol class="tiles finds">') :].split("<li class=", 2)[1]
    assert card.startswith('"tile hue-rose"') and "/pictures/coin.svg" in card and 'class="spot hue-rose"' in card
    lesson, steps = (card.index(f'href="/lessons/dong-hoc-phi-hoa-don{rest}') for rest in ('"', "/"))
    assert lesson < steps and re.search(r"Bước \d+:", card) and "<mark>" in card
    assert slugs(page)[0] == "dong-hoc-phi-hoa-don"


def test_a_lesson_has_one_card_however_many_of_its_steps_match(client: FlaskClient, small: Loads) -> None:
    page = main_of(client, "/lessons/search", q="đường dẫn")
    assert slugs(page) == ["vao-lop"]
    assert sorted(re.findall(r'href="/lessons/vao-lop/(\d)"', page)) == ["1", "2"]


def test_a_page_shows_so_many_lessons_and_no_more(app: Flask, loads: Loads) -> None:
    lessons = [banks.lesson(f"bai-{n}", *banks.three_steps(), order=n, title=f"Mở máy {n}") for n in range(30)]
    loads(replace(banks.small(), lessons=tuple(lessons)))
    with app.app_context():
        found = search("mở máy", "vi")
    assert [one.slug for one in found.lessons] == [f"bai-{n}" for n in range(MAX_LESSONS)]


def test_english_cards_are_in_english_also_where_vietnamese_was_found(client: FlaskClient, small: Loads) -> None:
    page = main_of(client, "/lessons/search", q="đường dẫn", lang="en")
    assert "Lesson vao-lop" in page and "Open the link" in page and "Step 2:" in page


# ---- another reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", PAGES)
def test_where_nothing_fits_the_results_of_the_corrected_search_are_shown_and_named(
    client: FlaskClient, where: str
) -> None:
    page = main_of(client, where, q="dongtienhoc")
    assert "Không thấy “dongtienhoc”. Đây là kết quả của “<a" in page
    assert f'<a href="{where}?q=đóng+tiền+học">đóng tiền học</a>' in unquote(page)
    assert slugs(page)[0] == "dong-hoc-phi-hoa-don" and 'value="dongtienhoc"' in page


def test_where_little_fits_the_typed_words_can_be_searched_all_the_same(client: FlaskClient) -> None:
    page = main_of(client, "/lessons/search", q="gỏ tiếng việc")
    assert "Ý bạn là “<a" in page and slugs(page)[0] == "go-tieng-viet-co-dau"
    href = re.search(r'<a href="([^"]*as=typed[^"]*)">Vẫn tìm “gỏ tiếng việc”</a>', page)
    assert href is not None
    again = unescape(client.get(href[1]).text)
    assert "Ý bạn là" not in again and 'value="gỏ tiếng việc"' in again


def test_where_some_words_are_found_the_page_says_so(client: FlaskClient) -> None:
    page = main_of(client, "/lessons/search", q="học phí bằng kim cương")
    assert "Chưa có bài nào đủ các chữ này" in page and slugs(page)[0] == "dong-hoc-phi-hoa-don"


def test_what_was_typed_breaks_out_of_no_sentence(client: FlaskClient) -> None:
    answer = client.get("/lessons/search", query_string={"q": "matkhau <b>x</b>"}).text
    assert "<b>x</b>" not in answer and "&lt;b&gt;" in answer


def test_a_search_found_by_another_reading_is_no_miss_and_one_in_vain_is(app: Flask, client: FlaskClient) -> None:
    for typed in ("dongtienhoc", "xyzzy"):
        client.get("/lessons/search", query_string={"q": typed})
    with app.app_context():
        assert [one.words for one in db.session.scalars(sa.select(SearchMiss))] == ["xyzzy"]


# ---- no dead end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("typed", ["", "xyzzy qwzk"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_empty_box_and_a_search_in_vain_lead_on(client: FlaskClient, where: str, typed: str, lang: str) -> None:
    page = main_of(client, where, q=typed, lang=lang)
    assert 'href="/ask"' in page
    assert all(f'href="/lessons/{slug}"' in page for _text, slug in QUESTIONS)
    assert where == "/search" or page.count('href="/lessons/paths/') == 7
    assert ("Quên mật khẩu" in page) == (lang == "vi")


def test_questions_whose_lesson_is_gone_are_not_asked(client: FlaskClient, small: Loads) -> None:
    page = main_of(client, "/lessons/search")
    assert "Nhiều người hỏi" not in page and 'href="/ask"' in page


# ---- danger ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", PAGES)
def test_words_of_danger_show_whom_to_call_then_the_lesson_on_it_and_are_stored_nowhere(
    app: Flask, as_: As, where: str
) -> None:
    words = ("muon chet", "tu tu", "rạch tay", "bị đánh", "muoons cheets", "i want to die")
    for client, typed in product((app.test_client(), as_("minh")), words):
        answer = client.post(where, data={"q": typed})
        assert answer.status_code == 200, typed
        head, _main, rest = answer.text.partition("<main")
        page = unescape(rest)
        assert page.index("tel:111") < page.index("bi-bat-nat-goi-111") and slugs(page)[0] == "bi-bat-nat-goi-111"
        assert typed not in head and f'"{typed}"' not in page and f"“{typed}”" not in page
        assert 'value=""' in page and "thoi-gian-man-hinh" not in page, typed
        assert client.get(where, query_string={"q": typed}).location == "/safety", typed
    with app.app_context():
        assert db.session.scalars(sa.select(SearchMiss)).all() == []


@pytest.mark.parametrize("where", PAGES)
def test_danger_that_only_its_spelling_hid_leads_to_the_card_and_is_stored_nowhere(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr("tutoring.lessons.search.corrections.correct", lambda *_typed, **_how: "em muốn chết")
    answer = client.get(where, query_string={"q": "emmuonchetqw hocphi"})
    assert (answer.status_code, answer.location) == (303, "/safety")
    with app.app_context():
        assert db.session.scalars(sa.select(SearchMiss)).all() == []


def test_some_lesson_says_whom_to_call(client: FlaskClient, app: Flask) -> None:
    """Else words of danger would lead to no lesson at all."""
    with app.app_context():
        assert [one.id for one in banks.real().lessons if CARE_SKILL in one.teaches] == ["bi-bat-nat-goi-111"]


# ---- what it costs ---------------------------------------------------------------------------------------

COST = 10  # statements of one search, at most
HOSTILE = {
    "long": "q" * 20_000,
    "words": "khoong vaof " * 2_000,
    "marks": "e" + "\u0301\u0323\u0302" * 3_000,
    "null": "\x00" * 500 + "lớp\x00học",
    "like": "%_" * 1_000,
    "index": "\" OR (a* NEAR b) -- ' | & <-> :* " * 100,
    "blanks": " \u200b\u00a0\t" * 1_000,
    "alike": "ma ba la ca ta sa ra da " * 500,
    "digits": "0912345678 " * 1_000,
    "other": "日本語 العربية ไทย 🙂 " * 200,
}


def counted(queries: list[str], app: Flask, typed: str, lang: str = "vi") -> int:
    with app.app_context():
        search(typed, lang)
        queries.clear()
        search(typed, lang)
        return len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])


FULL = pytest.mark.full
TYPED = [
    "mật khẩu",
    pytest.param("lam sao de ba ngoai goi video", marks=FULL),
    pytest.param("otp", marks=FULL),
    pytest.param("dongtienhoc", marks=FULL),
    pytest.param("xyzzy", marks=FULL),
    pytest.param("a b c d e f g h i k l m n o p q r s", marks=FULL),
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_search_asks_a_number_of_statements_that_neither_words_nor_lessons_change(
    app: Flask, loads: Loads, queries: list[str], typed: str
) -> None:
    before = counted(queries, app, typed)
    assert before <= COST
    real = banks.real()
    more = tuple(replace(one, id=f"{one.id}-{n}", order=one.order + n) for one in real.lessons[:10] for n in (1, 2))
    loads(replace(real, lessons=(*real.lessons, *more)))
    assert counted(queries, app, typed) <= COST
    assert abs(counted(queries, app, typed) - before) <= 2  # another lesson may come first, and end the search sooner


@pytest.mark.parametrize("where", PAGES)
def test_hostile_searches_get_an_answer(client: FlaskClient, where: str) -> None:
    for name, typed in HOSTILE.items():
        sent = client.post(where, data={"q": typed})
        assert sent.status_code == 303 and len(sent.location) < 3_000, name
        answer = client.get(sent.location)
        page = unescape(answer.text)
        assert answer.status_code == 200 and "\x00" not in page, name
        assert slugs(page) or 'href="/ask"' in page or "ít nhất hai chữ" in page, name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_searches_cost_a_bounded_number_of_calls(app: Flask, name: str) -> None:
    with app.app_context():
        search(HOSTILE[name], "vi")  # the first one reads the vocabulary
        assert calls(lambda: search(HOSTILE[name], "vi")) < 250_000
