"""Parses the JSON of `flask pairing solve` into requests and helpers, or reports one error."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tutoring.pairing.matching.types import HIGHEST_LEVEL, Helper, Request
from tutoring.pairing.matching.week_bits import DAYS, OPENS, QUARTER, QUARTERS, Week, span

LONGEST = QUARTERS * QUARTER  # minutes
LONGEST_WAIT = 1_000_000  # hours; keeps all sums well below 64 bits
HIGHEST_GRADE, HIGHEST_URGENCY = 12, 3
_CLOCK = re.compile(r"([0-9]{2}):(00|15|30|45)")


class InputError(ValueError):
    """An error in the input, with its location: `requests[3].free[0]: …`."""


Rule = Callable[[Any, str], Any]  # (value, where) → the value as the engine needs it; raises Fault


def read(text: str | bytes) -> tuple[list[Request], list[Helper]]:
    """Returns the requests and helpers of a JSON text; raises Fault for the first error."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON in UTF-8: {' '.join(str(error).split())}") from None
    if not isinstance(whole, dict):
        raise InputError('the input is an object {"requests": […], "helpers": […]}')
    return (
        [Request(**row) for row in _rows(whole, "requests", REQUEST, _whole_request)],
        [Helper(**row) for row in _rows(whole, "helpers", HELPER, _whole_helper)],
    )


def _rows(
    whole: Mapping[str, Any], name: str, rules: Mapping[str, Rule], check: Callable[[dict[str, Any], str], None]
) -> list[dict[str, Any]]:
    rows, seen = [], set()
    for number, given in enumerate(_list(whole.get(name), name)):
        where = f"{name}[{number}]"
        if not isinstance(given, dict):
            raise InputError(f"{where}: is an object")
        row = {}
        for field, rule in rules.items():
            if field in given:
                row[field] = rule(given[field], f"{where}.{field}")
            elif field != "last_round":
                raise InputError(f"{where}.{field}: is missing")
        if row["id"] in seen:
            raise InputError(f"{where}.id: stands there twice")
        seen.add(row["id"])
        check(row, where)
        rows.append(row)
    return rows


def _whole_request(row: dict[str, Any], where: str) -> None:
    if row["topic"] not in row["topics"]:
        raise InputError(f"{where}.topics: contains the topic itself")
    _check_grade(row, where)


def _whole_helper(row: dict[str, Any], where: str) -> None:
    _check_grade(row, where)


def _check_grade(row: dict[str, Any], where: str) -> None:
    if row["adult"]:  # the given value is ignored
        row["grade"] = None
    elif row["grade"] is not None and not 1 <= row["grade"] <= HIGHEST_GRADE:
        raise InputError(f"{where}.grade: is null or a whole number from 1 to {HIGHEST_GRADE}")


def _whole(least: int, most: int) -> Rule:
    def rule(value: Any, where: str) -> int:
        if type(value) is not int or not least <= value <= most:
            limits = f" from {least}" + (f" to {most}" if most != _LARGEST else "") if least != -_LARGEST else ""
            raise InputError(f"{where}: is a whole number{limits}")
        return value

    return rule


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where}: is a text")
    return value


def _bool(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{where}: is true or false")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{where}: is a list")
    return value


def _optional(rule: Rule) -> Rule:
    return lambda value, where: None if value is None else rule(value, where)


def _set(rule: Rule, *, empty: bool = True) -> Rule:
    def each(value: Any, where: str) -> frozenset[Any]:
        found = frozenset(rule(one, f"{where}[{n}]") for n, one in enumerate(_list(value, where)))
        if not found and not empty:
            raise InputError(f"{where}: is not empty")
        return found

    return each


def _skills(value: Any, where: str) -> dict[str, int]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: is an object of topic and level")
    return {topic: _level(level, f"{where}[{json.dumps(topic)}]") for topic, level in value.items()}


def _wish(value: Any, where: str) -> str:
    if value not in ("no", "prefer", "must"):
        raise InputError(f"{where}: is no, prefer or must")
    return str(value)


def _week(value: Any, where: str) -> Week:
    week = [0] * len(DAYS)
    for number, window in enumerate(_list(value, where)):
        day, word = _window(window, f"{where}[{number}]")
        week[day] |= word
    return tuple(week)


def _window(value: Any, where: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(one, str) for one in value):
        raise InputError(f"{where}: is [weekday, from, to]")
    if value[0] not in DAYS:
        raise InputError(f"{where}: the weekday is one of {', '.join(DAYS)}")
    begin, end = (_quarter(one, where) for one in value[1:])
    if begin >= end:
        raise InputError(f"{where}: ends after it begins")
    return DAYS.index(value[0]), span(begin, end)


def _quarter(clock: str, where: str) -> int:
    found = _CLOCK.fullmatch(clock)
    quarter, rest = divmod(int(found[1]) * 60 + int(found[2]) - OPENS, QUARTER) if found else (-1, 0)
    if rest or not 0 <= quarter <= QUARTERS:
        raise InputError(f"{where}: times are quarter hours from 07:00 to 23:00")
    return quarter


_LARGEST = 2**63 - 1
_id, _level, _count = _whole(-_LARGEST, _LARGEST), _whole(1, HIGHEST_LEVEL), _whole(0, _LARGEST)

REQUEST: dict[str, Rule] = {
    "id": _id,
    "topic": _text,
    "topics": _set(_text, empty=False),
    "level": _level,
    "language": _text,
    "grade": _optional(_id),
    "adult": _bool,
    "needs_adult": _bool,
    "gender": _optional(_text),
    "same_gender": _wish,
    "school": _optional(_text),
    "ward": _optional(_text),
    "device": _optional(_text),
    "minutes": _whole(1, LONGEST),
    "free": _week,
    "waited_hours": _whole(0, LONGEST_WAIT),
    "urgency": _whole(0, HIGHEST_URGENCY),
    "previous": _optional(_id),
    "last_round": _optional(_id),
    "blocked": _set(_id),
}

HELPER: dict[str, Rule] = {
    "id": _id,
    "skills": _skills,
    "languages": _set(_text),
    "first_language": _text,
    "grade": _optional(_id),
    "adult": _bool,
    "observed": _bool,
    "gender": _optional(_text),
    "school": _optional(_text),
    "ward": _optional(_text),
    "devices": _set(_text),
    "capacity": _count,
    "rating_sum": _count,
    "rating_count": _count,
    "pairs_this_week": _count,
    "free": _week,
}
