"""Makes the snippet of a search hit: the text around the match, with the match marked."""

import re

from tutoring.kernel.text import fold
from tutoring.lessons.search.ranking import Query

_WORD = re.compile(r"[^\W_]+")
AROUND = 12

Parts = list[tuple[str, bool]]  # pieces of the original text, each with whether it matched


def _found(query: Query, folded: list[str]) -> set[int]:
    """Returns the positions of words that match a whole alternative; the last may be a prefix."""
    found: set[int] = set()
    for slot in query.slots:
        for way in slot:
            *before, last = way
            for at in range(len(folded) - len(way) + 1):
                end = at + len(way)
                ends = folded[end - 1] == last or (slot is query.slots[-1] and folded[end - 1].startswith(last))
                if ends and folded[at : end - 1] == before:
                    found.update(range(at, end))
    return found


def marked(query: Query, text: str) -> Parts:
    """Splits the text into pieces with the matches marked; the pieces joined give the text."""
    words = list(_WORD.finditer(text))
    found = _found(query, [fold(word[0]) for word in words])
    parts: Parts = []
    at = 0
    for place, word in enumerate(words):
        if place in found:
            if parts and parts[-1][1] and not text[at : word.start()].strip():
                last = parts.pop()  # adjacent matches become one mark
                parts.append((last[0] + text[at : word.end()], True))
            else:
                parts += [(text[at : word.start()], False), (word[0], True)]
            at = word.end()
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def snippet(query: Query, body: str) -> Parts:
    """Returns the part of the body around the densest matches, or its beginning, as pieces."""
    parts = body.split()
    found = _found(query, [part.strip("“”\"'.,:;!?()…") for part in fold(body).split()])
    start = max(0, _densest([place in found for place in range(len(parts))]) - AROUND // 2)
    end = start + 2 * AROUND
    before, after = "… " if start else "", " …" if end < len(parts) else ""
    return marked(query, before + " ".join(parts[start:end]) + after)


def _densest(hits: list[bool]) -> int:
    """Returns the start of the stretch with most matches; the first of equal ones."""
    best, at = 0, 0
    for start, hit in enumerate(hits):
        count = sum(hits[start : start + AROUND]) if hit else 0
        if count > best:
            best, at = count, start
    return at
