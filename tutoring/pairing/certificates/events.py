"""What happens to papers about hours of help."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperIssued:
    """A helper has a paper about hours that strangers can check."""

    paper_id: int
    helper_id: int


@dataclass(frozen=True)
class PaperRevoked:
    """`why`: own, guardian, coordinator, consent, changed (minutes on it were taken out)."""

    paper_id: int
    helper_id: int
    why: str
