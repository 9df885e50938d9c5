"""Writes an official paper as a Word file (DOCX) with python-docx: the same texts at the same places as the PDF.

An office opens it, writes number and names in, and files it. It names Times New Roman, which the office has.
"""

import io
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import segno

from tutoring.community.papers import paper as form
from tutoring.community.papers.paper import Facts, Heading, Items, Paper, Signature, Table, Text
from tutoring.kernel import clock
from tutoring.web import assets

FONT = "Times New Roman"
MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LABEL = 46.0
_SIGNED = 57  # points for a signature


def written(paper: Paper) -> bytes:
    """Returns the paper as a Word file."""
    # Imported lazily: an idle server does not need python-docx and lxml in memory.
    document = import_module("docx").Document()
    _sheet(document, paper)
    _head(document, paper)
    _subject(document, paper)
    if paper.addressed:
        _addressed(document, paper.addressees)
    for number, block in paper.numbered():
        _block(document, number, block)
    _foot(document, paper)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _mm(value: float) -> Any:
    return import_module("docx.shared").Mm(value)


def _pt(value: float) -> Any:
    return import_module("docx.shared").Pt(value)


def _element(name: str, **values: object) -> Any:
    """Returns an element of WordprocessingML with its attributes."""
    made = import_module("docx.oxml").OxmlElement(f"w:{name}")
    for key, value in values.items():
        made.set(import_module("docx.oxml.ns").qn(f"w:{key}"), str(value))
    return made


