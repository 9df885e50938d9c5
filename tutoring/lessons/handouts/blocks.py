"""The HTML of a step as blocks of plain text, for paper. Pure."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tutoring.lessons.content.screens.gallery import FIGURE, alt_text

_SPACE = re.compile(r"\s+")
_BLOCKS = frozenset({"p", "li", "h3", "blockquote", "figcaption"})


@dataclass
class Words:
    """A paragraph or a line of a list; a run is a text and whether it is bold."""

    runs: list[tuple[str, bool]] = field(default_factory=list)
    sign: str = ""  # before a line of a list: "1." or "•"


@dataclass(frozen=True)
class Screen:
    """A picture of a screen, as the HTML that drawing.py has made."""

    figure: str

    @property
    def said(self) -> str:
        return alt_text(self.figure)


@dataclass(frozen=True)
class Picture:
    """A picture from a file, which paper describes in words."""

    alt: str


Block = Words | Screen | Picture


def blocks(html: str) -> list[Block]:
    """Returns the blocks of a step, from top to bottom; what holds no words is left out."""
    found: list[Block] = []
    for part in FIGURE.split(html):
        if part.startswith('<figure class="screen">'):
            found.append(Screen(part))
        else:
            reader = _Reader()
            reader.feed(part)
            reader.close()
            found += [one for one in reader.found if not isinstance(one, Words) or any(text for text, _ in one.runs)]
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self._bold = 0
        self._lists: list[int] = []  # the next number; 0 in a list without numbers

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("ol", "ul"):
            self._lists.append(int(values.get("start") or 1) if tag == "ol" else 0)
        elif tag == "img" and values.get("alt"):
            self.found.append(Picture(values["alt"] or ""))
        elif tag in _BLOCKS:
            self.found.append(Words(sign=self._sign() if tag == "li" else ""))
        if tag in ("strong", "h3", "code"):
            self._bold += 1

    def _sign(self) -> str:
        if not self._lists or not self._lists[-1]:
            return "•"
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}."

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag in ("strong", "h3", "code"):
            self._bold = max(0, self._bold - 1)

    def handle_data(self, data: str) -> None:
        text = _SPACE.sub(" ", data)
        if not self.found or not isinstance(self.found[-1], Words):
            if not text.strip():
                return
            self.found.append(Words())
        last = self.found[-1]
        if isinstance(last, Words):
            last.runs.append((text if last.runs else text.lstrip(), self._bold > 0))
