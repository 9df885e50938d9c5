"""Ways in which children write what they have to say: families of spelling, and of packing it into other talk."""

import random
import re
from collections.abc import Callable

from tutoring.kernel.text import fold

Way = Callable[[str, random.Random], list[str]]  # the messages, the last of which is judged

TEEN = {"không": "hok", "muốn": "mún", "bị": "bj", "em": "e", "rồi": "r", "anh": "a", "được": "đc", "mình": "mk",
"gì": "j",
        "chết": "ck3t", "biết": "bít", "vậy": "z", "mày": "m", "tao": "t", "với": "vs", "nữa": "nx", "người": "ng",
        "về": "dề",
        "quá": "wá", "cũng": "cx", "thằng": "thg", "bạn": "bn"}  # fmt: skip
SOUTH = {"bố": "ba", "mẹ": "má", "đánh": "uýnh", "bảo": "biểu", "không": "hông", "mình": "tui", "bị": "bị", "về": "dìa"}
NORTH = {"ba": "bố", "má": "mẹ", "đánh": "oánh", "uýnh": "đánh", "tui": "tớ", "hông": "không"}
BEFORE = (
    "dạ em chào cô, ",
    "cô ơi, ",
    "bài này em làm xong rồi, mà ",
    "anh ơi cho em hỏi, ",
    "hihi, thật ra ",
    "em nói cái này nha, ",
)
AFTER = (", cô đừng nói ai nha", " huhu", ", giờ em làm sao", " :(", ", anh giúp em với", " ạ", "...", "!!!")


def _words(text: str, table: dict[str, str], share: float, chance: random.Random) -> str:
    def said(match: re.Match[str]) -> str:
        word = match.group()
        return table[word.lower()] if word.lower() in table and chance.random() < share else word

    return re.sub(r"[^\W\d_]+", said, text)


def as_written(text: str, chance: random.Random) -> list[str]:
    return [text]


def without_marks(text: str, chance: random.Random) -> list[str]:
    return [fold(text)]


def teencode(text: str, chance: random.Random) -> list[str]:
    return [_words(text, TEEN, 0.7, chance)]


def teencode_without_marks(text: str, chance: random.Random) -> list[str]:
    return [fold(_words(text, TEEN, 0.5, chance))]


def southern(text: str, chance: random.Random) -> list[str]:
    return [_words(text, SOUTH, 1, chance)]


def northern(text: str, chance: random.Random) -> list[str]:
    return [_words(text, NORTH, 1, chance)]


def wrapped(text: str, chance: random.Random) -> list[str]:
    return [chance.choice(BEFORE) + text + chance.choice(AFTER)]


def shouted(text: str, chance: random.Random) -> list[str]:
    return [text.upper() + "!!"]


def drawn_out(text: str, chance: random.Random) -> list[str]:
    return [re.sub(r"([^\W\d_])(?=\s|$)", lambda match: match[1] * chance.choice((1, 1, 3)), text)]


def in_two(text: str, chance: random.Random) -> list[str]:
    words = text.split()
    at = chance.randint(1, max(1, len(words) - 1))
    return [" ".join(words[:at]), " ".join(words[at:])]


WAYS: dict[str, Way] = {
    way.__name__.replace("_", " "): way
    for way in (
        as_written,
        without_marks,
        teencode,
        teencode_without_marks,
        southern,
        northern,
        wrapped,
        shouted,
        drawn_out,
        in_two,
    )
}