def _sheet(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = _mm(210), _mm(297)
    section.left_margin, section.right_margin = _mm(form.LEFT), _mm(form.RIGHT)
    section.top_margin, section.bottom_margin = _mm(form.TOP), _mm(form.BOTTOM)
    section.header_distance = _mm(form.PAGE_NUMBER)
    section.different_first_page_header_footer = True  # no number on the first page
    above = _paragraph(section.header.paragraphs[0], "", align="CENTER", after=0)
    run = _run(above, "", form.TEXT_SIZE)
    for part in ("begin", "", "end"):
        run._r.append(_element("fldChar", fldCharType=part) if part else _field(" PAGE "))
    _style(document.styles["Normal"], False)
    _style(document.styles["Heading 1"], True)
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[key]  # a picture of the empty template
    about = document.core_properties
    about.title, about.author, about.language = paper.title, paper.letterhead.office or paper.unit, "vi-VN"
    about.comments, about.created, about.modified = (
        "",
        clock.now().replace(tzinfo=None),
        clock.now().replace(tzinfo=None),
    )


def _field(words: str) -> Any:
    made = _element("instrText")
    made.text = words
    return made


def _style(style: Any, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold = FONT, _pt(form.TEXT_SIZE), bold
    if style.element.rPr.color is not None:
        style.element.rPr.remove(style.element.rPr.color)  # the theme's blue would win over black
    style.font.color.rgb = import_module("docx.shared").RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        if "heme" in key:  # the theme's typeface would win over the name
            del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(import_module("docx.oxml.ns").qn(f"w:{key}"), FONT)
    for old in style.element.rPr.findall(import_module("docx.oxml.ns").qn("w:lang")):
        style.element.rPr.remove(old)
    style.element.rPr.append(_element("lang", val="vi-VN"))


def _paragraph(made: Any, words: str, *, style: str = "", size: float = form.TEXT_SIZE, align: str = "LEFT",
               indent: float = 0, before: float = 0, after: float = 0, together: bool = False) -> Any:  # fmt: skip
    """Formats a paragraph and writes words into it; returns it."""
    shape = made.paragraph_format
    shape.alignment = import_module("docx.enum.text").WD_ALIGN_PARAGRAPH[align]
    shape.space_before, shape.space_after, shape.line_spacing = _pt(before), _pt(after), form.LINES
    shape.first_line_indent = _mm(indent) if indent else None
    shape.keep_with_next = together
    if words:
        _run(made, words, size, style)
    else:
        shape.line_spacing = _pt(size)  # an empty paragraph is as high as this, not as a line of text
    return made


def _run(paragraph: Any, words: str, size: float, style: str = "") -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.italic = _pt(size), "B" in style, "I" in style
    return run


def _columns(document: Any, widths: Sequence[float], rows: int = 1) -> list[list["_Lines"]]:
    """Returns the cells of a table without lines, row by row, for what stands side by side."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    margins = _element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(side, w=0, type="dxa"))
    table._tbl.tblPr.append(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = _mm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = _mm(width)
    return [[_Lines(cell) for cell in row.cells] for row in table.rows]


class _Lines:
    """Writes paragraphs into a cell, of which the first is there already."""

    def __init__(self, cell: Any) -> None:
        self._cell, self._first = cell, True

    def add(self, words: str, **shape: Any) -> Any:
        made = self._cell.paragraphs[0] if self._first else self._cell.add_paragraph()
        self._first = False
        return _paragraph(made, words, **shape)

    def rule(self, width: float, length: float) -> None:
        _ruled(self.add(""), width, length)


def _ruled(paragraph: Any, width: float, length: float) -> None:
    """Makes an empty paragraph a centred solid line of this length."""
    side = _mm(max(0.0, (width - length) / 2))
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = side
    shape.space_before, shape.line_spacing = _pt(2), _pt(5)  # below the tails of the letters above
    borders = _element("pBdr")
    borders.append(_element("top", val="single", sz=6, space=1, color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc")


@cache
def _font(bold: bool) -> tuple[dict[int, str], dict[str, tuple[int, int]], int]:
    font = import_module("fontTools.ttLib").TTFont(assets.paper_font(700 if bold else 400, False))
    return font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm


def _length(words: str, size: float, bold: bool = True) -> float:
    """Returns the length of a line in millimetres, by the measures that Times New Roman has too."""
    letters, metrics, em = _font(bold)
    return sum(metrics[letters.get(ord(sign), ".notdef")][0] for sign in words) / em * size * 25.4 / 72


def _head(document: Any, paper: Paper) -> None:
    left_width, right_width = form.OFFICE_WIDTH, form.WIDTH - form.OFFICE_WIDTH
    (left, right), (number, day) = _columns(document, (left_width, right_width), rows=2)
    above, office = paper.office
    left.add(above, size=form.OFFICE_SIZE, align="CENTER")
    left.add(office, style="B", size=form.OFFICE_SIZE, align="CENTER")
    left.rule(left_width, min(_length(office, form.OFFICE_SIZE), left_width) * form.RULE)
    right.add(form.NATION, style="B", size=form.NATION_SIZE, align="CENTER")
    right.add(form.MOTTO, style="B", size=form.MOTTO_SIZE, align="CENTER")
    right.rule(right_width, _length(form.MOTTO, form.MOTTO_SIZE))
    number.add(paper.number, size=form.NUMBER_SIZE, align="CENTER")
    day.add(paper.place_and_day, style="I", size=form.NUMBER_SIZE, align="CENTER")


def _subject(document: Any, paper: Paper) -> None:
    shape: dict[str, Any] = {"style": "B", "size": form.TITLE_SIZE, "align": "CENTER", "together": True}
    _paragraph(document.add_paragraph(), paper.kind.upper(), before=12, **shape)
    _paragraph(document.add_paragraph(), paper.subject, **shape)
    _ruled(
        _paragraph(document.add_paragraph(), ""), form.WIDTH,
        min(_length(paper.subject, form.TITLE_SIZE), form.WIDTH) * form.RULE,
    )  # fmt: skip


def _addressed(document: Any, names: Sequence[str]) -> None:
    if len(names) == 1:
        _paragraph(document.add_paragraph(), f"{form.ADDRESSED} {names[0]}", align="CENTER", before=form.GAP,
                   after=form.GAP)  # fmt: skip
        return
    _paragraph(document.add_paragraph(), form.ADDRESSED, indent=form.INDENT * 3, before=form.GAP)
    for n, name in enumerate(names, start=1):
        words = f"- {name}{'.' if n == len(names) else ';'}"
        _paragraph(document.add_paragraph(), words, indent=form.ADDRESSEES, after=form.GAP if n == len(names) else 0)


def _block(document: Any, number: str, block: form.Block) -> None:
    def text(words: str) -> None:
        _paragraph(document.add_paragraph(), words, align="JUSTIFY", indent=form.INDENT, before=form.GAP)

    match block:
        case Heading(words):
            made = document.add_paragraph(style="Heading 1")
            _paragraph(made, f"{number} {words}", style="B", indent=form.INDENT, before=form.GAP, together=True)
        case Text(words):
            text(words)
        case Items(lines):
            for line in lines:
                text(f"- {line}")
        case Facts(rows):
            sides = _columns(document, (_LABEL, form.WIDTH - _LABEL), rows=len(rows))
            for (left, right), (label, value) in zip(sides, rows, strict=True):
                left.add(f"{label}:")
                right.add(value or form.BY_HAND * 5)
        case Table():
            _table(document, block)


def _table(document: Any, block: Table) -> None:
    table = document.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.autofit, table.alignment = False, import_module("docx.enum.table").WD_TABLE_ALIGNMENT.CENTER
    widths = [_mm(form.WIDTH * part / sum(block.widths)) for part in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for n, cells in enumerate((block.columns, *block.rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("cantSplit"))
        if n == 0:
            properties.append(_element("tblHeader"))
        for at, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[at]
            align = "RIGHT" if at else "LEFT"
            _paragraph(cell.paragraphs[0], words, style="B" if n == 0 else "", align=align, together=n == 0)
    _paragraph(document.add_paragraph(), "", size=form.GAP)


def _foot(document: Any, paper: Paper) -> None:
    half = form.WIDTH / 2
    _paragraph(document.add_paragraph(), "", size=form.GAP)  # two tables side by side would be one
    if paper.sides:
        for cell, one in zip(_columns(document, (half, half))[0], paper.sides, strict=True):
            _signature(cell, one)
        _paragraph(document.add_paragraph(), "", size=form.GAP, together=True)
    left, right = _columns(document, (half, half))[0]
    left.add(form.RECIPIENTS, style="BI", size=form.RECIPIENTS_SIZE)
    for line in paper.recipients:
        left.add(line, size=form.LIST_SIZE)
    _signature(right, paper.signature)
    if paper.link:
        picture = io.BytesIO()
        segno.make(paper.link, error="m", micro=False).save(picture, kind="png", scale=8, border=4)
        picture.seek(0)
        shown = left.add("", before=form.GAP)
        shown.paragraph_format.line_spacing = form.LINES  # a line of fixed height would cut the picture off
        run = shown.add_run()
        run.add_picture(picture, width=_mm(22))
        run._r.xpath(".//wp:docPr")[0].set("descr", paper.link_words)
        left.add(paper.link_words, size=form.LIST_SIZE)


def _signature(lines: _Lines, one: Signature) -> None:
    for words in one.lines:
        lines.add(words, style="B", align="CENTER", together=True)
    lines.add(one.name or form.BY_HAND * 3, style="B", align="CENTER", before=_SIGNED)
