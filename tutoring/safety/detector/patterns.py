"""Helpers for word lists and regular expressions, with bounded cost for long texts."""

import re
from typing import TypeVar

T = TypeVar("T")

# for character classes of regular expressions
UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"


def listed(text: str) -> frozenset[str]:
    """Returns the words of a text as a set."""
    return frozenset(text.split())


def ends(found: list[T], most: int) -> list[T]:
    """Returns the first and the last of many items.

    Decoys in the middle hide nothing at either end, and a flood costs no more.
    """
    return found if len(found) <= 2 * most else found[:most] + found[-most:]


def at_border(alternatives: str, border: str = r"(?<=\b{})", then: str = "") -> str:
    """Returns a fast regular expression for alternatives that begin at a word border.

    Each alternative begins with a letter or digit. The result means `\\b(?:…)`, but starts with those letters, which
    look back for the border. The search then skips all other characters, at half the cost. `then` follows every
    alternative. Of alternatives with the same first letter, the first match wins.
    """
    by_letter: dict[str, list[str]] = {}
    depth, one = 0, ""
    for sign in re.sub(r"\\d", "[0-9]", alternatives) + "|":
        if sign == "|" and not depth:
            heads, rest = _head(one)
            for letter in heads:
                by_letter.setdefault(re.escape(letter), []).append(rest)
            one = ""
            continue
        depth += (sign in "([") - (sign in ")]")
        one += sign
    return "|".join(
        f"{letter}{border.format(letter)}(?:{'|'.join(rests)}){then}" for letter, rests in by_letter.items()
    )


def _head(alternative: str) -> tuple[str, str]:
    """Returns the possible first letters of an alternative and its rest."""
    if alternative[0] != "[":
        return alternative[0], alternative[1:]
    signs, rest = alternative[1:].split("]", 1)
    span = re.fullmatch(r"(\w)-(\w)", signs)
    return "".join(map(chr, range(ord(span[1]), ord(span[2]) + 1))) if span else signs, rest
