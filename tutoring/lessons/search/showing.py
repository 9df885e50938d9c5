"""What of a text is shown of a hit: the words around the place that answers, with what was found marked."""

import re

from tutoring.kernel.text import fold
from tutoring.lessons.search.ranking import Query

_WORD = re.compile(r"[^\W_]+")
AROUND = 12

Parts = list[tuple[str, bool]]  # pieces of the original text, and whether each was searched for


def _wanted(query: Query) -> tuple[set[str], tuple[str, ...]]:
    """Whole syllables to mark, and beginnings of the last one, which may be unfinished."""
    ways = [way for slot in query.slots for way in slot]
    whole = {syllable for way in ways for syllable in way}
    return whole, tuple(way[-1] for way in query.slots[-1]) if query.slots else ()


def marked(query: Query, text: str) -> Parts:
    """The text in pieces, those that were searched for marked; put together they are the text."""
    whole, begun = _wanted(query)
    parts: Parts = []
    at = 0
    for word in _WORD.finditer(text):
        folded = fold(word[0])
        if folded in whole or (begun and folded.startswith(begun)):
            if parts and parts[-1][1] and not text[at : word.start()].strip():
                last = parts.pop()  # what stands side by side is one mark
                parts.append((last[0] + text[at : word.end()], True))
            else:
                parts += [(text[at : word.start()], False), (word[0], True)]
            at = word.end()
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def snippet(query: Query, body: str) -> Parts:
    """The words of the body around the first place that answers, or its beginning, in marked pieces."""
    parts = body.split()
    whole, begun = _wanted(query)
    folded = [part.strip("“”\"'.,:;!?()…") for part in fold(body).split()]
    hits = [one in whole or bool(begun and one.startswith(begun)) for one in folded]
    start = max(0, _densest(hits) - AROUND // 2)
    end = start + 2 * AROUND
    before, after = "… " if start else "", " …" if end < len(parts) else ""
    return marked(query, before + " ".join(parts[start:end]) + after)


def _densest(hits: list[bool]) -> int:
    """Where the stretch with most hits begins; the first of equals."""
    best, at = 0, 0
    for start, hit in enumerate(hits):
        count = sum(hits[start : start + AROUND]) if hit else 0
        if count > best:
            best, at = count, start
    return at
