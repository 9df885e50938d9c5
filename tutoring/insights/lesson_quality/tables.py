"""The tables of the editors' page: titles, columns, cell formats, and their CSV files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from tutoring.insights.lesson_quality import queries as lesson_quality_queries
from tutoring.insights.lesson_quality.queries import RatingLine
from tutoring.insights.lesson_quality.scope import Line, Scope
from tutoring.kernel.csv_files import written
from tutoring.web.i18n import LANGUAGES

REASONS = {
    "": _l("không nói lý do"),
    "words": _l("chữ khó hiểu"),
    "screen": _l("màn hình không giống"),
    "picture": _l("hình khó nhìn"),
    "long": _l("dài quá"),
    "failed": _l("làm theo mà không được"),
}


@dataclass(frozen=True)
class Table:
    """One table.

    Each column is named after the field of a line: lesson, step, what, part and so on.
    """

    key: str
    title: Any
    about: Any
    empty: Any
    columns: dict[str, Any]
    read: Callable[[Scope], list[Line]]
    more: Callable[[Line], str] = lambda line: line.more
    what: Callable[[Line], str] = lambda line: line.what

    def cell(self, line: Line, column: str) -> str:
        """Formats the cell of a column."""
        match column:
            case "lesson":
                return line.place.lesson if line.place else ""
            case "number":
                return str(line.place.number or "") if line.place else ""
            case "step":
                return line.place.step if line.place else ""
            case "what":
                return self.what(line)
            case "more":
                return self.more(line)
            case "share":
                return f"{line.count.share} %" if line.count.share is not None else ""
        figure = line.count.part if column == "part" else line.count.whole
        return str(gettext("dưới 10") if figure is None else figure)


def _reasons(line: Line) -> str:
    return (
        ", ".join(f"{REASONS[reason]}: {times}" for reason, times in line.reasons)
        if isinstance(line, RatingLine)
        else ""
    )


def _option(line: Line) -> str:
    return line.more or str(gettext("(thứ tự khác hoặc gõ câu khác)"))


_WHERE = {"lesson": _l("Bài"), "number": _l("Bước số"), "step": _l("Bước")}
_ANSWERED = {
    **_WHERE,
    "what": _l("Câu hỏi"),
    "more": _l("Lựa chọn sai"),
    "part": _l("Lượt chọn"),
    "whole": _l("Lượt trả lời"),
    "share": _l("Phần"),
}
_FROM_TEN = _l("Khi một câu có từ mười người trả lời, lựa chọn sai của câu ấy hiện ở đây.")

TABLES = {
    table.key: table
    for table in (
        Table(
            "rescues",
            _l("Bước nhiều người nhờ giúp"),
            _l("Thanh nhạt: lượt nhờ giúp. Thanh đậm: lượt đã giải quyết xong."),
            _l("Khi có người bấm “Tôi bị kẹt” ở một bước, bước ấy hiện ở đây."),
            {**_WHERE, "whole": _l("Nhờ giúp"), "part": _l("Đã xong"), "share": _l("Phần")},
            lesson_quality_queries.list_help_requests_by_step,
        ),
        Table(
            "answers",
            _l("Lựa chọn sai hay được chọn"),
            _l("Trong câu hỏi của các bước. Thanh nhạt: mọi lượt trả lời. Thanh đậm: lượt chọn ý này."),
            _FROM_TEN,
            _ANSWERED,
            lesson_quality_queries.wrong_options,
            more=_option,
        ),
        Table(
            "quizzes",
            _l("Lựa chọn sai trong câu hỏi của bài"),
            _l("Trong các lần làm đã nộp gần nhất. Thanh nhạt: mọi lượt trả lời. Thanh đậm: lượt chọn ý này."),
            _FROM_TEN,
            _ANSWERED,
            lesson_quality_queries.quiz_options,
        ),
        Table(
            "feedback",
            _l("Bước bị cho là chưa có ích"),
            _l("Thanh nhạt: mọi ý kiến. Thanh đậm: “Chưa”. Ý kiến không ghi tên nên hiện đủ số."),
            _l("Khi có người trả lời “Chưa” cho câu “Bước này có ích không?”, bước ấy và lý do hiện ở đây."),
            {
                **_WHERE,
                "part": _l("Chưa có ích"),
                "whole": _l("Mọi ý kiến"),
                "share": _l("Phần"),
                "more": _l("Lý do"),
            },
            lesson_quality_queries.not_useful,
            more=_reasons,
        ),
        Table(
            "searches",
            _l("Tìm mà không thấy"),
            _l("Chữ người ta gõ vào ô tìm kiếm mà không có kết quả, trong mọi lộ trình."),
            _l("Khi ai đó tìm mà không thấy gì, chữ họ gõ hiện ở đây: đó là bài hoặc từ đồng nghĩa còn thiếu."),
            {"what": _l("Chữ đã gõ"), "more": _l("Ngôn ngữ"), "part": _l("Số lần")},
            lesson_quality_queries.list_failed_searches,
            more=lambda line: LANGUAGES.get(line.more, line.more),
        ),
        Table(
            "endings",
            _l("Bắt đầu và học xong"),
            _l("Thanh nhạt: người bắt đầu. Thanh đậm: người đã học xong."),
            _l("Khi có người bắt đầu một bài, bài ấy hiện ở đây, cùng bước mà nhiều người dừng lại nhất."),
            {
                "lesson": _l("Bài"),
                "whole": _l("Đã bắt đầu"),
                "part": _l("Học xong"),
                "share": _l("Phần"),
                "more": _l("Dừng nhiều nhất ở bước"),
            },
            lesson_quality_queries.endings,
        ),
        Table(
            "care",
            _l("Việc cần làm với chính bài học"),
            _l("Lỗi trong tệp, ngày xem lại, điều chưa kiểm tra được và bản dịch."),
            _l("Không có việc nào. Khi tệp có lỗi hoặc bài đến ngày xem lại, việc ấy hiện ở đây."),
            {"what": _l("Việc"), **_WHERE, "more": _l("Chi tiết")},
            lesson_quality_queries.care,
            what=lambda line: str(gettext(line.what)),
        ),
    )
}


def as_csv(table: Table, lines: list[Line]) -> bytes:
    """Returns all lines as CSV, one cell per column."""
    head = (str(label) for label in table.columns.values())
    return written(head, ([table.cell(line, column) for column in table.columns] for line in lines))
