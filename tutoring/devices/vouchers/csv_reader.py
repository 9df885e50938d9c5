"""Reads a sponsor's voucher file into codes and dates.

It is pure, and no error message contains a code.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tutoring.kernel.csv_files import day_of, heading, lines_of
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices.vouchers import FARTHEST

MAX_LINES = 5_000
MAX_BYTES = 1024 * 1024
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{4,38}[A-Z0-9]")
_CALLED = {
    "code": "code", "ma": "code", "ma the": "code", "ma nap": "code", "ma uu dai": "code", "ma goi": "code",
    "voucher": "code", "expires": "expires", "expires on": "expires", "expiry": "expires", "han": "expires",
    "han dung": "expires", "han su dung": "expires", "ngay het han": "expires",
}  # fmt: skip


@dataclass(frozen=True)
class VoucherLine:
    """One voucher of a file. Its `repr` never shows the code."""

    line: int
    code: str = field(repr=False)
    expires_on: date


@dataclass(frozen=True)
class Fault:
    """What is wrong in one line (the first is 1), as a msgid with its parameters."""

    line: int
    say: str  # a msgid
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class ParsedVouchers:
    lines: list[VoucherLine]
    faults: list[Fault]


def plain_voucher(typed: str) -> str:
    """Normalizes a code: capitals, no whitespace."""
    code = nfc("".join(nfc(typed).split()))  # without the space between them, combining marks change their order
    return code.upper() if code.isascii() else code  # non-ASCII letters may change when uppercased


def same_voucher(code: str) -> str:
    """Returns the code without dashes; codes that differ only in dashes are the same."""
    return code.replace("-", "")


def read_vouchers(text: str, today: date, expires_on: date | None = None) -> ParsedVouchers:
    """Reads all vouchers of a file, or its faults line by line.

    `expires_on` applies to lines without a date.
    """
    try:
        rows = list(_numbered(text))
    except csv.Error:
        return _wrong(1, N_("Không đọc được tệp này. Hãy lưu lại tệp dạng CSV."))
    if not rows:
        return _wrong(1, N_("Tệp chưa có dòng nào."))
    columns = [_CALLED.get(heading(cell), "") for cell in rows[0][1]]
    if "code" in columns:
        rows = rows[1:]
    elif all(len(cells) == 1 for _line, cells in rows):
        columns = ["code"]
    else:
        return _wrong(rows[0][0], N_("Dòng đầu cần có tên cột: “mã” và “hạn”."))
    if not rows:
        return _wrong(1, N_("Tệp chưa có dòng nào."))
    if len(rows) > MAX_LINES:
        return _wrong(1, N_("Tệp dài quá %(most)s dòng. Hãy chia thành vài tệp."), most=MAX_LINES)
    return _judged(rows, columns, today, expires_on)


def _wrong(line: int, say: str, **facts: Any) -> ParsedVouchers:
    return ParsedVouchers([], [Fault(line, say, facts)])


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields non-empty lines with their numbers.

    The `sep=` line with which Excel declares the separator is skipped.
    """
    text = text.lstrip("\ufeff")
    blank = text[: len(text) - len(text.lstrip())]
    start, skipped = blank.rfind("\n") + 1, blank.count("\n")
    if text[start : start + 4].lower() == "sep=":
        start, skipped = (text + "\n").index("\n", start) + 1, skipped + 1
    rows = lines_of(text[start:])
    for row in rows:
        cells = [nfc(cell) for cell in row]
        if any(cells):
            yield rows.line_num + skipped, cells


def _judged(
    rows: list[tuple[int, list[str]]], columns: list[str], today: date, expires_on: date | None
) -> ParsedVouchers:  # fmt: skip
    lines, faults, seen = list[VoucherLine](), list[Fault](), dict[str, int]()
    for line, row in rows:
        cells = dict(zip(columns, row, strict=False))
        code = plain_voucher(cells.get("code", ""))
        typed = cells.get("expires", "")
        until = day_of(typed.split()[0]) if typed.strip() else expires_on
        wrong = [*_of_code(code), *_of_day(typed, until, today)]
        before = seen.setdefault(same_voucher(code), line)
        if code and before != line:
            wrong.append((N_("Mã này đã có ở dòng %(other)s của tệp."), {"other": before}))
        faults += [Fault(line, say, facts) for say, facts in wrong]
        if not wrong and until is not None:
            lines.append(VoucherLine(line, code, until))
    return ParsedVouchers([] if faults else lines, faults)


def _of_code(code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not code:
        yield N_("Thiếu mã."), {}
    elif not _CODE.fullmatch(code):
        yield N_("Mã gồm 6 đến 40 chữ cái không dấu, chữ số hoặc gạch nối. Mã mở bằng Excel có thể đã bị đổi."), {}


def _of_day(typed: str, until: date | None, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    if until is None:
        yield (N_("Hãy ghi hạn dùng như 31/12/2027.") if typed else N_("Thiếu hạn dùng.")), {}
    elif until < today:
        yield N_("Hạn dùng đã qua."), {}
    elif until > today + FARTHEST:
        yield N_("Hạn dùng xa quá. Hãy xem lại năm."), {}
