"""What happens when somebody asks for a second look at an act of the desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActAppealed:
    act_id: int


@dataclass(frozen=True)
class ActAppealLate:
    """Nobody decided in time: `alarm` 1 is for the coordinators, 2 for the site admins too."""

    act_id: int
    alarm: int


@dataclass(frozen=True)
class ActAppealDecided:
    act_id: int
    overturned: bool
