"""The words of a PDF as a reader would select and copy them."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(
    rb"/F(\d) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\)(?: Tj|[\] ])|(ET)", re.DOTALL
)  # `[…] TJ` of spread lines too


def words_of(pdf: bytes) -> str:
    """All texts in the order in which they are written, a line for each."""
    found = (one[1] for one in _STREAM.finditer(pdf))  # the last byte may look like the end of a line
    streams = [zlib.decompressobj().decompress(one) if one[:1] == b"x" else one for one in found]
    letters = [_letters(one) for one in streams if b"beginbfchar" in one]
    lines: list[str] = []
    for page in (one for one in streams if b" Tj" in one):
        font, line = 1, ""
        for number, text, ends in _SHOWN.findall(page):
            if number:
                font = int(number)
            elif ends:
                lines, line = [*lines, line] if line else lines, ""
            else:
                line += "".join(letters[font - 1].get(code, "") for code in _codes(text))
    return "\n".join(lines)


def _letters(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap.partition(b"beginbfchar")[2])
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in pairs}


def _codes(text: bytes) -> list[int]:
    plain = re.sub(rb"\\(.)", lambda one: {b"n": b"\n", b"r": b"\r"}.get(one[1], one[1]), text, flags=re.DOTALL)
    return [plain[at] * 256 + plain[at + 1] for at in range(0, len(plain) - 1, 2)]
