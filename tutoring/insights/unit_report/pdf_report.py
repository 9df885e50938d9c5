"""A unit's month as a PDF that staff can sign and pass upward.

It says what the page says, from the same rows. It bears no emblem, does not look like an official form, and names no
learner.
"""

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from flask_babel import gettext

from tutoring.insights.unit_report import narrative, sections
from tutoring.insights.unit_report.feature_sections import FeatureSection, feature_sections
from tutoring.insights.unit_report.labels import amount, month_said, notes, said, short
from tutoring.insights.unit_report.month import UnitMonth, below
from tutoring.insights.unit_report.narrative import KeyFigure
from tutoring.insights.unit_report.sections import BELOW, Heat, Section
from tutoring.kernel import clock
from tutoring.web import assets, i18n

LANG = "vi"
_MOST_BELOW = 200
_TEXT, _SMALL, _TITLE, _LINE = 10.5, 9, 15, 5.4  # points, and millimetres per line


@dataclass(frozen=True)
class Report:
    """The content of the report as text."""

    title: str
    unit: str
    above: str
    made_on: date
    month: str
    against: str
    sentences: list[str]
    key_figures: list[KeyFigure]
    sections: list[Section]
    heats: list[Heat]
    below: list[tuple[str, ...]]
    more_below: bool
    parts: list[FeatureSection]
    notes: list[str]


def of(month: UnitMonth) -> Report:
    """Collects the report's content in the active language."""
    known = sections.names(month, LANG)
    page = below(month, BELOW, limit=_MOST_BELOW)
    return Report(
        title=gettext("Báo cáo %(month)s", month=month_said(month.month)).upper(),
        unit=month.unit.name if month.unit else gettext("Toàn trang Cùng Học"),
        above=month.above.name if month.above else "",
        made_on=clock.today(),
        month=month_said(month.month, capital=True),
        against=month_said(month.against, capital=True) if month.against else "",
        sentences=[narrative.headline(month), *narrative.list_sentences(month, known)],
        key_figures=narrative.key_figures(month),
        sections=sections.of_month(month, known),
        heats=sections.heats(month),
        below=[
            (one.name, *(said(measure, amount(measure, one.cells[measure])) for measure in BELOW)) for one in page.rows
        ],
        more_below=bool(page.onward),
        parts=feature_sections(month),
        notes=[*notes(), _counted(month)],
    )


def _counted(month: UnitMonth) -> str:
    if month.now.counted_at is None:
        return str(gettext("Tháng này chưa được tính."))
    day = i18n.day(clock.local(month.now.counted_at))
    if month.now.closed:
        return str(gettext("Tháng đã chốt, tính lần cuối ngày %(day)s.", day=day))
    return str(gettext("Tháng chưa chốt, con số còn thay đổi. Tính đến ngày %(day)s.", day=day))


def drawn(report: Report) -> bytes:
    """Renders the report as a PDF."""
    pdf = _paper(report)
    _head(pdf, report)
    needs, lessons, practice, devices, funnel = report.sections
    quiet = sections.quiet(report.sections)
    _heading(pdf, gettext("Tháng này nói gì"))
    _text(pdf, " ".join(report.sentences))
    _heading(pdf, gettext("Con số chính"))
    _key_figures(pdf, report)
    _section(pdf, needs, (40, 12, 15, 17, 17))
    if report.heats:
        _heading(pdf, gettext("Khi nào người ta nhờ, khi nào phải chờ"))
        for heat in report.heats:
            _heat(pdf, heat)
    _funnel(pdf, funnel)
    _section(pdf, lessons, (75, 25))
    _section(pdf, practice, (60, 20, 20))
    _section(pdf, devices, (60, *(20,) * len(devices.columns)))
    if quiet:
        _heading(pdf, gettext("Phần chưa có con số để hiện"))
        _text(pdf, "; ".join(quiet) + ".")
    if report.below:
        _heading(pdf, gettext("Đơn vị bên dưới"))
        _table(pdf, (gettext("Đơn vị"), *map(short, BELOW)), report.below, (40, 11, 12, 14, 15, 14))
        if report.more_below:
            _text(pdf, gettext("Các đơn vị còn lại có trong tệp CSV của từng đơn vị."))
    for part in report.parts:
        _heading(pdf, part.title)
        _text(pdf, " ".join(part.sentences))
        if part.rows:
            _table(pdf, tuple(part.columns), [tuple(row) for row in part.rows], (2,) + (1,) * (len(part.columns) - 1))
    if pdf.will_page_break(80 + len(report.notes) * _LINE):
        pdf.add_page()  # signatures must not stand alone on a sheet
    _heading(pdf, gettext("Cách tính"))
    for line in report.notes:
        _text(pdf, f"– {line}", size=_SMALL)
    _signatures(pdf)
    return bytes(pdf.output())


