"""Public holidays as data: reads and validates content/holidays.yml.

Days fixed by law or an announcement are shown. Days that are only expected are kept apart and never shown as fact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tutoring.config import ROOT
from tutoring.kernel.hooks import Hook

FILE = ROOT / "content" / "holidays.yml"
KNOWN_BY = ("law", "announced", "expected")


class BadHolidays(ValueError):
    """The data is invalid; the message names the day."""


@dataclass(frozen=True)
class Holiday:
    """A day off, named in both languages; `known_by` is one of KNOWN_BY."""

    day: date
    name_vi: str
    name_en: str
    known_by: str = "law"
    source: str = ""

    @property
    def certain(self) -> bool:
        return self.known_by != "expected"

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi


@dataclass(frozen=True)
class Calendar:
    """All recorded holidays and the day on which they were recorded."""

    as_of: date
    law: str
    days: tuple[Holiday, ...]


def read(text: str) -> Calendar:
    """Parses the text of a calendar file; raises BadHolidays."""
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # a 30 February is a ValueError
        raise BadHolidays(f"this is no YAML, or names a day that never comes: {error}") from error
    if not isinstance(data, dict) or set(data) != {"as_of", "law", "days"}:
        raise BadHolidays("as_of, law and days are asked for, and nothing else")
    if not _is_day(data["as_of"]) or not isinstance(data["law"], str) or not isinstance(data["days"], list):
        raise BadHolidays("as_of is a day, law a text and days a list")
    days = tuple(_holiday(one) for one in data["days"])
    _check(days, data["as_of"])
    return Calendar(data["as_of"], data["law"], days)


def _is_day(value: object) -> bool:
    return type(value) is date  # a datetime is a date too, and means something else


def _holiday(one: Any) -> Holiday:
    if not isinstance(one, dict) or not _is_day(one.get("day")):
        raise BadHolidays(f"{one}: a holiday begins with its day")
    day = one["day"]
    if strange := set(one) - {"day", "vi", "en", "from", "source"}:
        raise BadHolidays(f"{day}: {', '.join(sorted(map(str, strange)))} is unknown")
    vi, en = str(one.get("vi") or "").strip(), str(one.get("en") or "").strip()
    if not vi or not en:
        raise BadHolidays(f"{day}: a name in both languages is asked for")
    if one.get("from") not in KNOWN_BY:
        raise BadHolidays(f"{day}: from is one of {', '.join(KNOWN_BY)}")
    return Holiday(day, vi, en, one["from"], str(one.get("source", "")))


def _check(days: Iterable[Holiday], as_of: date) -> None:
    before = date.min
    years = set()
    for one in days:
        if one.day <= before:
            raise BadHolidays(f"{one.day}: each day stands once, and in order")
        if (one.known_by == "announced") != bool(one.source):
            raise BadHolidays(f"{one.day}: who says that it was announced says where, and nobody else does")
        if one.source and urlsplit(one.source).scheme != "https":
            raise BadHolidays(f"{one.day}: a source is an https address")
        if one.known_by == "announced" and one.day.year > as_of.year + 1:
            raise BadHolidays(f"{one.day}: nothing is announced so far ahead")
        before = one.day
        years.add(one.day.year)
    if not years or sorted(years) != list(range(min(years), max(years) + 1)):
        raise BadHolidays("years follow one another without a gap")


@cache
def _of_file(path: Path) -> Calendar:
    return read(path.read_text("utf-8"))


def written() -> Calendar:
    """Returns the calendar of this site's file."""
    return _of_file(FILE)


# What staff changed in the browser: the day as it is now, or None where it was removed.
edited_days: Hook[[], Mapping[date, Holiday | None]] = Hook("kernel.edited_days")


def all_days() -> tuple[Holiday, ...]:
    """Returns all days in order, also those that are only expected."""
    days: dict[date, Holiday | None] = {one.day: one for one in written().days}
    for edited in edited_days.collect():
        days |= edited
    return tuple(sorted((one for one in days.values() if one is not None), key=lambda one: one.day))


def holidays(first: date, last: date) -> list[Holiday]:
    """Returns the certain holidays from one day to another, both included."""
    return [one for one in all_days() if one.certain and first <= one.day <= last]


def holiday_on(day: date) -> Holiday | None:
    """Returns the holiday on this day, or None."""
    return next(iter(holidays(day, day)), None)


def known_until() -> date:
    """Returns the last day of the last recorded year."""
    return date(written().days[-1].day.year, 12, 31)
