"""Lint rules for the texts of a scenario.

They find outdated words, long sentences and numbers that could be real.
"""

import re
from collections.abc import Iterator

from tutoring.lessons.content.lint import (
    GOV_HOSTS,
    LONG_SENTENCE,
    MAX_SENTENCE_SYLLABLES,
    TO_WRITE,
    count_longest_sentence,
    old_words,
)
from tutoring.practice.content.lint import Path, parts
from tutoring.practice.engine.field_rules import looks_real
from tutoring.practice.engine.scenario import Scenario

_PLACE = re.compile(r"\{([^{}]*)\}")
_NUMBERS = (
    re.compile(r"(?<!\d)\d(?:[ .-]?\d){8,}(?!\d)"),  # as long as personal numbers: cards, phones, accounts
    re.compile(r"(?<![\w.,/-])\d{6}(?![\w/-]|[.,]\d|\s*đồng)"),  # as long as a one-time code
)
_MONEY = re.compile(
    r"\d\s*(?:(?:nghìn|ngàn|triệu|tỷ)\s*)?(?:đồng|đ|₫|vnđ|vnd|dong)(?!\w)(?!\s+(?:tập|luyện))", re.IGNORECASE
)
_HOST = re.compile(
    r"(?<![\w.@-])((?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|xyz|top|online|site|app|link|me|io))(?![\w-])", re.IGNORECASE
)
_WORD = re.compile(r"\w+")
_MONEY_WORDS = re.compile(r"đồng (?:tập|luyện)", re.IGNORECASE)
KNOWN = {"dossier", "state", "date", "fee"}


def complaints(scenario: Scenario) -> Iterator[tuple[Path, str, str, bool]]:
    """Yields (path, rule, message, is a fault) for all texts of a scenario."""
    for path, text in _strings(scenario):
        if TO_WRITE in text:
            yield path, "to-write", f"chỗ này còn chờ viết; thay “{TO_WRITE} …” bằng lời của bài", True
        if path[0] == "persona" and path[-1] == "value" and looks_real(text):
            say_ = f"“{text}” có thể là số thật; số của nhân vật chỉ gồm chữ số 0"
            yield path, "persona", say_, True
        elif path[-1] not in {"source", "url"}:  # those name newspaper articles
            for number in _numbers(scenario, text):
                yield path, "real-number", f"“{number}” giống số thật; chỉ dùng số 0", True
    for path, untranslated in _untranslated(scenario):
        yield path, "translation", untranslated, True
    for path, text in texts(scenario):
        for say in _everywhere(scenario, text):
            yield path, say[0], say[1], True
        if path[-1] == "vi":
            for _, say_ in old_words(text):
                yield path, "old-word", say_, True
            longest = count_longest_sentence(text)
            if longest > LONG_SENTENCE:
                say_ = f"câu dài {longest} tiếng; hãy tách câu (nên từ {LONG_SENTENCE} tiếng trở xuống)"
                yield path, "long-sentence", say_, longest > MAX_SENTENCE_SYLLABLES


def texts(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Yields every text that users read, in both languages, with its path."""
    return ((path, text) for path, text in _strings(scenario) if path[-1] in {"vi", "en"})


def _strings(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for path, value in parts(scenario.model_dump(by_alias=True), ()):
        if isinstance(value, str):
            yield path, value


def _everywhere(scenario: Scenario, text: str) -> Iterator[tuple[str, str]]:
    for place in _PLACE.findall(text):
        if not _fillable(scenario, place):
            yield "place", f"không điền được “{{{place}}}” ở đây"
    if money := _MONEY.search(text):
        yield "money", f"“{money[0]}”: tiền trong bài tập viết “… đồng tập”, kể cả trong bản tiếng Anh"
    for host in _HOST.findall(text):
        if host.lower().removeprefix("www.") not in GOV_HOSTS:
            yield "host", f"“{host}” có thể là trang của ai đó; địa chỉ bịa thì kết thúc bằng .example"


def _numbers(scenario: Scenario, text: str) -> Iterator[str]:
    """Yields numbers that could be real; the code of the invented dossier is exempt."""
    bare = re.sub(re.escape(scenario.code), "", text, flags=re.IGNORECASE)
    found = (hit[0] for pattern in _NUMBERS for hit in pattern.finditer(bare))
    return (number for number in found if number.strip("0 .-"))


def _untranslated(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for path, one in parts(scenario.model_dump(by_alias=True), ()):
        if not isinstance(one, dict) or set(one) != {"vi", "en"}:
            continue
        if set(_PLACE.findall(one["vi"])) != set(_PLACE.findall(one["en"])):
            yield (*path, "en"), "hai thứ tiếng phải có cùng những chỗ điền {…}"
        words = _WORD.findall(_MONEY_WORDS.sub("", _PLACE.sub("", one["en"])))
        # Names of people and places, and addresses, are the same in both languages.
        if one["vi"] == one["en"] and any(word[0].islower() and not word.isascii() for word in words):
            yield (*path, "en"), f"“{one['en']}” chưa được dịch"


def _fillable(scenario: Scenario, place: str) -> bool:
    name, _, key = place.partition(":")
    if name == "persona":
        return key in scenario.persona
    if key or name not in KNOWN:
        return False
    return scenario.fee is not None if name == "fee" else name == "date" or scenario.dossier is not None
