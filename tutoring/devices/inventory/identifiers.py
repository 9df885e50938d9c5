"""Parses the numbers that identify a device: its serial, and the IMEI if it has a radio."""

import re
from typing import Final

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.safety.screening import disclosing_hits, screen_text

KINDS_WITH_IDENTIFIER: Final = frozenset({"phone", "tablet", "router"})  # these need a serial or an IMEI
_SERIAL = re.compile(r"[A-Z0-9][A-Z0-9./-]{3,39}")
_IMEI_DIGITS = 15

_NOT_SERIAL = N_("Số sê-ri gồm 4 đến 40 chữ cái không dấu, chữ số, dấu - . hoặc /. Hãy xem lại trên máy.")
_NOT_IMEI = N_("IMEI có 15 chữ số, bấm *#06# trên máy để xem. Số này chưa đúng, hãy gõ lại.")
_CITIZEN = N_("Số này giống số căn cước của một người. Chỉ ghi số in trên máy, không ghi số giấy tờ.")
_ONE_OF_BOTH = N_("Hãy ghi số sê-ri hoặc IMEI của máy.")


def plain_serial(typed: str) -> str:
    """Returns a serial as it is stored: without spaces, in capitals.

    Returns "" for empty input. Raises InvalidInput.
    """
    text = "".join(nfc(typed).split()).upper()
    if not text:
        return ""
    _no_citizen(typed, "serial")
    if not _SERIAL.fullmatch(text):
        raise InvalidInput(_NOT_SERIAL, field="serial")
    return text


def plain_imei(typed: str) -> str:
    """Returns an IMEI as it is stored: fifteen digits with a valid check digit.

    Returns "" for empty input. Raises InvalidInput.
    """
    text = re.sub(r"[\s./-]", "", nfc(typed))
    if not text:
        return ""
    _no_citizen(typed, "imei")
    if len(text) != _IMEI_DIGITS or not (text.isascii() and text.isdigit()) or not luhn_holds(text):
        raise InvalidInput(_NOT_IMEI, field="imei")
    return text


def _no_citizen(typed: str, field: str) -> None:
    """Rejects the number of an identity document.

    The input is checked both as entered and without spaces, because either form may show such a number.
    """
    for text in (nfc(typed), "".join(nfc(typed).split())):
        if disclosing_hits(screen_text(text, minor=False).hits, {"idno"}):
            raise InvalidInput(_CITIZEN, field=field, code="private")


def luhn_holds(digits: str) -> bool:
    """Returns whether the last digit is the correct Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def enough(kind: str, serial: str, imei: str) -> None:
    """Raises InvalidInput if a device of this kind has neither a serial nor an IMEI."""
    if kind in KINDS_WITH_IDENTIFIER and not (serial or imei):
        raise InvalidInput(_ONE_OF_BOTH, field="serial")
