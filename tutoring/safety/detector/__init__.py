"""Finds what should not be told in a message: numbers, addresses, codes, and requests for them."""

from collections.abc import Sequence

from tutoring.safety.found import Hit


def scan(text: str, earlier: Sequence[str] = (), allowed: Sequence[str] = ()) -> list[Hit]:
    """What stands in the text that should not be told, in order, without overlaps.

    `earlier` are up to four texts of the same sender within 60 s, oldest first; a hit that is spread over messages
    spans its part in `text`. `allowed` are hosts besides the shipped ones whose links may be sent.
    """
    return []
