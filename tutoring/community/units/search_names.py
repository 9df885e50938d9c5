"""Search words of unit names.

"Phường An Khánh" is found by "an khanh", by "phuong an khanh" and by "khanh".
"""

from collections.abc import Sequence

from tutoring.kernel.text import words

# Forms that precede the proper name; the longest comes first.
_FORMS = tuple(
    tuple(form.split())
    for form in (
        "truong tieu hoc", "truong thcs", "truong thpt", "to dan pho", "trung tam", "thanh pho", "khu pho", "dac khu",
        "thi tran", "phuong", "truong", "tinh", "thon", "lop", "ap", "xa",
    )
)  # fmt: skip


def proper(folded: Sequence[str]) -> list[str]:
    """Returns the words of a name without the leading form; a form alone stays."""
    for form in _FORMS:
        if tuple(folded[: len(form)]) == form and len(folded) > len(form):
            return list(folded[len(form) :])
    return list(folded)


def place_words(name: str) -> str:
    """Returns the search words of a unit, with a blank around each.

    The proper name comes first, then the whole name.
    """
    found = words(name)
    return f" {' '.join([*proper(found), *found])} " if found else ""
