"""The search: with and without accents, abbreviations, half words; the best hit opens at its step."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.kernel.db import db
from tutoring.lessons.search.models import SearchDocument, SearchMiss
from tutoring.lessons.search.queries import search, suggest
from tutoring.lessons.search.ranking import exact_key, exact_keys, parse, row, score, syllables
from tutoring.lessons.search.snippets import marked, snippet


def found(app: Flask, typed: str, lang: str = "vi") -> list[tuple[str, int]]:
    """Each lesson as a whole (0), and after it its steps that match, the best first."""
    with app.app_context():
        return [(slug, number or 0) for slug, number in search(typed, lang).places()]


def test_a_step_is_found_however_it_is_typed(app: Flask, small: Loads) -> None:
    for typed in (
        "đường dẫn từ thầy cô", "duong dan tu thay co", "DUONG DAN THAY CO", "thầy cô đường dẫn",
        "dduwowngf daanx tuwf thaayf coo", "lấy đường dẫ",
    ):  # fmt: skip
        assert ("vao-lop", 1) in found(app, typed)[:2], typed


def test_the_title_of_a_lesson_leads_to_the_lesson_itself(app: Flask, small: Loads) -> None:
    assert found(app, "vào lớp bằng đường dẫn")[0] == ("vao-lop", 0)


def test_what_people_call_it_finds_what_it_is_called(app: Flask, small: Loads) -> None:
    assert found(app, "zoom")[0][0] == "vao-lop"
    assert ("vao-lop", 3) in found(app, "mic")


def test_an_alias_of_a_lesson_finds_it(app: Flask, small: Loads) -> None:
    assert found(app, "vào lớp online")[0] == ("vao-lop", 0)


def test_all_words_count_before_any_of_them(app: Flask, small: Loads) -> None:
    assert {slug for slug, _ in found(app, "mã sáu số")} == {"otp"}
    assert found(app, "mã kim cương")[0][0] == "otp"


def test_english_pages_search_english_and_then_vietnamese(app: Flask, small: Loads) -> None:
    assert found(app, "open the link", "en")[:2] == [("vao-lop", 0), ("vao-lop", 2)]
    assert found(app, "đọc cho ai", "en")[0][0] == "otp"


def test_signs_alone_find_nothing_and_break_nothing(app: Flask, small: Loads) -> None:
    for typed in ("", "   ", "%", "_", "'; --", "\u200b", "!!!"):
        assert found(app, typed) == [], typed


def test_wildcards_are_only_letters(app: Flask, small: Loads) -> None:
    assert found(app, "d%ng") == found(app, "d ng")


def test_the_page_says_what_to_do_when_nothing_is_found(client: FlaskClient, small: Loads) -> None:
    page = client.get("/lessons/search?q=xyzzy").text
    assert "Chưa tìm thấy bài nào" in page and "Học thử" in page and 'value="xyzzy"' in page


def test_a_hit_opens_at_its_step(client: FlaskClient, small: Loads) -> None:
    assert 'href="/lessons/vao-lop/3"' in client.get("/lessons/search?q=bat+micro").text


def test_searching_too_often_is_refused_for_a_while(
    as_: Callable[[str], FlaskClient], client: FlaskClient, small: Loads
) -> None:
    minh = as_("minh")
    answers = [minh.get("/lessons/search?q=lop").status_code for _ in range(41)]
    assert answers == [200] * 40 + [429]
    assert client.get("/lessons/search?q=lop").status_code == 200
    together = [client.get("/lessons/search?q=lop").status_code for _ in range(41)]
    assert together == [200] * 41  # a class behind one address


# ---- ranking, without a database -------------------------------------------------------------------------


def points(typed: str, title: str, body: str = "") -> float:
    whole = f"{title} {body}"
    document = SearchDocument(
        folded_title=row(syllables(title)), folded_aliases="", folded=row(syllables(whole)),
        title_keys=row(exact_keys(title)), keys=row(exact_keys(whole)),
    )  # fmt: skip
    return score(parse(typed, {}), document)


def test_typed_accents_count() -> None:
    assert points("mã", "Mã phòng") > points("mã", "Má gọi")
    assert points("ma", "Mã phòng") == points("ma", "Má phòng")


def test_neighbours_count_more_than_strays() -> None:
    assert points("nộp hồ sơ", "Nộp hồ sơ đầu tiên") > points("nộp hồ sơ", "Nộp bài", "hồ nước, sơ đồ")


def test_both_ways_to_set_a_tone_are_one() -> None:
    assert exact_key("hoà") == exact_key("hòa") != exact_key("hoa")
    assert exact_key("thuỷ") == exact_key("thủy")


def test_the_snippet_shows_the_place_that_answers() -> None:
    body = " ".join(f"chữ{n}" for n in range(40)) + " bật micro lên"
    shown = snippet(parse("micro", {}), body)
    assert shown[-2:] == [("micro", True), (" lên", False)] and shown[0][0].startswith("… ")


def test_another_way_to_say_it_is_marked_where_it_stands_whole() -> None:
    query = parse("phat nguoi", {"phat nguoi": ["phat giao thong"]})
    text = "Người giúp nộp phạt giao thông, phạt nguội"
    assert [part for part, hit in marked(query, text) if hit] == ["phạt giao thông", "phạt nguội"]


def test_what_was_found_is_marked_in_the_words_of_the_text() -> None:
    assert marked(parse("duong da", {}, typing=True), "Lấy Đường  dẫn: đường đi") == [
        ("Lấy ", False), ("Đường  dẫn", True), (": ", False), ("đường", True), (" đi", False),
    ]  # fmt: skip
    text = "Ỷ lại – “mã” 5G, <b>mã</b>"
    assert "".join(part for part, _ in marked(parse("ma 5g", {}), text)) == text
    assert [part for part, found in marked(parse("ma 5g", {}), text) if found] == ["mã", "5G", "mã"]


# ---- titles while one types ------------------------------------------------------------------------------


def test_titles_are_offered_while_somebody_types(client: FlaskClient, small: Loads) -> None:
    offered = client.get("/lessons/suggest?q=mo+d").json
    assert offered == [{"title": "Mở đường dẫn", "href": "/lessons/vao-lop/2"}]
    assert client.get("/lessons/suggest?q=m").json == []
    assert client.get("/lessons/suggest").json == []


def test_at_most_six_titles_are_offered_lessons_first(app: Flask, loads: Loads) -> None:
    lessons = [banks.lesson(f"bai-{n}", *banks.three_steps(), order=n, title=f"Mở máy {n}") for n in range(9)]
    loads(replace(banks.small(), lessons=tuple(lessons)))
    with app.app_context():
        assert [(one.slug, one.number) for one in suggest("mở", "vi")] == [(f"bai-{n}", 0) for n in range(6)]


# ---- what was searched in vain ---------------------------------------------------------------------------


def misses(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {one.words: one.times for one in db.session.scalars(sa.select(SearchMiss))}


def test_a_search_in_vain_is_counted_without_who(app: Flask, client: FlaskClient, small: Loads) -> None:
    for typed in ("Kim Cương", "kim  cuong", "đường dẫn"):
        client.get("/lessons/search", query_string={"q": typed})
    assert misses(app) == {"kim cuong": 2}
    assert {column.name for column in SearchMiss.__table__.columns} == {"day", "lang", "words", "times"}


@pytest.mark.parametrize(("typed", "kept"), [
    ("xyzzy 0912345678", {"xyzzy #": 1}), ("001201234567", {}), ("q" * 200, {"q" * 80: 1}), ("???", {}),
])  # fmt: skip
def test_of_long_numbers_nothing_is_kept(
    app: Flask, client: FlaskClient, small: Loads, typed: str, kept: dict[str, int]
) -> None:
    client.get("/lessons/search", query_string={"q": typed})
    assert misses(app) == kept
