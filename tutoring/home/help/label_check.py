"""Checks that labels quoted in help exist in the product, in both languages."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from tutoring.home.help.loader import Page
from tutoring.home.help.schema import Tour

_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
GAP = "…"  # used in help where the product fills in a name or a number


def _said(text: str) -> str:
    return _PLACE.sub(GAP, text).replace("%%", "%").strip()


@cache
def _catalogue(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    vietnamese, english = set[str](), set[str]()
    with path.open("rb") as file:
        for message in read_po(file):
            ids = (message.id,) if isinstance(message.id, str) else message.id
            said = (message.string,) if isinstance(message.string, str) else message.string or ()
            vietnamese.update(map(_said, ids))
            english.update(map(_said, said))
    return frozenset(vietnamese), frozenset(english)


def strange(pages: Iterable[Page], tours: Iterable[Tour], catalogue: Path) -> Iterator[str]:
    """Yields each quoted label that the product does not have, with its file and line."""
    known = dict(zip(("vi", "en"), _catalogue(catalogue), strict=True))
    for page in pages:
        for lang, text in page.texts.items():
            for line, label in text.labels:
                if label not in known[lang]:
                    yield f"content/help/{page.head.id}/{lang}.md:{line}: “{label}”"
    for tour in tours:
        for label in labels_of(tour):
            if _said(label) not in known["vi"]:
                yield f"content/help/tour.yml: {tour.id}: “{label}”"


def labels_of(tour: Tour) -> list[str]:
    """Returns the product labels that a walk names."""
    acts = [act for stop in tour.stops for act in stop.acts]
    return [label for act in acts for label in (act.press, act.field, act.tick, act.open, act.see) if label]
