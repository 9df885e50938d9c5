"""Replaces {fact:id} placeholders in lessons with values from content/facts.yml.

Numbers and names that may change are stored there only.
"""

import re
from collections.abc import Mapping

from tutoring.lessons.content.schema import Fact

_POINTER = re.compile(r"\{fact:([^{}]*)\}")


def facts_named_in(text: str) -> set[str]:
    """Returns the ids in the placeholders of a text."""
    return set(_POINTER.findall(text))


class FactPlaceholders:
    """Fills placeholders in one language, and records which facts were used."""

    def __init__(self, known: Mapping[str, Fact], lang: str) -> None:
        self._known = known
        self._lang = lang
        self.used: dict[str, Fact] = {}

    def fill(self, text: str) -> str:
        """Returns the text with each known {fact:id} replaced by its value; others stay unchanged."""
        return _POINTER.sub(self._value, text)

    def _value(self, hit: re.Match[str]) -> str:
        fact = self._known.get(hit[1])
        if fact is None:
            return hit[0]
        self.used[hit[1]] = fact
        return (fact.value.en if self._lang == "en" else None) or fact.value.vi

    def note(self) -> str:
        """Returns the sources and dates of the facts used so far, as one text."""
        return " ".join(self._note(fact) for fact in self.used.values())

    def _note(self, fact: Fact) -> str:
        day = (fact.verified_on or fact.as_of).strftime("%d/%m/%Y")
        meaning = fact.meaning
        if self._lang == "en":
            named = f"{meaning.en or meaning.vi}: " if meaning else ""
            how = "checked on" if fact.verified_on else "not re-checked, as of"
            return f"{named}{fact.value.en or fact.value.vi} ({how} {day}). Source: {_ended(fact.source)}"
        named = f"{meaning.vi}: " if meaning else ""
        how = "đã kiểm tra ngày" if fact.verified_on else "chưa kiểm tra lại, ghi theo ngày"
        return f"{named}{fact.value.vi} ({how} {day}). Nguồn: {_ended(fact.source)}"


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def pointers(text: str) -> list[tuple[int, str]]:
    """Returns (offset, id) of every placeholder in a text."""
    return [(hit.start(), hit[1]) for hit in _POINTER.finditer(text)]


def without_pointers(text: str) -> str:
    """Returns the text with placeholders replaced by blanks, so that all offsets stay valid."""
    return _POINTER.sub(lambda hit: " " * len(hit[0]), text)
