"""Names of places in folded words: "Phường An Khánh" is found by "an khanh", by "phuong an khanh" and by "khanh"."""

from collections.abc import Sequence

from tutoring.kernel.text import words

# What stands before the name proper; the longest comes first.
_FORMS = tuple(
    tuple(form.split())
    for form in (
        "truong tieu hoc", "truong thcs", "truong thpt", "to dan pho", "trung tam", "thanh pho", "khu pho", "dac khu",
        "thi tran", "phuong", "truong", "tinh", "thon", "lop", "ap", "xa",
    )
)  # fmt: skip


def proper(folded: Sequence[str]) -> list[str]:
    """A name's words without the form before them; a form alone stays."""
    for form in _FORMS:
        if tuple(folded[: len(form)]) == form and len(folded) > len(form):
            return list(folded[len(form) :])
    return list(folded)


def place_words(name: str) -> str:
    """The row of words that a place is found by: the name proper, then all of it, a blank around each."""
    found = words(name)
    return f" {' '.join([*proper(found), *found])} " if found else ""
