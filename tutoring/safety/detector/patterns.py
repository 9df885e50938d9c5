"""Short ways to write down many words, and to look at no more of a flood than is needed."""

import re
from typing import TypeVar

T = TypeVar("T")

UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"  # for classes of expressions


def listed(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def ends(found: list[T], most: int) -> list[T]:
    """The first and the last of many: nobody hides between decoys for free, and no flood costs more."""
    return found if len(found) <= 2 * most else found[:most] + found[-most:]


def at_border(alternatives: str, border: str = r"(?<=\b{})", then: str = "") -> str:
    """An expression for searching alternatives that begin at the border of a word, each with a letter or digit.

    It means `\\b(?:…)`, but begins with those letters themselves, which look back for the border: the search then
    skips whatever is none of them, at half the price. What follows them all is `then`. Of those that begin with one
    letter, which is found first is kept.
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
    """With which letters an alternative begins, and what follows them."""
    if alternative[0] != "[":
        return alternative[0], alternative[1:]
    signs, rest = alternative[1:].split("]", 1)
    span = re.fullmatch(r"(\w)-(\w)", signs)
    return "".join(map(chr, range(ord(span[1]), ord(span[2]) + 1))) if span else signs, rest
