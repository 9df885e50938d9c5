"""Gives each sentence of a step an id, so that a user can point at it.

The id is a hash of the sentence's text. It stays the same when other sentences of the step change, and disappears
with its own sentence.
"""

import hashlib
import html as entities
import re
from dataclasses import dataclass

from markupsafe import Markup

_TOKEN = re.compile(r"""(<(?:"[^"]*"|'[^']*'|[^>"'])*>)""")
_NAME = re.compile(r"</?([a-z0-9]+)")
_END = re.compile(r"""(?<=[.!?…])["”’)]*\s+""")
_INLINE = frozenset({"strong", "em", "a", "code", "small"})
_NONE = frozenset({"figure", "figcaption"})  # a picture and its caption


@dataclass(frozen=True)
class Sentence:
    """One sentence in plain text."""

    id: str
    text: str


class _Marker:
    """Walks once through the sanitised HTML of a step and wraps each sentence in its own <span>."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.found: list[Sentence] = []
        self._held: list[str] = []  # the parts of the sentence being read
        self._seen: dict[str, int] = {}

    def flush(self) -> None:
        held = "".join(self._held)
        self._held = []
        text = " ".join(entities.unescape(_TOKEN.sub("", held)).split())
        if not any(letter.isalnum() for letter in text):
            self.out.append(held)
            return
        core = held.strip()
        lead, tail = held[: len(held) - len(held.lstrip())], held[len(held.rstrip()) :]
        name = hashlib.sha256(text.encode()).hexdigest()[:8]
        again = self._seen[name] = self._seen.get(name, 0) + 1
        one = Sentence(name if again == 1 else f"{name}-{again}", text)
        self.found.append(one)
        self.out.append(f'{lead}<span data-sentence="{one.id}">{core}</span>{tail}')

    def read(self, html: str) -> None:
        inline = skipped = 0
        for token in _TOKEN.split(html):
            if not token.startswith("<"):
                parts = _END.split(token) if not (inline or skipped) else [token]
                ends = _END.findall(token) if len(parts) > 1 else []
                for part, end in zip(parts, [*ends, None], strict=True):
                    self._held.append(part)
                    if end is not None:
                        self._held.append(end)
                        self.flush()
                continue
            found = _NAME.match(token)
            name, closes = found.group(1) if found else "", token.startswith("</")
            if name in _INLINE or name == "img":
                self._held.append(token)
                inline += 0 if name == "img" else -1 if closes else 1
                continue
            if skipped:
                self.out += self._held
                self._held = []
            else:
                self.flush()
            self.out.append(token)
            if name in _NONE:
                skipped += -1 if closes else 1
        self.flush()


def marked(html: str) -> tuple[Markup, list[Sentence]]:
    """Returns the HTML of a step with a span around each sentence, and the sentences in order.

    Emphasised or linked text is never split. The same HTML always gives the same ids.
    """
    marker = _Marker()
    marker.read(html)
    return Markup("".join(marker.out)), marker.found  # the same sanitised HTML, with spans around its text


def text_digest(title: str, html: str) -> str:
    """Returns the digest of what is read aloud of a step; a recording of another text is not played."""
    return hashlib.sha256(f"{title}\n{html}".encode()).hexdigest()[:16]
