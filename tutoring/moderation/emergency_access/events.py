"""Events of emergency access to a room."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadingAsked:
    """A user asks to read a room in an emergency."""

    reading_id: int


@dataclass(frozen=True)
class ReadingAnswered:
    """The second approver has agreed, or a user has declined the request."""

    reading_id: int
    agreed: bool


@dataclass(frozen=True)
class ReadingTold:
    """The users of the room are now notified that it was opened."""

    reading_id: int
