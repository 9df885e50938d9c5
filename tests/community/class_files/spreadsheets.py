"""Writes small XLSX files for tests: texts, numbers, days, formulas, and parts as an attacker would write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FIRST_DAY = date(1899, 12, 30)


class Formula(str):
    """A formula with the value that the spreadsheet program stored with it."""

    stored: str

    def __new__(cls, formula: str, stored: str) -> "Formula":
        made = super().__new__(cls, formula)
        made.stored = stored
        return made


def letters(column: int) -> str:
    """Returns the name of a column; 0 is A."""
    return letters(column // 26 - 1) + letters(column % 26) if column > 25 else chr(65 + column)


def _cell(at: str, value: Any) -> str:
    if value is None or value == "":
        return f'<c r="{at}" s="0"/>'
    if isinstance(value, Formula):
        return f'<c r="{at}" t="str"><f>{escape(value)}</f><v>{escape(value.stored)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="1"><v>{(value - _FIRST_DAY).days}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{at}"><v>{value}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def sheet_xml(rows: Sequence[Sequence[Any]]) -> str:
    """Returns the part of one sheet."""
    body = "".join(
        f'<row r="{number}">' + "".join(_cell(f"{letters(at)}{number}", one) for at, one in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def package(sheets: Mapping[str, str], more: Mapping[str, bytes] | None = None) -> bytes:
    """Returns a workbook of finished sheets, with further parts; a name that begins with "-" is a hidden sheet."""
    listed = "".join(
        f'<sheet name="{escape(name.lstrip("-"))}" sheetId="{at}" r:id="r{at}"'
        + (' state="hidden"' if name.startswith("-") else "")
        + "/>"
        for at, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    kinds = "http://schemas.openxmlformats.org/package/2006"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{kinds}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{kinds}/relationships">{related}'
        f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    parts |= {f"xl/worksheets/sheet{at}.xml": part for at, part in enumerate(sheets.values(), 1)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, part in (parts | dict(more or {})).items():
            zipped.writestr(name, part)
    return made.getvalue()


def workbook(*rows: Sequence[Any]) -> bytes:
    """Returns a workbook with one sheet."""
    return package({"Danh sách": sheet_xml(rows)})
