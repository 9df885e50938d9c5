"""Events of appeals against moderation actions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActAppealed:
    act_id: int


@dataclass(frozen=True)
class ActAppealLate:
    """An appeal is overdue: `alarm` 1 goes to the coordinators, 2 also to the site admins."""

    act_id: int
    alarm: int


@dataclass(frozen=True)
class ActAppealDecided:
    act_id: int
    overturned: bool
