"""The kinds of fields that a form of a lesson is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """One field: the key of its value, which is also its key in the text.

    `kind` is line, long, lines (one entry a line), number, date, flag, choice, many, icons, end, pairs, rows, parts,
    group or hidden. `choices` are pairs of value and label; `source` names choices that the page knows, such as the
    lessons. `of` are the fields of each row or of the group, `kinds` what a list of parts may hold.
    """

    name: str
    label: str = ""
    kind: str = "line"
    hint: str = ""
    choices: Choices = ()
    source: str = ""
    default: bool = False  # of a flag
    fixed: bool = False  # a choice without an empty entry
    needed: bool = False  # the format has no entry without it
    whole: bool = False  # a choice between whole numbers
    inside: bool = False  # shown among what is seldom needed
    folded: bool = False  # rows that open one at a time
    of: "tuple[Field, ...]" = ()
    kinds: "Mapping[str, Kind] | None" = None
    most: int = 40  # rows
    add: str = ""  # the words of the button that adds a row

    @property
    def is_list(self) -> bool:
        return self.kind in {"rows", "parts", "pairs"}


@dataclass(frozen=True)
class Kind:
    """What an entry of a list of parts may be.

    `shape` says what its text holds: a map of its fields, a list of its only field's rows, or a single word.
    """

    label: str
    of: tuple[Field, ...]
    shape: str = "map"
