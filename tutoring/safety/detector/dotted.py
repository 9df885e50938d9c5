"""Letters set apart by signs ("t.r.ư.ờ.n.g", "m_ã x_á_c n_h_ậ_n", "b-a-n-h-m-i-1-2", "tr.ường"); OTP as it sounds."""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import at_border
from tutoring.safety.detector.spelling import meant, otherwise

HINT = re.compile(
    r"[._*•·~|/-](?:(?<=\b[a-z].)[a-z0-9](?![a-z0-9])|(?<=[a-z][.•*])[a-z]{2,6}\b)"
    r"|t(?:(?<=\bot)|(?<=\bo[ .\-]t)|(?<=\b0t)|(?<=\b0 t)|(?<=\bau[ .\-]t))[eio]?[ .\-]?[pb][eio]?\b|otb\b(?<=\botb)"
)
# A row, found at its first sign, with one letter before it.
_ROW = re.compile(r"(?P<sign>[._*•·~|/-])(?<=[^\W_].)(?<![\w.*•·~|/-]..)[^\W_](?:(?P=sign)[^\W_]){0,60}(?![^\W_])")
_CUT = re.compile(r"(?<![\w.*•])[^\W\d_]{1,3}[.•*][^\W\d_]{2,6}(?![\w.*•])")
_TP = r"[ .\-]?(?:te|ti|t)[ .\-]?(?:pe|pi|po|be|p)"
_OTPS = at_border(rf"o{_TP}|au{_TP}|0{_TP}|o[ .\-]?to[ .\-]po|otb|0 ?t ?p")
_OTP = re.compile(rf"(?:{_OTPS})\b")
_MK = re.compile(r"m(?<=\bm)[._*-]k\b")
_SOUNDS = meant("ô âu tê ti pê pi pờ bê tờ")


def joined(page: Page) -> list[tuple[int, int, str]]:
    """What to write together: rows of three and more, and shorter ones beside such or beside one another."""
    rows: list[tuple[int, int, str]] = []
    short: list[tuple[int, int, str]] = []
    for match in _ROW.finditer(page.cased):
        start, end = match.start() - 1, match.end()
        said = page.cased[start:end].replace(match["sign"], "")
        if said.isdecimal() or (match["sign"] == "/" and not (said.isalpha() and len(said) > 1)):
            continue
        (rows if len(said) > 2 else short).append((start, end, said))
    for match in _CUT.finditer(page.cased):
        said = re.sub("[.•*]", "", match.group())
        if not said.isascii() and said[1:].islower():
            rows.append((*match.span(), said))
        elif said.islower():
            short.append((*match.span(), said))
    words = [(*match.span(), "mật khẩu") for match in _MK.finditer(page.plain)]
    changes = words + (rows + short if rows or len(short) > 1 else [])
    changes += [
        (*match.span(), "otp")
        for match in _OTP.finditer(page.plain)
        if match.group() != "otp" and not otherwise(page, *match.span(), _SOUNDS)
    ]
    return changes
