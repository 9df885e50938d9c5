"""Makes the snippet of a search hit: the text around the match, with the match marked."""

import re
from collections.abc import Sequence

from tutoring.kernel.text import fold
from tutoring.lessons.search.ranking import Query

_WORD = re.compile(r"[^\W_]+")
_STOPS = "\"'.,:;!?()"
_ASCII = str.maketrans("“”‘’…–", "\"\"''.-")  # else folding takes ten times as long
AROUND = 12

Parts = list[tuple[str, bool]]  # pieces of the original text, each with whether it matched


def _found(query: Query, folded: Sequence[str]) -> set[int]:
    """Returns the positions of words that match a whole alternative; the last may be a prefix."""
    found: set[int] = set()
    line = f" {' '.join(folded)} "
    for slot in query.slots:
        unfinished = query.unfinished and slot is query.slots[-1]
        for way in slot:
            sought = f" {' '.join(way)}{'' if unfinished else ' '}"
            at = line.find(sought)
            while at >= 0:
                first = line.count(" ", 0, at)
                found.update(range(first, first + len(way)))
                at = line.find(sought, at + 1)
    return found


def marked(query: Query, text: str) -> Parts:
    """Splits the text into pieces with the matches marked; the pieces joined give the text."""
    words = list(_WORD.finditer(text))
    found = _found(query, [fold(word[0]) for word in words])
    parts: Parts = []
    at = 0
    for place in sorted(found):
        word = words[place]
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
    found = _found(query, [part.strip(_STOPS) for part in fold(body.translate(_ASCII)).split()])
    start = max(0, _densest(sorted(found)) - AROUND // 2)
    end = start + 2 * AROUND
    before, after = "… " if start else "", " …" if end < len(parts) else ""
    return marked(query, before + " ".join(parts[start:end]) + after)


def _densest(places: Sequence[int]) -> int:
    """Returns the first place of the stretch with most matches; the first of equal ones."""
    best, at = 0, 0
    for n, start in enumerate(places):
        count = sum(place < start + AROUND for place in places[n : n + AROUND])
        if count > best:
            best, at = count, start
    return at
