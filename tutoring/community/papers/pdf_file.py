"""Draws an official paper as a PDF with fpdf2, in a typeface with the measures of Times New Roman."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from tutoring.community.papers import paper as form
from tutoring.community.papers.paper import Facts, Heading, Items, Paper, Signature, Table, Text
from tutoring.kernel import clock
from tutoring.kernel.site_identity import site_name
from tutoring.web import assets
from tutoring.web.drawings.qr_codes import QUIET, draw_qr, qr_rows

_POINT = 25.4 / 72  # millimetres
_SINGLE = 1.15  # of the size: single spacing of this typeface
_CODE = 22.0  # side of the QR code in mm
_LABEL = 46.0
_SIGNED = 20.0  # mm for a signature
_LEAST = 12.0  # mm of text above the signatures


def drawn(*papers: Paper) -> bytes:
    """Returns a paper as a PDF, or several in one file: each begins on a sheet of its own."""
    pdf = _sheet(papers[0])
    for number, paper in enumerate(papers):
        if number:
            pdf.first_page = pdf.page_no() + 1
            pdf.add_page()
        _write(pdf, paper)
    return bytes(pdf.output())


def _write(pdf: Any, paper: Paper) -> None:
    _head(pdf, paper)
    _subject(pdf, paper)
    if paper.addressed:
        _addressed(pdf, paper.addressees)
    *most, last = paper.numbered()
    for number, block in most:
        _block(pdf, number, block)
    if pdf.will_page_break(_LEAST + _foot_height(paper)):  # signatures do not stand alone on a sheet
        pdf.add_page()
    _block(pdf, *last)
    _foot(pdf, paper)


def _sheet(paper: Paper) -> Any:
    # Imported lazily: an idle server does not need fpdf2 in memory.
    pdf = import_module("fpdf").FPDF(format="A4")
    for style, weight, italic in (("", 400, False), ("B", 700, False), ("I", 400, True), ("BI", 700, True)):
        pdf.add_font("paper", style, assets.paper_font(weight, italic))
    pdf.set_margins(form.LEFT, form.TOP, form.RIGHT)
    pdf.set_auto_page_break(True, form.BOTTOM)
    pdf.set_lang("vi")
    pdf.set_title(paper.title)
    pdf.set_author(paper.letterhead.office or paper.unit)
    pdf.set_creator(site_name())
    pdf.set_creation_date(clock.local(clock.now()))
    pdf.set_display_mode("fullwidth")
    pdf.c_margin = 0  # aligns texts with tables
    pdf.set_line_width(0.25)

    pdf.first_page = 1  # of the paper: page numbers begin anew with each

    def header() -> None:
        if pdf.page_no() > pdf.first_page:
            pdf.set_font("paper", "", form.TEXT_SIZE)
            pdf.set_y(form.PAGE_NUMBER)
            pdf.cell(0, _line(form.TEXT_SIZE), str(pdf.page_no() - pdf.first_page + 1), align="C")
            pdf.set_y(form.TOP)

    pdf.header = header
    pdf.add_page()
    return pdf


def _line(size: float) -> float:
    return size * form.LINES * _SINGLE * _POINT


def _centred(pdf: Any, words: str, style: str, size: float, x: float, width: float) -> float:
    """Writes centred lines in a column; returns the width of the widest."""
    pdf.set_font("paper", style, size)
    lines = pdf.multi_cell(width, _line(size), words, align="C", dry_run=True, output="LINES")
    pdf.set_x(x)
    pdf.multi_cell(width, _line(size), words, align="C", new_x="LMARGIN", new_y="NEXT")
    return max(float(pdf.get_string_width(line)) for line in lines)


def _rule(pdf: Any, x: float, width: float, length: float) -> None:
    """Draws a centred rule below the last line."""
    y = pdf.get_y() + 0.6
    start = x + (width - length) / 2
    pdf.line(start, y, start + length, y)
    pdf.set_y(y + 1.4)


def _head(pdf: Any, paper: Paper) -> None:
    """Draws the office at the left, the nation at the right, and the lines of number and day below them."""
    left, right = form.LEFT, form.LEFT + form.OFFICE_WIDTH
    width = form.WIDTH - form.OFFICE_WIDTH
    above, office = paper.office
    top = pdf.get_y()
    _centred(pdf, above, "", form.OFFICE_SIZE, left, form.OFFICE_WIDTH)
    _rule(
        pdf, left, form.OFFICE_WIDTH, _centred(pdf, office, "B", form.OFFICE_SIZE, left, form.OFFICE_WIDTH) * form.RULE
    )
    ends = pdf.get_y()
    pdf.set_y(top)
    _centred(pdf, form.NATION, "B", form.NATION_SIZE, right, width)
    _rule(pdf, right, width, _centred(pdf, form.MOTTO, "B", form.MOTTO_SIZE, right, width))
    below = max(ends, pdf.get_y()) + 1
    pdf.set_y(below)
    _centred(pdf, paper.number, "", form.NUMBER_SIZE, left, form.OFFICE_WIDTH)
    ends = pdf.get_y()
    pdf.set_y(below)
    _centred(pdf, paper.place_and_day, "I", form.NUMBER_SIZE, right, width)
    pdf.set_y(max(ends, pdf.get_y()) + 4)


def _subject(pdf: Any, paper: Paper) -> None:
    pdf.start_section(paper.title)
    _centred(pdf, paper.kind.upper(), "B", form.TITLE_SIZE, form.LEFT, form.WIDTH)
    length = _centred(pdf, paper.subject, "B", form.TITLE_SIZE, form.LEFT, form.WIDTH)
    _rule(pdf, form.LEFT, form.WIDTH, length * form.RULE)
    pdf.ln(2)


def _addressed(pdf: Any, names: Sequence[str]) -> None:
    pdf.set_font("paper", "", form.TEXT_SIZE)
    if len(names) == 1:
        words = f"{form.ADDRESSED} {names[0]}"
        pdf.multi_cell(0, _line(form.TEXT_SIZE), words, align="C", new_x="LMARGIN", new_y="NEXT")
    else:
        _paragraph(pdf, form.ADDRESSED, indent=form.INDENT * 3)
        for n, name in enumerate(names, start=1):
            _paragraph(pdf, f"- {name}{'.' if n == len(names) else ';'}", indent=form.ADDRESSEES)
    pdf.ln(1)


# ---- contents -------------------------------------------------------------------------------------------------


def _block(pdf: Any, number: str, block: form.Block) -> None:
    match block:
        case Heading(words):
            if pdf.will_page_break(25):  # a heading does not stand alone at the foot
                pdf.add_page()
            pdf.start_section(f"{number} {words}", level=1)
            _paragraph(pdf, f"{number} {words}", "B", keeps=False)
        case Text(words):
            _paragraph(pdf, words)
        case Items(lines):
            for line in lines:
                _paragraph(pdf, f"- {line}")
        case Facts(rows):
            for label, value in rows:
                _fact(pdf, label, value)
            pdf.ln(1)
        case Table():
            _table(pdf, block)


def _paragraph(pdf: Any, words: str, style: str = "", indent: float = form.INDENT, keeps: bool = True) -> None:
    """Writes a paragraph in line with both margins, its first line moved in."""
    pdf.set_font("paper", style, form.TEXT_SIZE)
    with (
        pdf.text_columns(text_align="J" if keeps else "L") as column,
        column.paragraph(
            first_line_indent=indent, top_margin=form.GAP * _POINT, line_height=form.LINES * _SINGLE
        ) as written,
    ):
        written.write(words)


def _fact(pdf: Any, label: str, value: str) -> None:
    """Writes a label, and beside it the value or dots to write on."""
    pdf.set_font("paper", "", form.TEXT_SIZE)
    line = _line(form.TEXT_SIZE)
    lines = pdf.multi_cell(
        form.WIDTH - _LABEL, line, value or form.BY_HAND * 5, align="L", dry_run=True, output="LINES"
    )
    if pdf.will_page_break(line * len(lines)):
        pdf.add_page()
    top = pdf.get_y()
    pdf.multi_cell(_LABEL - 2, line, f"{label}:", align="L", new_x="LMARGIN", new_y="NEXT")
    under = pdf.get_y()
    pdf.set_xy(form.LEFT + _LABEL, top)
    pdf.multi_cell(0, line, value or form.BY_HAND * 5, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(max(under, pdf.get_y()))


def _table(pdf: Any, block: Table) -> None:
    """Writes a table; its head is repeated on every page."""
    style = import_module("fpdf.fonts").FontFace(emphasis="BOLD")
    pdf.ln(1.5)
    pdf.set_font("paper", "", form.TEXT_SIZE)
    with pdf.table(
        col_widths=tuple(block.widths), text_align=("LEFT",) + ("RIGHT",) * (len(block.columns) - 1),
        headings_style=style, align="LEFT", line_height=_line(form.TEXT_SIZE), padding=(0.6, 1.2),
    ) as table:  # fmt: skip
        for cells in (block.columns, *block.rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    pdf.ln(1.5)


# ---- foot -----------------------------------------------------------------------------------------------------


def _foot_height(paper: Paper) -> float:
    line = _line(form.TEXT_SIZE)
    sides = max((len(one.lines) for one in paper.sides), default=-1) + 1
    signed = max((len(paper.signature.lines) + 1) * line + _SIGNED, (len(paper.recipients) + 1) * line)
    return 8 + (sides * line + _SIGNED if sides else 0) + signed + (_CODE if paper.link else 0)


def _foot(pdf: Any, paper: Paper) -> None:
    """Writes who signs for the two sides, who gets the paper and who signs for the office."""
    if pdf.will_page_break(_foot_height(paper)):
        pdf.add_page()
    pdf.ln(4)
    top, half = pdf.get_y(), form.WIDTH / 2
    for n, one in enumerate(paper.sides):
        pdf.set_y(top)
        _signature(pdf, one, form.LEFT + n * half, half)
    if paper.sides:
        pdf.ln(4)
    top = pdf.get_y()
    _recipients(pdf, paper, half)
    under = pdf.get_y()
    pdf.set_y(top)
    _signature(pdf, paper.signature, form.LEFT + half, half)
    if paper.link:
        _code(pdf, paper, under + 2)
    pdf.set_y(max(under, pdf.get_y()))


def _recipients(pdf: Any, paper: Paper, width: float) -> None:
    pdf.set_font("paper", "BI", form.RECIPIENTS_SIZE)
    pdf.multi_cell(width, _line(form.RECIPIENTS_SIZE), form.RECIPIENTS, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("paper", "", form.LIST_SIZE)
    for line in paper.recipients:
        pdf.multi_cell(width, _line(form.LIST_SIZE), line, align="L", new_x="LMARGIN", new_y="NEXT")


def _signature(pdf: Any, one: Signature, x: float, width: float) -> None:
    for line in one.lines:
        _centred(pdf, line, "B", form.TEXT_SIZE, x, width)
    pdf.ln(_SIGNED)
    _centred(pdf, one.name or form.BY_HAND * 3, "B", form.TEXT_SIZE, x, width)


def _code(pdf: Any, paper: Paper, y: float) -> None:
    """Draws the QR code below the list of recipients, its dark part in line with the margin."""
    modules, _ = qr_rows(paper.link)
    x = form.LEFT - QUIET * _CODE / (modules + 2 * QUIET)
    draw_qr(pdf, paper.link, x, y, _CODE)
    pdf.set_font("paper", "", form.LIST_SIZE)
    pdf.set_xy(x + _CODE, y + (_CODE - _line(form.LIST_SIZE)) / 2)
    pdf.cell(50, _line(form.LIST_SIZE), paper.link_words)