# ---- page layout -----------------------------------------------------------------------------------------------


def _paper(report: Report) -> Any:
    # Loaded on first use: forty megabytes that a server saves until a report is printed.
    pdf = import_module("fpdf").FPDF(format="A4")
    for style, weight in (("", 400), ("B", 700)):
        pdf.add_font("site", style, assets.font(weight))
    pdf.set_margins(20, 18)
    pdf.set_auto_page_break(True, 20)
    pdf.set_lang(LANG)
    pdf.set_title(f"{report.title} – {report.unit}")
    pdf.set_author(report.unit)
    pdf.set_creator("Cùng Học")
    pdf.set_display_mode("fullwidth")
    pdf.set_text_color(assets.colour("ink"))
    pdf.set_draw_color(assets.colour("rule"))
    pdf.c_margin = 0  # aligns texts with tables
    pdf.set_line_width(0.2)

    def footer() -> None:
        pdf.set_y(-14)
        pdf.set_font("site", "", _SMALL)
        page = gettext("Trang %(n)s/%(of)s", n=pdf.page_no(), of="{nb}")
        pdf.cell(0, 5, f"{report.unit} · {report.month} · {page}")

    pdf.footer = footer
    pdf.add_page()
    return pdf


def _head(pdf: Any, report: Report) -> None:
    for style, name in (("", report.above), ("B", report.unit)):
        pdf.set_font("site", style, _TEXT)
        if name:
            pdf.multi_cell(0, _LINE, name.upper(), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("site", "", _TEXT)
    day = gettext("Ngày %(day)s tháng %(month)s năm %(year)s", day=f"{report.made_on:%d}", month=f"{report.made_on:%m}",
                  year=report.made_on.year)  # fmt: skip
    pdf.cell(0, _LINE, day, align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    pdf.start_section(report.title)
    pdf.set_font("site", "B", _TITLE)
    pdf.cell(0, 8, report.title, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("site", "", _TEXT)
    pdf.cell(0, _LINE, gettext("Người dân học và giúp nhau trên Cùng Học"), align="C", new_x="LMARGIN", new_y="NEXT")


def _heading(pdf: Any, words: str) -> None:
    """Writes a heading with an outline entry.

    Starts a new page if the heading would stand alone at the foot.
    """
    if pdf.will_page_break(30):
        pdf.add_page()
    pdf.ln(4)
    pdf.start_section(words, level=1)
    pdf.set_font("site", "B", 12)
    pdf.multi_cell(0, 6.5, words, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)


def _text(pdf: Any, words: str, size: float = _TEXT) -> None:
    pdf.set_font("site", "", size)
    pdf.multi_cell(0, _LINE * size / _TEXT, words, align="L", new_x="LMARGIN", new_y="NEXT")


def _table(pdf: Any, columns: tuple[str, ...], rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    """Writes a table: names left, figures right; the head is repeated on every page."""
    style = import_module("fpdf.fonts").FontFace(emphasis="BOLD", fill_color=assets.colour("primary-wash"))
    pdf.set_font("site", "", _SMALL)
    with pdf.table(
        col_widths=widths, text_align=("LEFT",) + ("RIGHT",) * (len(columns) - 1), headings_style=style,
        line_height=_LINE * 0.9, borders_layout="HORIZONTAL_LINES", padding=0.8,
    ) as table:  # fmt: skip
        for cells in (columns, *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    pdf.ln(1)


# ---- page content ----------------------------------------------------------------------------------------------


def _key_figures(pdf: Any, report: Report) -> None:
    columns: tuple[str, ...] = (gettext("Mục"), report.month)
    rows: list[tuple[str, ...]] = [(one.name, one.now) for one in report.key_figures]
    if not report.against:
        return _table(pdf, columns, rows, (70, 30))
    rows = [(*row, one.before, one.change.words) for row, one in zip(rows, report.key_figures, strict=True)]
    return _table(pdf, (*columns, report.against, gettext("Thay đổi")), rows, (40, 18, 18, 24))


def _section(pdf: Any, section: Section, widths: tuple[int, ...]) -> None:
    if section.shows:
        _heading(pdf, section.title)
        _table(pdf, (section.first, *section.columns), [(row.label, *row.texts) for row in section.rows], widths)


def _mixed(colour: str, percent: int) -> str:
    """Mixes a percentage of a colour with white, as the style sheet does."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * percent / 100):02x}" for part in parts)


def _heat(pdf: Any, heat: Heat) -> None:
    """Writes the table of weekdays and hours, with the shade behind each number."""
    face = import_module("fpdf.fonts").FontFace
    ink, paper, full = (assets.colour(name) for name in ("ink", "paper", "primary"))
    shades = (paper, assets.colour("primary-wash"), assets.colour("rule"), _mixed(full, 38), full)
    faces = [face(color=paper if shade == full else ink, fill_color=shade) for shade in shades]
    _text(pdf, heat.title)
    pdf.set_font("site", "", _SMALL)
    with pdf.table(
        col_widths=(16,) + (12,) * 7, text_align="CENTER", line_height=_LINE * 0.9, padding=0.4,
        headings_style=face(emphasis="BOLD"),
    ) as table:  # fmt: skip
        table.row([gettext("Giờ"), *(short for short, _day in heat.days)])
        for hour, cells in heat.hours:
            row = table.row()
            row.cell(hour)
            for text, shade in cells:
                row.cell(text, style=faces[shade])
    pdf.ln(2)


def _funnel(pdf: Any, section: Section) -> None:
    """Draws bars below the names of the steps, each with its number."""
    if not section.shows:
        return
    _heading(pdf, section.title)
    largest = max((row.values[0] or 0 for row in section.rows), default=0)
    room = pdf.epw - 30
    for row in section.rows:
        _text(pdf, row.label)
        y = pdf.get_y()
        length = room * (row.values[0] or 0) / largest if largest else 0
        if length:
            with pdf.local_context(fill_color=assets.colour("primary")):
                pdf.rect(pdf.l_margin, y + 0.6, length, 4, style="F")
        pdf.set_x(pdf.l_margin + length + (2 if length else 0))
        pdf.cell(28, _LINE, row.texts[0], new_x="LMARGIN", new_y="NEXT")


def _signatures(pdf: Any) -> None:
    pdf.ln(8)
    half = pdf.epw / 2
    for style, size, words in (
        ("B", _TEXT, (gettext("Người lập báo cáo"), gettext("Thủ trưởng đơn vị"))),
        ("", _SMALL, (gettext("(ký, ghi rõ họ tên)"),) * 2),
    ):
        pdf.set_font("site", style, size)
        pdf.cell(half, _LINE, words[0], align="C")
        pdf.cell(half, _LINE, words[1], align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(24)
    pdf.set_font("site", "", _TEXT)
    for _ in range(2):
        pdf.cell(half, _LINE, "." * 40, align="C")
    pdf.ln()
