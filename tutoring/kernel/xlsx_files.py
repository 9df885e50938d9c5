"""Writes XLSX files for spreadsheets: one sheet of texts and whole numbers.

Every text is an inline string, which no spreadsheet takes for a formula. The file holds no macro and no link.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML may hold these
_AT = (2020, 1, 1, 0, 0, 0)  # the same rows give the same file


def xlsx_file(title: str, head: Iterable[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Returns a workbook with one sheet: the head, which stays in sight, and all rows."""
    lines = [_row(1, [str(label) for label in head]), *(_row(n, row) for n, row in enumerate(rows, 2))]
    sheet = (
        f'<worksheet xmlns="{_SHEETS}"><sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
        "</sheetView></sheetViews>"
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    book = (
        f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATED}"><sheets>'
        f'<sheet name="{_text(_name(title))}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _AT), _HEAD + text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_RELATED}/{kind}" Target="{target}"/></Relationships>'
    )


def _row(number: int, cells: Sequence[object]) -> str:
    return f'<row r="{number}">{"".join(_cell(cell) for cell in cells)}</row>'


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(str(value))}</t></is></c>'


def _text(value: str) -> str:
    return escape(_UNSAFE.sub("", value), {'"': "&quot;"})


def _name(title: str) -> str:
    """Returns a title that a sheet may have: at most 31 characters, none of `[]:*?/\\`."""
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"
