"""The named rules for what a field accepts.

static/practice/offline/simulator.js is the JavaScript port for devices without a network.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping

from tutoring.practice.engine.elements import ScreenField

MAX_VALUE_CHARS = 200
_SPACES = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s.\-]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_PHONE = re.compile(r"(?:0|\+?84)[235789][0-9]{8}")
_DIGITS = re.compile(r"[0-9]+")
_BEFORE_NUMBER = re.compile(r"^so (nha )?")  # of folded text
_STREET = re.compile(r"[0-9]{1,4}[a-z]?(/[0-9]{1,4}[a-z]?){0,4},? (?=.*[a-z]{2})[a-z0-9 .,'/-]{2,70}")

# A rule returns the name of the error, or an empty text.
Rule = Callable[[str, str | int | bool, Mapping[str, str], dt.date], str]


def tidy(kind: str, typed: str) -> str:
    """Normalises input: whitespace, separators in numbers, the order of a date."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", typed)).strip()
    if kind == "digits":
        return _BETWEEN.sub("", text)
    if kind == "date" and (local := _LOCAL_DAY.fullmatch(text)):
        return f"{local[3]}-{local[2]:0>2}-{local[1]:0>2}"
    return text


def looks_real(value: str) -> bool:
    """Returns whether the value may be a real personal number or code.

    Such a value is neither accepted nor stored.
    """
    bare = _BETWEEN.sub("", value)
    if _PHONE.fullmatch(bare):
        return True
    return bool(_DIGITS.fullmatch(bare)) and len(bare) in {6, 9, 12} and bare.strip("0") != ""


def may_echo(field: ScreenField, typed: str) -> bool:
    """Returns whether a rejected input may be shown again; never for possible real numbers."""
    digits = sum(one.isdigit() for one in typed)
    return (
        len(typed) <= MAX_VALUE_CHARS
        and not looks_real(typed)
        and (digits < 6 or (field.type == "date" and digits <= 8))
    )


def local_day(value: str) -> str:
    """Returns a date in local notation; any other text unchanged."""
    return f"{value[8:]}/{value[5:7]}/{value[:4]}" if _DAY.fullmatch(value) else value


def _fold(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(one for one in spread if not "\u0300" <= one <= "\u036f")


def _equals_persona(value: str, key: str | int | bool, persona: Mapping[str, str], _today: dt.date) -> str:
    own = unicodedata.normalize("NFC", persona[str(key)])
    if value.lower() == own.lower():
        return ""
    return "accents" if _fold(value) == _fold(own) else "equals_persona"


def _street(value: str, key: str | int | bool, persona: Mapping[str, str], _today: dt.date) -> str:
    """Accepts a house number and a street of any name, with or without “số” before them."""
    own = unicodedata.normalize("NFC", persona[str(key)])
    typed, wanted = (_BEFORE_NUMBER.sub("", _fold(one)) for one in (value, own))
    if typed == wanted:
        return "" if own.lower().endswith(value.lower()[-len(wanted) :]) else "accents"
    return "" if _STREET.fullmatch(typed) else "street"


def _not_after_clock(value: str, _arg: str | int | bool, _persona: Mapping[str, str], today: dt.date) -> str:
    return "not_after_clock" if value > today.isoformat() else ""


def _not_before_clock(value: str, _arg: str | int | bool, _persona: Mapping[str, str], today: dt.date) -> str:
    return "not_before_clock" if value < today.isoformat() else ""


def _min_len(value: str, least: str | int | bool, _persona: Mapping[str, str], _today: dt.date) -> str:
    return "min_len" if len(value) < int(least) else ""


RULES: dict[str, Rule] = {
    "equals_persona": _equals_persona,
    "street": _street,
    "not_after_clock": _not_after_clock,
    "not_before_clock": _not_before_clock,
    "min_len": _min_len,
}
TAKES: dict[str, type] = {
    "equals_persona": str,
    "street": str,
    "not_after_clock": bool,
    "not_before_clock": bool,
    "min_len": int,
}


def wrong(field: ScreenField, typed: str, persona: Mapping[str, str], today: dt.date) -> tuple[str, str]:
    """Returns (error or empty, value to store). Only values of the scenario itself are stored."""
    if len(typed) > MAX_VALUE_CHARS:
        return "long", ""
    value = tidy(field.type, typed)
    if field.type == "check":
        return ("", value) if value in {"yes", "no"} else ("option", "")
    if field.type in {"choice", "mock_file"}:
        option = next((one for one in field.options if one.id == value), None)
        return ("", value) if option is not None and option.say is None else ("option", "")
    if looks_real(value) and value != persona[field.persona_key]:
        return "real", ""
    if field.type == "date" and not _DAY.fullmatch(value):
        return "date", ""
    for rule in field.rules:
        for name, arg in rule.items():
            if said := RULES[name](value, arg, persona, today):
                return said, ""
    return "", persona[field.persona_key]
