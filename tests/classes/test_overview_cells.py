"""The fields of a class's overview: shared where they say the same, escaped, and none for a pupil who is hidden."""

from datetime import date

from flask import Flask

from tutoring.classes.overview.cells import NOT_ASKED, Cell, Cells
from tutoring.classes.overview.lessons import LessonOutline
from tutoring.classes.overview.states import DONE, GOING, NOT_BEGUN, STUCK, LessonState
from tutoring.classes.overview.table_html import ShownRow, TableWords, rows_html

DAY = date(2026, 12, 1)
LESSON = LessonOutline("a", "p", False, "Bài", "Đường", {"x": 1, "y": 2}, ("Mở", "Bấm"), None)
WORDS = TableWords("Đã xong", "Đang dừng", "Chưa đồng ý cho xem")


def test_pupils_who_are_equally_far_share_a_field(app: Flask) -> None:
    with app.test_request_context():
        cells, far = Cells(), LessonState(GOING, "y", DAY)
        rows = [{"a": far}, {"a": far}, {}, {"a": LessonState(STUCK, "gone", DAY, DAY)}]
        found = cells.column("a", LESSON, rows)
        assert found[0] is found[1] and found[0] == Cell(GOING, "Bước 2/2", "xem 1/12")
        assert found[2] == cells.lesson(NOT_BEGUN, LESSON) and found[3] == Cell(STUCK, "Bước 1/2", "dừng từ 1/12")


def test_every_text_of_a_row_is_escaped() -> None:
    bad, safe = '"><b>&', "&#34;&gt;&lt;b&gt;&amp;"
    words = TableWords(bad, bad, bad)
    html = rows_html([ShownRow(bad, [Cell(STUCK, bad, bad)], 0, 1, 1), ShownRow(bad, None)], [bad], words)
    assert html == (
        f'<tr><th scope="row">{safe}</th><td class="sum" data-label="{safe}">0/1</td>'
        f'<td class="sum" data-label="{safe}">1</td>'
        f'<td class="s-stuck" data-label="{safe}"><b>{safe}</b><span>{safe}</span></td></tr>'
        f'<tr><th scope="row">{safe}</th><td class="s-hidden" colspan="3">{safe}</td></tr>'
    )


def test_fields_stand_in_the_order_of_their_columns() -> None:
    one, other = Cell(GOING, "1"), Cell(DONE, "2")
    html = rows_html([ShownRow("An", (one, other), 1, 2), ShownRow("Bo", (other, NOT_ASKED), 1, 1)], ["A", "B"], WORDS)
    first, second = html.split("</tr>")[:2]
    assert first.endswith('<td class="s-going" data-label="A"><b>1</b></td><td class="s-done"><b>2</b></td>')
    assert second.endswith('<td class="s-done"><b>2</b></td><td class="s-aside"><b>–</b></td>')
    assert '<td class="sum no" data-label="Đang dừng">–</td>' in first
