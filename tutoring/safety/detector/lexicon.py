"""Short ways to write down many words: as a set, and as one expression."""


def listed(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())
