"""The difference between two texts by lines, and within a line by words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # unchanged lines that are shown before and after a change
MAX_PIECES = 400  # words and blanks of a line that is compared word by word; a longer line is shown whole
ALIKE = 0.4  # the similarity from which two lines count as one changed line
_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Line:
    """A line of a comparison.

    `kind` is same, gone, new, or skipped (then `count` lines are left out). `parts` are pieces of the line, each
    with whether it changed.
    """

    kind: str
    parts: tuple[tuple[bool, str], ...] = ()
    count: int = 0

    @property
    def text(self) -> str:
        return "".join(part for _, part in self.parts)


def differences(old: str, new: str) -> list[Line]:
    """Returns the changed lines with some context, or an empty list when the texts are equal."""
    before, after = old.strip().split("\n"), new.strip().split("\n")
    if before == after:
        return []
    found: list[Line] = []
    at = 0
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        found += _skipped(group[0][1] - at)
        at = group[-1][2]
        for kind, i, j, k, m in group:
            found += [_whole("same", line) for line in before[i:j]] if kind == "equal" else []
            found += _changed(before[i:j], after[k:m]) if kind != "equal" else []
    return [*found, *_skipped(len(before) - at)]


def _skipped(count: int) -> list[Line]:
    return [Line("skipped", count=count)] if count > 0 else []


def _whole(kind: str, line: str, changed: bool = False) -> Line:
    return Line(kind, ((changed, line),))


def _changed(before: list[str], after: list[str]) -> Iterator[Line]:
    """Yields replaced lines; with equal counts, each line is compared with its counterpart."""
    if len(before) != len(after):
        yield from (_whole("gone", line) for line in before)
        yield from (_whole("new", line) for line in after)
        return
    for old, new in zip(before, after, strict=True):
        words, others = _WORD.findall(old), _WORD.findall(new)
        match = SequenceMatcher(None, words, others, autojunk=False)
        if max(len(words), len(others)) > MAX_PIECES or match.ratio() < ALIKE:
            yield _whole("gone", old)
            yield _whole("new", new)
            continue
        codes = match.get_opcodes()
        yield Line("gone", tuple((kind != "equal", "".join(words[i:j])) for kind, i, j, _k, _m in codes if i < j))
        yield Line("new", tuple((kind != "equal", "".join(others[k:m])) for kind, _i, _j, k, m in codes if k < m))
