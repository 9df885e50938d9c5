"""Compiles the phrases of `phrases.yml` to expressions over normalized words.

Every gap is bounded, so no expression is slow.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tutoring.safety.phrase_words import Words, needed, split
from tutoring.safety.risk.kinds import AMONG_ADULTS, KINDS

CLASSES = {
    "you": "em|be|ban|cau|con|chau|nhoc|may|nang|baby|bby|u|you|cung|mi",
    "me": "anh|chi|minh|tui|toi|to|chu|co|thay|bac|tao|ong|di|oppa|cau|ban|cha nuoi",
    "us": "minh|chung minh|chung ta|tui minh|tui nay|anh em minh|chi em minh|anh voi em|em voi anh|chi voi em|"
    "em voi chi|anh va em|chi va em|em va anh|em va chi|thay voi em|co voi em|"
    "(hai|2) (dua|anh em|chi em|nguoi|minh|chu chau|thay tro|co tro|ta|ac|tui minh|ban|dua minh|bac chau)",
    "elders": "bo me|ba me|ba ma|bo|me|ba|cha me|cha|ma|gia dinh|nguoi nha|nguoi lon|phu huynh|thay co|cac thay|cac co|"
    "co giao|thay giao|giao vien|co chu nhiem|chu nhiem|thay|co|ong ba|nha|quan ly|nguoi truc",
    "anyone": "ai|nguoi khac|nguoi ngoai|nguoi nao|nguoi ta|ban be|may ban|cac ban|tui ban|may dua|dua nao|lop|"
    "moi nguoi|nguoi thu ba|ban nao|ban khac|ban than",
    "p": "nhe|nha|nghe|di|do|thoi|nghen|nhen|hen|nho|ha|ne|luon|a|gium|giup|dum|duoc khong|chu",
    "q": r"khong|chua|gi|nao|dau|may gio|voi ai|ai|bao nhieu|may|a|ha|ta|the|vay|sao|\?",
    "place": "zalo|za lo|zep lao|dep lao|gia lo|za loi|fb|fay buc|phay buc|phay|face|mess|insta|tele|te le|discord|"
    "snap|tiktok|viber|locket|skype|whatsapp|wechat|imessage|signal|litmatch|bigo|omegle|threads|line|sms|steam|roblox",
    "only": "chi|chithoi|moi|co moi",
}


_GAP = re.compile(r"<(\d)> ?")


def _written_out(phrase: str) -> str:
    for name, words in CLASSES.items():
        phrase = phrase.replace("{" + name + "}", f"({words})")
    return phrase


@cache
def _expression(phrase: str) -> re.Pattern[str]:
    """Compiles a phrase on first use, because there are many; its groups do not capture."""
    bounded = _GAP.sub(r"(?:[a-z0-9]+ ){0,\1}", phrase)
    return re.compile(r"\b(?:" + re.sub(r"\((?!\?)", "(?:", bounded) + r")(?![a-z0-9])")


class Phrase:
    """One phrase that signals a kind of risk, unless the text has a harmless context."""

    def __init__(self, kind: str, points: int, written: str, unless: str) -> None:
        self.kind, self.points, self.written, self._unless = kind, points, written, unless
        self.needed: list[Words] = needed(written)

    def fits(self, text: str, words: set[str]) -> bool:
        """Whether a text has the phrase; `words` is the set of its words."""
        for some in self.needed[1:4]:
            if some.isdisjoint(words):
                return False
        return self.occurs(text) and not (self._unless and _expression(self._unless).search(text))

    def occurs(self, text: str) -> bool:
        return bool(_expression(self.written).search(text))


def _read() -> tuple[list[Phrase], dict[str, str]]:
    text = (Path(__file__).parent / "phrases.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    made = [
        Phrase(kind, row["points"], one, _written_out("|".join(row.get("unless", ()))))
        for kind in KINDS
        for row in found.get(kind, ())
        for phrase in row["any"]
        for one in split(_written_out(phrase))
    ]
    return made, {name: _written_out("|".join(phrases)) for name, phrases in found["harmless"].items()}


PHRASES, _HARMLESS = _read()
BY_WORD: dict[str, list[Phrase]] = {}
AMONG_ADULTS_BY_WORD: dict[str, list[Phrase]] = {}
for _phrase in PHRASES:
    for _word in _phrase.needed[0]:
        BY_WORD.setdefault(_word, []).append(_phrase)
        if _phrase.kind in AMONG_ADULTS:
            AMONG_ADULTS_BY_WORD.setdefault(_word, []).append(_phrase)


def harmless(name: str, words: str) -> bool:
    """Whether the words have a harmless context: advice, story, turned_down."""
    return bool(_expression(_HARMLESS[name]).search(words))
