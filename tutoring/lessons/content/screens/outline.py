"""The picture of a screen as plain rows, from its HTML: for pictures in PNG and PDF, which are drawn in fewer strokes.

Icons and sizes are left out. Words, the order of parts and the marks stay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "wbr", "img"})
_BOXES = frozenset({"s-btn", "s-value", "s-url", "s-search", "s-qr", "s-paper", "s-shot", "s-dialog"})
_CELLS = frozenset({"s-tog", "s-app", "s-seat"})
_SAID = {"s-in": "received", "s-out": "sent"}
_LINES = frozenset(
    {
        "s-bar", "s-url", "s-head", "s-text", "s-say", "s-row", "s-btn", "s-value", "s-said", "s-link", "s-store",
        "s-by", "s-in", "s-out", "s-dialog", "s-paper", "s-qr", "s-error", "s-shot", "s-end",
        "s-field", "s-person", "s-facts",
    }
)  # fmt: skip
_LEFT_OUT = frozenset({"s-face", "s-keys"})  # the first letter of the name beside it, and the letters of a keyboard
_SPACE = re.compile(r"\s+")


@dataclass
class Row:
    """One row from left to right; `kind` is text, bar, box, filled, received, sent or cells."""

    kind: str
    cells: list[str] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)  # the cell and what its pill says, such as "1 Chạm"


@dataclass
class Outline:
    """A picture of a screen: its frame (phone, window or card) and its rows from top to bottom."""

    frame: str
    rows: list[Row] = field(default_factory=list)
    caption: str = ""


def outline(figure: str) -> Outline:
    """Returns the rows of a picture, from the HTML that drawing.py has made."""
    reader = _Reader()
    reader.feed(figure)
    reader.close()
    for row in reader.found.rows:
        row.cells = [_SPACE.sub(" ", cell).strip() for cell in row.cells]
    reader.found.rows = [row for row in reader.found.rows if any(row.cells) or row.marks]
    return reader.found


def most_telling(figures: Sequence[str]) -> str:
    """Returns the picture that says most by itself: a screen with a mark and several rows; "" without pictures."""

    def told(figure: str) -> tuple[bool, bool, int]:
        found = outline(figure)
        return found.frame != "card", any(row.marks for row in found.rows), min(len(found.rows), 5)

    return max(figures, key=told, default="")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Outline("phone")
        self._open: list[frozenset[str]] = []  # the classes of the elements around
        self._row: Row | None = None
        self._marked: list[tuple[frozenset[str], Row]] = []  # the elements around that have a mark, with their rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        values = {name: value or "" for name, value in attrs}
        names = frozenset(values.get("class", "").split())
        self._open.append(names | ({"figcaption"} if tag == "figcaption" else set()))
        if "scr" in names:
            self.found.frame = "card" if "s-framed" in names else "window" if "s-window" in names else "phone"
        elif names & _CELLS:
            self._next_cell()
        elif names & _LINES:
            self._begin(names)
        elif tag in ("b", "small", "span", "em") and self._row is not None and self._row.cells:
            self._row.cells[-1] += " "
        if "m" in names and self._row is not None:
            self._marked.append((self._open[-1], self._row))
        elif "s-mark" in names and self._marked:  # at the end of its element, after the rows within it
            self._row = self._marked[-1][1]
            self._row.marks.append((len(self._row.cells) - 1, ""))

    def _begin(self, names: frozenset[str]) -> None:
        """Begins a row of its own; the two buttons of a row stand below each other."""
        kind = "bar" if "s-bar" in names else "filled" if "s-main" in names else "box" if names & _BOXES else "text"
        around = next((_SAID[one] for open_ in self._open for one in open_ if one in _SAID), "")
        self._row = Row(around or kind, [""])
        self.found.rows.append(self._row)

    def _next_cell(self) -> None:
        if self._row is None or self._row.kind != "cells" or not self._in_one_group():
            self._row = Row("cells")
            self.found.rows.append(self._row)
        self._row.cells.append("")

    def _in_one_group(self) -> bool:
        return bool(self._open[-2:-1]) and self.found.rows[-1] is self._row

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self._open:
            names = self._open.pop()
            if self._marked and self._marked[-1][0] is names:
                self._marked.pop()
            if names & {"s-quick", "s-apps", "s-round", "s-video"}:
                self._row = None  # the next group of drawings is a row of its own

    def handle_data(self, data: str) -> None:
        text = _SPACE.sub(" ", data)
        if not text.strip() or any(names & _LEFT_OUT for names in self._open):
            return
        if any("figcaption" in names for names in self._open):
            self.found.caption = (self.found.caption + text).strip()
        elif self._row is None:
            self._begin_plain(text)
        elif any("s-mark" in names for names in self._open) and self._row.marks:
            cell, said = self._row.marks[-1]
            self._row.marks[-1] = (cell, f"{said} {text.strip()}".strip())
        elif self._row.cells:
            self._row.cells[-1] = (self._row.cells[-1] + text).replace("  ", " ").lstrip()

    def _begin_plain(self, text: str) -> None:
        if self._open:
            self._row = Row("text", [text.strip()])
            self.found.rows.append(self._row)
