"""The phrases of `phrases.yml` as expressions over the words of `plain`. No gap is without bound, so none is slow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tutoring.safety.risk.kinds import KINDS

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
    "place": "zalo|za lo|qua da lo|fb|fay buc|phay buc|phay|face|mess|insta|tele|te le|discord|snap|tiktok|viber|"
    "locket|skype|whatsapp|wechat|imessage|signal|litmatch|bigo|omegle|threads|line|tin nhan thuong|sms|steam|roblox",
    "only": "chi|chithoi|moi|co moi",
}


@dataclass(frozen=True)
class Rule:
    """Phrases that are a sign of one kind, all of the same weight; `unless` names what makes them harmless."""

    kind: str
    points: int
    words: frozenset[str]
    phrase: re.Pattern[str]
    unless: re.Pattern[str] | None

    def fits(self, words: str) -> bool:
        return bool(self.phrase.search(words)) and not (self.unless and self.unless.search(words))


def _expression(phrases: Sequence[str]) -> re.Pattern[str]:
    written = "|".join(phrases)
    for name, words in CLASSES.items():
        written = written.replace("{" + name + "}", f"({words})")
    written = re.sub(r" ?<(\d)> ?", r" (?:[a-z0-9]+ ){0,\1}", written)
    written = re.sub(r"\((?!\?)", "(?:", written)  # groups that keep nothing
    return re.compile(rf"\b(?:{written})(?![a-z0-9])")


def _rule(kind: str, row: dict[str, Any]) -> Rule:
    unless = row.get("unless")
    return Rule(
        kind,
        row["points"],
        frozenset(str(row["words"]).split()),
        _expression(row["any"]),
        _expression(unless) if unless else None,
    )


def _read() -> dict[str, Any]:
    text = (Path(__file__).parent / "phrases.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


_found = _read()
RULES = [_rule(kind, row) for kind in KINDS for row in _found.get(kind, ())]
HARMLESS = {name: _expression(phrases) for name, phrases in _found["harmless"].items()}
