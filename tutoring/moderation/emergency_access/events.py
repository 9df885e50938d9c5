"""What happens when a room is opened for reading in an emergency."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadingAsked:
    """Somebody asks to read a room in an emergency."""

    reading_id: int


@dataclass(frozen=True)
class ReadingAnswered:
    """The second person has agreed, or somebody has turned it down."""

    reading_id: int
    agreed: bool


@dataclass(frozen=True)
class ReadingTold:
    """The people of the room may know now that it was opened."""

    reading_id: int
