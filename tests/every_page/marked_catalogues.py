"""Catalogues in which every text says ⟦that it is one⟧; and what of a page stands outside of such marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from tests import texts_of_code
from tutoring.config import ROOT
from tutoring.web import visitor_cache

OPEN, SHUT = "⟦", "⟧"
MARKS = re.compile(f"([{OPEN}{SHUT}])")
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label", "aria-description", "aria-valuetext")
SILENT = {"script", "style", "template", "code"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"}


def write(folder: Path, languages: tuple[str, ...] = ("vi", "en")) -> None:
    """The catalogues of these languages with marks around each text; what is not translated is as the code says it."""
    pot = folder / "messages.pot"
    texts_of_code.write(pot)
    for language in languages:
        source = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
        known = Catalog(locale=language)
        if source.exists():
            with source.open("rb") as file:
                known = read_po(file, locale=language)
        with pot.open("rb") as file:
            every = read_po(file)
        made = Catalog(locale=language, charset="utf-8")
        for message in [*every, *known]:
            if not message.id:
                continue
            there = known.get(message.id, context=message.context)
            said = there.string if there and any(there.string) else message.id
            if isinstance(message.id, str):
                text: str | tuple[str, ...] = f"{OPEN}{said if isinstance(said, str) else said[0]}{SHUT}"
            else:
                forms = said if not isinstance(said, str) else (said,)
                text = tuple(f"{OPEN}{forms[min(n, len(forms) - 1)]}{SHUT}" for n in range(made.num_plurals))
            made.add(message.id, text, context=message.context)
        path = folder / language / "LC_MESSAGES"
        path.mkdir(parents=True)
        with (path / "messages.mo").open("wb") as file:
            write_mo(file, made)


def forget(app: Flask) -> None:
    """What the app has read of catalogues, and made with them."""
    with app.app_context():
        app.extensions["babel"].instance.domain_instance.forget()
    visitor_cache.forget()


@dataclass
class Outside(HTMLParser):
    """What a page shows or says outside of all marks, with the language that its element is in."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth, self.open = 0, [("", "vi", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        _tag, language, silent = self.open[-1]
        language = had.get("lang", language)
        silent = silent or tag in SILENT or "translate" in had
        if tag not in VOID:
            self.open.append((tag, language, silent))
        spoken = [had[name] for name in SPOKEN if name in had]
        if tag == "input" and had.get("type") in ("submit", "button"):
            spoken.append(had.get("value", ""))
        if tag == "meta" and had.get("name") == "description":
            spoken.append(had.get("content", ""))
        for text in spoken:
            self._add(text, language, 0)

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        _tag, language, silent = self.open[-1]
        self.depth = self._add(data, language, self.depth, silent)

    def _add(self, text: str, language: str, depth: int, silent: bool = False) -> int:
        stands = []  # between two marks each
        for part in MARKS.split(text):
            if part in (OPEN, SHUT):
                depth += 1 if part == OPEN else -1
            elif depth == 0:
                stands.append(part)
        if not silent:
            lines = [line for part in stands for line in part.split("\n")]
            self.found += [(" ".join(line.split()), language) for line in lines if line.strip()]
        return depth


def outside(page: str) -> Iterator[tuple[str, str]]:
    """Texts with letters that stand outside all marks, with their language."""
    reader = Outside()
    reader.feed(page)
    for text, language in reader.found:
        if re.search(r"[^\W\d_]{2}", text):
            yield text, language
