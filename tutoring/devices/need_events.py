"""What happens to the basis of a need. No event holds a name or the basis itself."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class BasisEnding:
    """It is to be confirmed again before this day is over."""

    need_id: int
    unit_id: int
    ward_id: int
    receiver_id: int
    until: date


@dataclass(frozen=True)
class BasisEnded:
    """The day has passed: the need waits for a confirmation once more, and out of the line."""

    need_id: int
    unit_id: int
    ward_id: int
    receiver_id: int
