"""The target of a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """The target of a report, and the reporter's relation to it."""

    kind: str
    target: str
    minors: bool
    place: str = "outside"
    room_id: int | None = None
    unit_id: int | None = None
    about_id: int | None = None
