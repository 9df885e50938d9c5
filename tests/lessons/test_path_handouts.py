"""A whole path on paper: one page to print and one PDF, in order, drawn once for a state of its lessons."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import change
from tests.insights.pdf_text import words_of
from tests.lessons.conftest import Loads
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.content.screens.drawing import Words as Wording
from tutoring.lessons.content.screens.drawing import drawn
from tutoring.lessons.content.screens.schema import Screen as ScreenPicture
from tutoring.lessons.handouts import path_files
from tutoring.lessons.handouts.blocks import Picture, Screen, Words, blocks

PATH = "/lessons/paths/thu"
TITLES = ["Vào lớp bằng đường dẫn", "Mã OTP là gì", "Giữ kín mã"]


def test_the_page_of_a_path_has_all_its_lessons_in_order(client: FlaskClient, small: Loads) -> None:
    assert f'href="{PATH}/print"' in client.get(PATH).text
    page = client.get(f"{PATH}/print").text
    places = [page.rindex(f"{title}</") for title in TITLES]
    assert places == sorted(places) and page.count('class="handout-lesson"') == 2
    assert page.count('class="handout-step"') == 5 and f'href="{PATH}/print.pdf"' in page


def test_the_pdf_of_a_path_is_drawn_once_until_a_lesson_changes(
    app: Flask, client: FlaskClient, small: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = list[str]()
    draw = path_files.draw_path
    monkeypatch.setattr(path_files, "_files", {})
    monkeypatch.setattr(path_files, "draw_path", lambda path: drawings.append(path.title) or draw(path))
    answer = client.get(f"{PATH}/print.pdf")
    assert answer.mimetype == "application/pdf" and "attachment" in answer.headers["Content-Disposition"]
    words = words_of(answer.data)
    places = [words.index(title) for title in TITLES]
    assert places == sorted(places) and "Không đọc cho ai." in words and "Cách đúng:" in words
    assert client.get(f"{PATH}/print.pdf").data == answer.data and len(drawings) == 1
    with app.app_context():
        change(Lesson, {"slug": "otp"}, content_hash="another")
    assert client.get(f"{PATH}/print.pdf").status_code == 200 and len(drawings) == 2
    assert client.get("/lessons/paths/khong-co/print.pdf").status_code == 404


class _Refused:
    def __enter__(self) -> None:
        raise AssertionError("a file that is there must not wait")

    def __exit__(self, *error: object) -> None: ...


def test_a_pdf_that_is_there_does_not_wait_for_the_drawing_of_another(
    client: FlaskClient, small: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path_files, "_files", {})
    monkeypatch.setattr(path_files, "draw_path", lambda path: b"%PDF of " + path.language.encode())
    first = client.get(f"{PATH}/print.pdf").data
    monkeypatch.setattr(path_files, "_drawing", _Refused())
    assert client.get(f"{PATH}/print.pdf").data == first == b"%PDF of vi"


def test_a_step_is_blocks_of_words_and_pictures() -> None:
    screen = drawn([ScreenPicture.model_validate({"name": "Khoá", "parts": [{"say": "9:41"}]})], Wording("vi", {}))
    html = (
        "<p><strong>Tìm:</strong> nút &amp; chữ.</p><ol start='3'><li>Mở</li><li>Gõ <a href='/x'>tên</a></li></ol>"
        f"<ul><li>Chờ</li></ul>{screen}<figure class='picture'><img alt='Một máy' src='/m.svg'></figure>"
    )
    found = blocks(html)
    assert [("".join(text for text, _ in one.runs), one.sign) for one in found if isinstance(one, Words)] == [
        ("Tìm: nút & chữ.", ""), ("Mở", "3."), ("Gõ tên", "4."), ("Chờ", "•"),
    ]  # fmt: skip
    assert isinstance(found[0], Words) and found[0].runs[0] == ("Tìm:", True)
    assert isinstance(found[4], Screen) and re.match("Màn hình “Khoá”", found[4].said)
    assert found[5] == Picture("Một máy")
