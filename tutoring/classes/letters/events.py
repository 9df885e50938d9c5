"""Events of letters to a class."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterPublished:
    letter_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class LetterWithdrawn:
    letter_id: int
