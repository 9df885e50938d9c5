"""The prose of a step as fields: what stands in each, and how it is written so that it stays there."""

import re

from tutoring.lessons.content.markdown import LEADS

PARTS = ("goal", "task", "find", "right", "else")
_WORDS = "|".join(re.escape(word) for words in LEADS.values() for word in words)
# What would begin another step, a block, or another part of the step. List and quotation marks may stand before it.
_SIGN = rf"#{{1,2}}(?=[ \t]|$)|`{{3}}|~{{3}}|=+[ \t]*$|-+[ \t]*$|\*\*(?:{_WORDS})\*\*"
_STRUCTURE = re.compile(rf"^([ \t]*(?:(?:[-*+>]|\d{{1,9}}[.)])[ \t]*){{0,12}})(\\*)({_SIGN})", re.MULTILINE)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def written(value: str) -> str:
    """Returns a field's text as it stands in a lesson: signs of structure are shown as they were typed."""
    return _STRUCTURE.sub(r"\1\2\\\3", value)


def typed(text: str) -> str:
    """Returns the text of a lesson as it stands in a field; `written` gives it back."""
    return _STRUCTURE.sub(lambda hit: hit[1] + hit[2][:-1] + hit[3], text)


def literal(value: str) -> str:
    """Returns a text in which no character has a meaning."""
    return "\n".join(_PUNCTUATION.sub(r"\\\1", line).strip() for line in value.split("\n"))


def one_paragraph(value: str) -> str:
    """Returns a text without empty lines."""
    return "\n".join(line for line in value.split("\n") if line.strip())
