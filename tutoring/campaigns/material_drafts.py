"""First drafts of materials, made from a lesson's title, summary, steps and mistakes.

The author reads and changes the draft. The functions are pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tutoring.campaigns import loudspeaker_text

MAX_STEPS = {"poster": 5, "leaflet": 8}
MAX_WARNINGS = 4
STEP_LENGTH = 120
TITLE_LENGTH = 90
CARD_LENGTH = 160
# Abbreviations and how they are read in full.
_SPOKEN = (
    (r"\bmã OTP\b|\bOTP\b", "mã xác nhận một lần"), (r"\bmã QR\b|\bQR\b", "mã vuông"), (r"\bSMS\b", "tin nhắn"),
    (r"\bBHYT\b", "bảo hiểm y tế"), (r"\bUBND\b", "uỷ ban nhân dân"), (r"\bCCCD\b", "căn cước"),
    (r"\bTP\.? ?HCM\b", "Thành phố Hồ Chí Minh"), (r"\bPIN\b", "khoá máy"), (r"\b4G\b|\b5G\b", "mạng di động"),
    (r"\bVNeID\b", "vi en i đi"), (r"\bSIM\b", "sim"), (r"\bAI\b", "trí tuệ nhân tạo"),
    (r"\bApp Store\b|\bCH Play\b", "kho ứng dụng"),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """The parts of a lesson that materials use."""

    title: str
    summary: str
    steps: Sequence[str]
    mistakes: Sequence[tuple[str, str, bool]] = ()  # wrong, what to do instead, dangerous


class Draft(NamedTuple):
    """A title, text lines and warning lines."""

    title: str
    text: str
    beware: str = ""


def draft(kind: str, lesson: Source, place: str) -> Draft:
    """Returns the first draft of a material of this kind; `place` is the unit that speaks."""
    title = _cut(lesson.title, TITLE_LENGTH)
    if kind == "speech":
        return Draft(title, _speech(lesson, place))
    if kind == "card":
        return Draft(title, _cut(lesson.summary, CARD_LENGTH))
    steps = [_cut(step, STEP_LENGTH) for step in lesson.steps[: MAX_STEPS[kind]]]
    return Draft(title, "\n".join(steps), "\n".join(_beware(lesson)[: 1 if kind == "poster" else MAX_WARNINGS]))


def _beware(lesson: Source) -> list[str]:
    """Returns what to do instead of common mistakes, the dangerous ones first."""
    ranked = sorted(lesson.mistakes, key=lambda mistake: not mistake[2])
    return [_cut(fix, STEP_LENGTH + 60) for _wrong, fix, _danger in ranked]


def _cut(text: str, length: int) -> str:
    """Returns the text, or as many of its whole words as fit."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _speech(lesson: Source, place: str) -> str:
    """Returns a speech with as many steps as can be read in time."""
    head = f"Kính thưa bà con {place}. Mời bà con cùng học: {_lowered(lesson.title)}."
    tail = "Bà con bị kẹt chỗ nào thì nhờ người giúp ngay, không tốn tiền. Không đưa mật khẩu cho bất cứ ai."
    steps = [f"Bước {n}: {_lowered(step)}." for n, step in enumerate(lesson.steps[:5], 1)]
    while True:
        text = speakable("\n".join([head, *steps, tail]))
        if not steps or not loudspeaker_text.over(whole(text)):
            return text
        steps.pop()


# The last sentence of a speech: nobody can write an address down that a loudspeaker spells.
CLOSING = "Bà con muốn được chỉ tận tay thì gọi Trưởng khu phố, Trưởng ấp, hoặc quét mã ở nhà văn hoá."


def whole(text: str) -> str:
    """Returns all that is read aloud: the text, then where to ask."""
    return f"{text}\n{CLOSING}"


def speakable(text: str) -> str:
    """Returns the text with abbreviations in full and without marks that are not spoken."""
    text = loudspeaker_text.with_addresses_spelled(text)
    for pattern, said in _SPOKEN:
        text = re.sub(pattern, said, text)
    return re.sub(r"[“”\"()]", "", text).replace("/", " hoặc ").replace("..", ".")


def _lowered(text: str) -> str:
    """Returns a title for the middle of a sentence; later capitals of names stay."""
    return text[:1].lower() + text[1:].rstrip(".")
