"""Events of emergency access to a room."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EmergencyAccessRequested:
    """A user asks to read a room in an emergency."""

    reading_id: int


@dataclass(frozen=True)
class EmergencyAccessAnswered:
    """The second approver has agreed, or a user has declined the request."""

    reading_id: int
    agreed: bool


@dataclass(frozen=True)
class EmergencyAccessDisclosed:
    """The users of the room are now notified that it was opened."""

    reading_id: int
