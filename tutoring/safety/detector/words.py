"""The words of a page, and where clauses end, for the rules that read sentences."""

import re
from collections.abc import Container
from dataclasses import dataclass, field

from tutoring.safety.detector.folding import Page

_WORD = re.compile(r"[a-z0-9@_]+")
_END = re.compile(r"[.!?;\n](?:\s|$)|\n")


@dataclass(slots=True)
class Words:
    """Words without marks (`plain`) and with them (`marked`), their places, and the sentence each belongs to."""

    plain: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.plain)

    def near(self, index: int, before: int, after: int) -> range:
        """Indexes around one word, within its sentence."""
        first, last = max(0, index - before), min(len(self.plain), index + after + 1)
        here = self.sentence[index]
        while self.sentence[first] != here:
            first += 1
        while self.sentence[last - 1] != here:
            last -= 1
        return range(first, last)

    def any(self, where: range, words: Container[str]) -> bool:
        return any(self.plain[index] in words for index in where)

    def phrase(self, where: range) -> str:
        """The words of a range, a space between."""
        return " ".join(self.plain[where.start : where.stop])


def words(page: Page) -> Words:
    """Cut a page into words."""
    cut = Words()
    sentence, last = 0, 0
    for match in _WORD.finditer(page.plain):
        start, end = match.span()
        if (start - last > 1 and _END.search(page.plain, last, start + 1)) or (
            start - last == 1 and page.plain[last] == "\n"
        ):
            sentence += 1
        cut.plain.append(match.group())
        cut.marked.append(page.marked[start:end])
        cut.spans.append((start, end))
        cut.sentence.append(sentence)
        last = end
    return cut


def last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last match in a short text."""
    found = None
    for match in pattern.finditer(text):
        found = match
    return found
