"""Events of disclosures. No event holds their text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DangerDisclosed:
    """A user wrote of danger; the text is encrypted."""

    disclosure_id: int


@dataclass(frozen=True)
class DisclosureRead:
    """Staff in charge have opened what this user wrote."""

    author_id: int
