"""What happens to reports and cases. No event says who reported."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseOpened:
    case_id: int


@dataclass(frozen=True)
class CaseRaised:
    """A case has become more urgent."""

    case_id: int


@dataclass(frozen=True)
class CaseOverdue:
    """Nobody looked in time: `alarm` 1 is for the coordinators, 2 for the site admins too."""

    case_id: int
    alarm: int


@dataclass(frozen=True)
class CaseDecided:
    case_id: int


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
