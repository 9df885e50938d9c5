"""What is reported, whatever it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What is reported, and where the reporter stands to it."""

    kind: str
    target: str
    minors: bool
    place: str = "outside"
    room_id: int | None = None
    unit_id: int | None = None
    about_id: int | None = None
