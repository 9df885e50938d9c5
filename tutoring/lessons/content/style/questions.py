"""Finds questions that do not test: answers that show, hints that tell, options that no learner would choose.

A question is the mapping of a checkpoint or of an entry of quiz.yml. Only questions with options to choose from count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tutoring.lessons.content import lint

Question = Mapping[str, Any]
WeakPoint = tuple[tuple[int | str, ...], str, str]  # path in the question, code, message

CHOSEN = frozenset({"single", "multiple", "confirm"})
LONG_ANSWER = 6  # syllables from which a right option makes much shorter ones look wrong
MIN_QUESTIONS = 6  # fewer of one lesson say nothing about its habits
_WORD = re.compile(r"\w+")
_DATE = re.compile(
    r"(?<![\d/])(?<!sinh ngày )\d{1,2}/\d{1,2}/\d{4}(?!\d)"
    r"|(?<!\w)(?<!sinh )ngày \d{1,2}/\d{1,2}(?![\d/])"
    r"|(?<!\w)tháng \d{1,2}/\d{4}(?!\d)"
    r"|(?<![\w.,/-])(?:19|20)\d\d(?![\w-]|[.,]\d)",
    re.IGNORECASE,
)
_ONE = r"(?:câu|ý|ô|dòng|lựa chọn|cách|đáp án|phương án)"
_PLACE = re.compile(
    rf"(?<!\w){_ONE} (?:trả lời )?"
    r"(?:thứ (?:nhất|hai|ba|tư|\d)|đầu tiên|đầu|cuối cùng|cuối|trên cùng|dưới cùng|[a-f])(?!\w)"
    rf"|(?<!hơn )(?<!\w)(?:một|hai|ba|bốn|\d) (?:{_ONE}|\w+ \w+|\w+) (?:trả lời )?(?:là )?(?:đúng|giả)(?!\w)",
    re.IGNORECASE,
)


def words(text: str) -> tuple[str, ...]:
    """Returns the words of a text in lower case, with their accents."""
    return tuple(_WORD.findall(text.casefold()))


# Words that say little by themselves: two words side by side tell an answer only if neither is one of these.
_LITTLE = frozenset(
    words(
        "ai anh bà bác ba bạn bị các cái cho chị có con của đã đang đây để đến điều đó đi được em gì hay hoặc không là"
        " lại làm mà mẹ mình mới một nào này nên người ở ra rồi sao sẽ tự thì trên trong từ và vào vì việc với"
    )
)


def weak_points(question: Question) -> Iterator[WeakPoint]:
    """Yields what is weak in one question."""
    for path, text in _asked(question):
        if found := _DATE.search(text):
            yield (
                path,
                "dated-question",
                f"câu hỏi có ngày tháng “{found[0]}”: sẽ sai khi quy định đổi; hỏi điều còn đúng lâu",
            )
    if question.get("kind") not in CHOSEN:
        return
    options: Sequence[Mapping[str, Any]] = question["options"]
    yield from _alike(options)
    yield from _short(question["kind"], options)
    yield from _telling(question, options)


def _asked(question: Question) -> Iterator[tuple[tuple[int | str, ...], str]]:
    yield ("prompt",), question["prompt"]
    for n, option in enumerate(question["options"]):
        yield ("options", n, "text"), option["text"]


def _alike(options: Sequence[Mapping[str, Any]]) -> Iterator[WeakPoint]:
    seen: dict[str, str] = {}
    for n, option in enumerate(options):
        key = " ".join(option["text"].split()).rstrip(".!?…")
        if key in seen:
            say = f"hai lựa chọn “{seen[key]}” và “{option['id']}” giống nhau; đổi một câu"
            yield ("options", n, "text"), "options-alike", say
        seen.setdefault(key, option["id"])


def _short(kind: str, options: Sequence[Mapping[str, Any]]) -> Iterator[WeakPoint]:
    if kind != "single":
        return
    right = max((lint.syllables(one["text"]) for one in options if one.get("correct")), default=0)
    for n, option in enumerate(options):
        if not option.get("correct") and right >= LONG_ANSWER and 2 * lint.syllables(option["text"]) < right:
            say = f"lựa chọn sai “{option['id']}” ngắn hơn nửa câu đúng nên không ai chọn; viết dài gần bằng"
            yield ("options", n, "text"), "short-distractor", say


def _telling(question: Question, options: Sequence[Mapping[str, Any]]) -> Iterator[WeakPoint]:
    right = [words(one["text"]) for one in options if one.get("correct")]
    other = [words(one["text"]) for one in options if not one.get("correct")]
    known = {pair for text in (*other, words(question["prompt"])) for pair in _pairs(text)}
    telling = {pair for text in right for pair in _pairs(text)} - known
    for n, hint in enumerate(question.get("hints", ())):
        if found := _PLACE.search(hint):
            yield ("hints", n), "hint-tells", f"gợi ý nói ra chỗ của câu đúng (“{found[0]}”); gợi cách nghĩ thôi"
        elif other and (pair := next((pair for pair in _pairs(words(hint)) if pair in telling), None)):
            say = f"gợi ý có chữ chỉ câu đúng mới có (“{' '.join(pair)}”); gợi cách nghĩ thôi"
            yield ("hints", n), "hint-tells", say


def _pairs(text: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yields each two words that stand side by side and both say something."""
    return (pair for pair in pairwise(text) if _LITTLE.isdisjoint(pair))


@dataclass(frozen=True)
class RightPlaces:
    """How often the right answer stands at each place, and how often it would if the places were even."""

    found: tuple[int, ...]
    even: tuple[float, ...]

    @property
    def questions(self) -> int:
        return sum(self.found)

    def uneven(self, share: float, least: float) -> bool:
        """Returns whether a place is off by more than this share of its even number, and by more than `least`."""
        return any(
            abs(found - even) > max(least, share * even) for found, even in zip(self.found, self.even, strict=True)
        )

    def __str__(self) -> str:
        return ", ".join(f"{letter}: {found}" for letter, found in zip("abcdef", self.found, strict=False))


def right_places(questions: Iterable[Question]) -> RightPlaces:
    """Counts the places of right answers in questions with one right option."""
    found, even = [0] * 6, [0.0] * 6
    for question in questions:
        options = question["options"]
        if question["kind"] != "single" or len(options) > len(found):
            continue
        found[next(n for n, one in enumerate(options) if one.get("correct"))] += 1
        for n in range(len(options)):
            even[n] += 1 / len(options)
    last = max((n for n, expected in enumerate(even, 1) if expected), default=0)
    return RightPlaces(tuple(found[:last]), tuple(even[:last]))


def longest_is_right(questions: Iterable[Question]) -> tuple[int, int]:
    """Returns in how many questions with one right option it is longer than each other one, and how many there are."""
    longest = total = 0
    for question in questions:
        if question["kind"] == "single":
            lengths = [(lint.syllables(one["text"]), bool(one.get("correct"))) for one in question["options"]]
            right = max(length for length, correct in lengths if correct)
            longest += all(length < right for length, correct in lengths if not correct)
            total += 1
    return longest, total
