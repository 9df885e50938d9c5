"""The questions that a help page answers: the lines of its part "Khi bị kẹt", for search engines."""

import re
from collections.abc import Iterator

from markupsafe import Markup

from tutoring.home.help.loader import STUCK, Text

_LINE = re.compile(r"<li>(.*?)</li>", re.DOTALL)  # of STUCK: what went wrong, a colon, and what to do


def answered_questions(text: Text) -> Iterator[tuple[str, str]]:
    """Yields what went wrong and what to do, as plain text; lines without a colon are left out."""
    for part in text.parts:
        if part.id == STUCK:
            for line in _LINE.findall("".join(str(piece) for piece in part.pieces if isinstance(piece, str))):
                asked, colon, said = Markup(line).striptags().partition(": ")
                if colon and said:
                    yield asked, said
