"""What happens to words of danger. No event holds them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Disclosed:
    """Somebody wrote of danger; the words are sealed."""

    disclosure_id: int


@dataclass(frozen=True)
class DisclosureRead:
    """Somebody in charge has opened what this person wrote."""

    author_id: int
