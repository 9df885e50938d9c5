"""Guesses the names of the next school year: pure functions of text."""

import re

LONGEST_YEAR = 20
_NUMBER = re.compile(r"\d+")
_YEARS = re.compile(r"\d{4}")


def grade_in(name: str) -> int | None:
    """Returns the grade that the name of a class begins with, as in "Lớp 4A" or "10/2"; None without one."""
    found = _NUMBER.search(name)
    return int(found[0]) if found and 1 <= int(found[0]) <= 12 else None


def next_name(name: str, grade: int | None) -> str:
    """Returns the name of a class a year later: "Lớp 4A" becomes "Lớp 5A"; a name without its grade stays."""
    found = _NUMBER.search(name)
    if found is None or grade is None or int(found[0]) != grade:
        return name
    return f"{name[: found.start()]}{grade + 1}{name[found.end() :]}"


def next_year(school_year: str) -> str:
    """Returns the school year after one: "2026–2027" becomes "2027–2028"."""
    return _YEARS.sub(lambda found: str(int(found[0]) + 1), school_year)
