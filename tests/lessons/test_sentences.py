"""Sentences of a step: found once each, never cut within what is emphasised, the HTML otherwise unchanged."""

import re

import pytest

from tests.lessons import bank as banks
from tutoring.lessons.catalogue.sentence_markup import marked

SPAN = re.compile(r'<span data-sentence="[^"]+">|</span>')


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Mở trang. Rồi chờ!</p>", ["Mở trang.", "Rồi chờ!"]),
        ("<p><strong>Tìm:</strong> nút “Gửi”. Bấm nó.</p>", ["Tìm: nút “Gửi”.", "Bấm nó."]),
        ("<p><strong>Một. Hai.</strong> Ba.</p>", ["Một. Hai. Ba."]),
        ("<ul><li>Một</li><li><p>Hai. Ba</p></li></ul>", ["Một", "Hai.", "Ba"]),
        ("<p>Ông nói “Thôi.” Bà cười.</p>", ["Ông nói “Thôi.”", "Bà cười."]),
        ("<p>Trang 1.5 và a &lt; b.</p>", ["Trang 1.5 và a < b."]),
        ('<figure class="picture"><img src="/a.png" alt="1 > 0. Hết."><figcaption>Ảnh. Xa.</figcaption></figure>', []),
        ("<p>… !</p>", []),
        ("<p>Một<br>Hai</p>", ["Một", "Hai"]),
    ],
)
def test_sentences_are_found(html: str, found: list[str]) -> None:
    out, sentences = marked(html)
    assert [one.text for one in sentences] == found
    assert SPAN.sub("", out) == html


def test_the_same_words_twice_are_two_sentences_and_ids_do_not_depend_on_others() -> None:
    twice = marked("<p>Bấm Gửi. Chờ. Bấm Gửi.</p>")[1]
    assert len({one.id for one in twice}) == 3
    assert marked("<p>Trước đó. Bấm Gửi.</p>")[1][1].id == twice[0].id


def test_every_step_of_the_bank_keeps_its_html_and_has_sentences_with_ids_of_their_own() -> None:
    for lesson in banks.real().lessons:
        for step in lesson.steps:
            html = step.text("vi").html
            out, sentences = marked(html)
            assert SPAN.sub("", out) == SPAN.sub("", html), (lesson.id, step.position)
            assert sentences and len({one.id for one in sentences}) == len(sentences)
