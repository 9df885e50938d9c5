"""Compiles the phrases of the `.yml` files to expressions over words.

Each known word is one character, so an expression matches words as others match letters, and a gap is counted in words.
A phrase uses these signs:

- `<3>`: up to three words of the same sentence
- `{me}`: a class
- `^`: the beginning of a sentence; `\\.` and `\\?`: its end
- `( | )?*` and `(?! )`: as usual

A word with diacritics also matches the bare one, unless `=` stands before it: "đòn" without diacritics may be "dọn" or
"đơn".
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from tutoring.kernel.text import fold
from tutoring.safety.distress.words import Vocabulary
from tutoring.safety.phrase_words import split

FILES = (
    "death", "farewell", "violence", "abuse", "home", "worry", "lured", "together", "plain_talk",
    "insults", "threats", "slurs",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"<(\d)>|=?[^\W_]+|\\.| |\^|.")
_NAMED = re.compile(r"\{(\w+)\}")
_FIRST = 0xE000  # private-use characters stand for words
UNKNOWN = "x"


@dataclass(frozen=True, eq=False)
class Phrase:
    """One phrase: its kind and level, and the harmless contexts that cancel it."""

    kind: str
    level: str
    written: str
    unless: tuple[str, ...]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The compiled expression, built when first needed, because there are many."""
        return _expression(_written_out(self.written))


def _read(name: str) -> Any:
    text = (Path(__file__).parent / f"{name}.yml").read_text("utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


CLASSES = {name: "|".join(some) for name, some in _read("people").items()}


def _written_out(phrase: str) -> str:
    for _nested in range(2):  # a class may name another
        for name, words in CLASSES.items():
            phrase = phrase.replace("{" + name + "}", f"({words})")
    return phrase


_ROWS = [(row, one) for name in FILES for row in _read(name) for one in row["any"]]
_HARMLESS: dict[str, list[str]] = _read("harmless")
_ALL = [one for _row, one in _ROWS] + [one for some in [*_HARMLESS.values(), *_read("people").values()] for one in some]
_KNOWN = {word for one in _ALL for word in _WORD.findall(_NAMED.sub(" ", one))}
VOCABULARY = Vocabulary({word for word in _KNOWN if not word.isdecimal()})
_CODES = {word: chr(_FIRST + number) for number, word in enumerate(sorted(_KNOWN | set(map(fold, _KNOWN))))}


def code(token: str) -> str:
    """Returns the character that stands for a token."""
    return _CODES.get(token, UNKNOWN)


def _expression(phrase: str) -> re.Pattern[str]:
    made = ""
    for match in _PIECE.finditer(phrase.replace(" ?<", "<")):
        piece = match.group()
        if match[1]:
            made += f"[^.?]{{0,{match[1]}}}"
        elif piece.startswith("="):
            made += _CODES[piece[1:]]
        elif _WORD.fullmatch(piece):
            made += f"[{_CODES[piece]}{_CODES[fold(piece)]}]"
        elif piece == "^":
            made += r"(?:^|(?<=[.?]))"
        elif piece != " ":
            made += piece
    return re.compile(re.sub(r"\((?!\?)", "(?:", made))


PHRASES = [
    Phrase(row.get("kind", "distress"), row.get("level", ""), one, tuple(row.get("unless", ())))
    for row, whole in sorted(_ROWS, key=lambda one: one[0].get("level") == "ambiguous")
    for one in split(whole)
]


@cache
def expressions(name: str) -> list[re.Pattern[str]]:
    """Returns the expressions of one harmless context."""
    return [_expression(_written_out(one)) for one in _HARMLESS[name]]


def harmless(name: str, codes: str) -> bool:
    """Whether the words have this harmless context: a story, a game, advice."""
    return any(one.search(codes) for one in expressions(name))
