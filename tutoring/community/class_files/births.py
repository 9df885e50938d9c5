"""Days and years of birth as a list holds them; only the year leaves this module's callers."""

import re
from datetime import date, datetime, timedelta

from tutoring.community.class_files.sheets import Cell

YOUNGEST = 5  # as a guardian's own form has it
OLDEST = 20  # class 12 after being held back twice
_EXCEL_BEGINS = date(1899, 12, 30)
_SERIAL = range(18_264, 73_051)  # the days 1950–2099, as a cell that lost its form holds them
_YEAR = range(1900, 2100)
_DAY = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_HOUR = re.compile(r"[\sT]+0?0:00(:00(\.0+)?)?Z?$")


def birth_of(cell: Cell, this_year: int) -> tuple[int, date | None] | None:
    """Returns year and, if it stands there, day of birth; None for what is neither, and for days to come.

    A day is DD/MM/YYYY. Of two digits of a year the last century is meant when this one has not got there.
    """
    found = _birth(cell, this_year)
    return found if found and found[0] in _YEAR and found[0] <= this_year else None


def _birth(cell: Cell, this_year: int) -> tuple[int, date | None] | None:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        # A year typed into a cell for days is shown as a day of 1905.
        serial = (cell - _EXCEL_BEGINS).days
        return (serial, None) if serial in _YEAR else (cell.year, cell)
    if isinstance(cell, (int, float)):
        return _number(cell)
    text = _HOUR.sub("", " ".join(cell.strip(" '").split())).replace(" /", "/").replace("/ ", "/")
    if re.fullmatch(r"\d{4,5}(\.0)?", text):
        return _number(float(text))
    if found := _DAY.fullmatch(text):
        year = int(found[3]) if len(found[3]) == 4 else _century(int(found[3]), this_year)
        return _day(year, int(found[2]), int(found[1]))
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        return int(found[2]), None
    return None


def _number(number: float) -> tuple[int, date | None] | None:
    if number in _YEAR:
        return int(number), None
    whole = int(number) if abs(number) < 1e6 else 0
    if whole in _SERIAL:
        day = _EXCEL_BEGINS + timedelta(days=whole)
        return day.year, day
    return None


def _century(two_digits: int, this_year: int) -> int:
    year = this_year - this_year % 100 + two_digits
    return year if year <= this_year else year - 100


def _day(year: int, month: int, day: int) -> tuple[int, date | None] | None:
    try:
        return year, date(year, month, day)
    except ValueError:
        return None


def age_fault(year: int, this_year: int) -> str | None:
    """Returns "too_young" or "too_old" for a year in which no pupil of the classes 1–12 was born."""
    if this_year - year < YOUNGEST:
        return "too_young"
    return "too_old" if this_year - year > OLDEST else None
