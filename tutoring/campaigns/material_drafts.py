"""The beginning of a material, drawn from a lesson: its title, summary, steps, and what goes wrong. Pure.

What comes out is a text to go on from; whoever makes the material reads and changes it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tutoring.campaigns import loudspeaker_text

MOST_STEPS = {"poster": 5, "leaflet": 8}
MOST_BEWARE = 4
STEP_LENGTH = 120
TITLE_LENGTH = 90
CARD_LENGTH = 160
# What is written short and read in full.
_SPOKEN = (
    (r"\bmã OTP\b|\bOTP\b", "mã xác nhận một lần"), (r"\bmã QR\b|\bQR\b", "mã vuông"), (r"\bSMS\b", "tin nhắn"),
    (r"\bBHYT\b", "bảo hiểm y tế"), (r"\bUBND\b", "uỷ ban nhân dân"), (r"\bCCCD\b", "căn cước"),
    (r"\bTP\.? ?HCM\b", "Thành phố Hồ Chí Minh"), (r"\bPIN\b", "khoá máy"), (r"\b4G\b|\b5G\b", "mạng di động"),
    (r"\bVNeID\b", "vi en i đi"), (r"\bSIM\b", "sim"), (r"\bAI\b", "trí tuệ nhân tạo"),
    (r"\bApp Store\b|\bCH Play\b", "kho ứng dụng"),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What of a lesson goes into materials."""

    title: str
    summary: str
    steps: Sequence[str]
    mistakes: Sequence[tuple[str, str, bool]] = ()  # wrong, what to do instead, dangerous


class Draft(NamedTuple):
    """A title, lines, and lines to take care of."""

    title: str
    text: str
    beware: str = ""


def draft(kind: str, lesson: Source, place: str, address: str) -> Draft:
    """The first words of a material of this kind; `place` is who speaks, `address` what is written or said."""
    title = _cut(lesson.title, TITLE_LENGTH)
    if kind == "speech":
        return Draft(title, _speech(lesson, place, address))
    if kind == "card":
        return Draft(title, _cut(lesson.summary, CARD_LENGTH))
    steps = [_cut(step, STEP_LENGTH) for step in lesson.steps[: MOST_STEPS[kind]]]
    return Draft(title, "\n".join(steps), "\n".join(_beware(lesson)[: 1 if kind == "poster" else MOST_BEWARE]))


def _beware(lesson: Source) -> list[str]:
    """What to do instead of what often goes wrong; what is dangerous first."""
    ranked = sorted(lesson.mistakes, key=lambda mistake: not mistake[2])
    return [_cut(fix, STEP_LENGTH + 60) for _wrong, fix, _danger in ranked]


def _cut(text: str, length: int) -> str:
    """The text, or as many whole words of it as fit."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _speech(lesson: Source, place: str, address: str) -> str:
    """As many steps as are read in time."""
    head = f"Kính thưa bà con {place}. Mời bà con cùng học: {_lowered(lesson.title)}."
    tail = "Bà con bị kẹt chỗ nào thì nhờ người giúp ngay, không tốn tiền. Không đưa mật khẩu cho bất cứ ai."
    steps = [f"Bước {n}: {_lowered(step)}." for n, step in enumerate(lesson.steps[:5], 1)]
    while True:
        text = speakable("\n".join([head, *steps, tail]))
        if not steps or not loudspeaker_text.over(whole(text, address)):
            return text
        steps.pop()


def whole(text: str, address: str) -> str:
    """All that is read: the text, and then the address, said slowly."""
    return f"{text}\n{said_address(address)}"


def said_address(address: str) -> str:
    """The last sentence of what the loudspeaker reads."""
    return f"Mở trang {loudspeaker_text.spelled(address)}."


def speakable(text: str) -> str:
    """The same without what is written short, with no mark that nobody says."""
    text = loudspeaker_text.with_addresses_spelled(text)
    for pattern, said in _SPOKEN:
        text = re.sub(pattern, said, text)
    return re.sub(r"[“”\"()]", "", text).replace("/", " hoặc ").replace("..", ".")


def _lowered(text: str) -> str:
    """A title in the middle of a sentence; names keep their capitals further on."""
    return text[:1].lower() + text[1:].rstrip(".")
