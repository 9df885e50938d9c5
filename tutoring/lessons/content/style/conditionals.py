"""Counts sentences of the form "X thì Y", which tire a reader when there are many."""

import re
from collections.abc import Iterable, Sequence

from markdown_it.token import Token

from tutoring.lessons.content import lint, markdown

ONE_IN = 12  # at most one sentence in so many
_THI = re.compile(r"(?<!\w)thì(?!\w)", re.IGNORECASE)
_LEAD = re.compile(rf"^(?:{'|'.join(re.escape(lead) for leads in markdown.LEADS.values() for lead in leads)})\s*")


def count(steps: Iterable[Sequence[Token]]) -> tuple[int, int]:
    """Returns how many sentences in the paragraphs of these steps have the word "thì", and how many there are."""
    paragraphs = (_LEAD.sub("", text) for tokens in steps for _, text in markdown.plain(tokens))
    sentences = [sentence for text in paragraphs for sentence in lint.sentences(text)]
    return sum(bool(_THI.search(one)) for one in sentences), len(sentences)


def too_many(found: int, sentences: int) -> bool:
    return found > 1 and found * ONE_IN > sentences
