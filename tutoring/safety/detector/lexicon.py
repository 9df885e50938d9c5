"""Short ways to write down many words, and to look at no more of a flood than is needed."""

from typing import TypeVar

T = TypeVar("T")

UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"  # for classes of expressions


def listed(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def ends(found: list[T], most: int) -> list[T]:
    """The first and the last of many: nobody hides between decoys for free, and no flood costs more."""
    return found if len(found) <= 2 * most else found[:most] + found[-most:]
